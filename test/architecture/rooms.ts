/** The import table as data: which room may touch which. The reasons of what is unusual here are in docs/adr/rooms-and-imports.md. */

/** What files of one room may import besides their own room and `base`. An entry is a room, or the beginning of a path inside `src/` or the repository's root. */
export interface Room {
  readonly may: readonly string[];
  /** May be named in `import type` only. */
  readonly types?: readonly string[];
  /** Packages and Node modules; absent: any that package.json names. */
  readonly packages?: readonly string[];
}

/** Functions that surfaces may call without a job around them: each reads, or is one whole transaction by itself. */
const READ_FUNCTIONS = [
  'store/repositories/', 'store/events.ts', 'registry/aliases.ts', 'registry/models.ts', 'segments', 'quality', 'experiments', 'training/uplift/report.ts', 'conditions', 'tags/tag.ts', 'tags/age.ts', 'tags/catalogue/', 'tags/lifecycle/', 'training/trained.ts', 'webhooks/subscriptions.ts',
] as const;

const EVERY_ROOM = ['math', 'estimators', 'conditions', 'store', 'simulator', 'features', 'training', 'registry', 'scoring', 'tags', 'segments', 'quality', 'experiments', 'webhooks', 'reports'] as const;

export const ROOMS: Readonly<Record<string, Room>> = {
  base: { may: [], packages: ['temporal-polyfill'] },
  math: { may: [], packages: [] },
  estimators: { may: ['math'], packages: ['zod', 'node:module', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm', '@tensorflow/tfjs-backend-cpu'] },
  conditions: { may: [], packages: ['zod', 'temporal-polyfill'] },
  store: { may: ['conditions', '/mappings'] },
  simulator: { may: [], types: ['store/events.ts'], packages: [] },
  features: { may: ['store', 'conditions'], packages: ['node:crypto', 'temporal-polyfill'] },
  training: { may: ['store', 'features', 'estimators', 'math', 'conditions'], packages: ['zod'] },
  registry: { may: ['store'], types: ['estimators', 'features', 'training'], packages: ['node:crypto', 'knex'] },
  scoring: { may: ['store', 'registry', 'features', 'estimators'], packages: [] },
  tags: { may: ['store', 'conditions', 'experiments/serving.ts'], types: ['scoring'], packages: ['zod', 'knex', 'node:crypto'] },
  segments: { may: ['store', 'conditions'], types: ['tags'], packages: ['knex', 'node:crypto', 'zod'] },
  webhooks: { may: ['store'], packages: ['node:crypto', 'node:net', 'node:http', 'node:https', 'node:dns/promises'] },
  experiments: { may: ['store', 'conditions', 'math', 'segments'], types: ['training/uplift/report.ts'], packages: ['zod'] },
  quality: { may: ['store', 'conditions'], packages: ['zod', 'knex'] },
  reports: { may: ['store', 'scoring', 'registry', 'features', 'math', 'tags/catalogue/', 'training/trained.ts', 'training/diagnostics/schema.ts', 'training/champion/schema.ts'], packages: ['zod', 'd3-scale', 'd3-shape', 'node:crypto'] },
  jobs: { may: EVERY_ROOM },
  'surfaces/http': { may: ['jobs', 'reports', ...READ_FUNCTIONS], types: ['store', 'app.ts'], packages: ['express', 'zod', 'pino', 'node:*'] },
  'surfaces/schedule': { may: ['jobs'], packages: ['node-cron'] },
  'surfaces/cli': {
    may: [
      'jobs', 'reports', ...READ_FUNCTIONS, 'app.ts', 'environment.ts', 'surfaces/http/index.ts', 'surfaces/schedule',
      'store/snapshot/', 'store/import/readyMappings.ts', 'features/customer.ts', 'features/format.ts', 'features/units.ts', 'simulator/shop.ts',
    ],
    types: ['store'],
    packages: ['commander', 'pino', 'string-width', 'node:*'],
  },
  'surfaces/console': { may: [] },
  'environment.ts': { may: ['/package.json', 'tags/lifecycle/rules.ts', 'features/visit/kinds.ts', 'training/contractSettings.ts'], packages: ['zod', 'node:crypto', 'node:fs', 'node:path'] },
  'app.ts': { may: [...EVERY_ROOM, 'jobs', 'environment.ts', '/features', '/models', '/tags'] },
  'index.ts': { may: [...EVERY_ROOM, 'jobs', 'environment.ts', '/features', '/models'] },
  '/features': { may: ['features/define.ts', 'features/expression.ts', 'features/units.ts'], packages: [] },
  '/models': { may: ['training/define.ts'], types: ['training/contractSettings.ts'], packages: [] },
  '/tags': { may: ['tags/rules/definition.ts', 'conditions/words.ts'], packages: [] },
  '/notebooks': { may: ['index.ts'] },
};

/** Files that may do what their room may not, with the reason. */
export const EXCEPTIONS: Readonly<Record<string, { readonly may: readonly string[]; readonly packages?: readonly string[]; readonly why: string }>> = {
  'src/jobs/training/worker.mjs': { may: ['/features', '/models'], why: 'is the composition root of a training thread, as src/app.ts is of the process' },
  'src/estimators/trees/kernel/compiled.ts': { may: [], packages: ['node:fs', 'node:crypto'], why: 'reads the compiled kernel and the source it must have been compiled from (docs/adr/tree-kernel.md)' },
  'src/estimators/trees/kernel/workerPool.ts': { may: [], packages: ['node:worker_threads'], why: 'starts the threads of tree training (docs/adr/tree-kernel.md)' },
  'src/estimators/trees/kernel/kernelWorker.mjs': { may: [], packages: ['node:worker_threads'], why: 'is a thread of tree training (docs/adr/tree-kernel.md)' },
};

/** `src/store/lock.ts` → `store`, `src/surfaces/http/route.ts` → `surfaces/http`, `src/app.ts` → `app.ts`, `models/churn.ts` → `/models`. */
export function roomOf(file: string): string {
  const parts = file.split('/');
  if (parts[0] !== 'src') return `/${parts[0]}`;
  return parts[1] === 'surfaces' ? `surfaces/${parts[2]}` : parts[1];
}

/** Path as the table writes it: inside `src/` without that prefix, elsewhere with a leading `/`. */
function inTable(file: string): string {
  return file.startsWith('src/') ? file.slice('src/'.length) : `/${file}`;
}

function covers(entry: string, file: string): boolean {
  const path = inTable(file);
  return path === entry || path.startsWith(entry.endsWith('/') ? entry : `${entry}/`);
}

export interface Import {
  /** Importing file, from the repository's root. */
  readonly from: string;
  /** Imported file from the repository's root, or the name of a package. */
  readonly to: string;
  readonly kind: 'file' | 'package';
  /** Gone at run time. */
  readonly typeOnly: boolean;
}

/** What is wrong with an import, with the way out; undefined where nothing is. */
export function importFault({ from, to, kind, typeOnly }: Import, rooms: Readonly<Record<string, Room>> = ROOMS): string | undefined {
  const name = roomOf(from);
  const room = rooms[name];
  if (room === undefined) return `${from}: the room "${name}" is not in the table; add it to test/architecture/rooms.ts with what it may import.`;
  if (kind === 'package') {
    const allowed = room.packages === undefined ? undefined : [...room.packages, ...(EXCEPTIONS[from]?.packages ?? [])];
    if (allowed === undefined || allowed.some((one) => one === to || (one === 'node:*' && to.startsWith('node:')))) return undefined;
    return `${from} imports ${to}, which ${name} may not (it may: ${allowed.join(', ') || 'no package'}). Move that work to a room that may, or hand the result in as an argument.`;
  }
  const target = roomOf(to);
  if (target === name || target === 'base') return undefined;
  const may = [...room.may, ...(typeOnly ? (room.types ?? []) : []), ...(EXCEPTIONS[from]?.may ?? [])];
  if (may.some((entry) => covers(entry, to))) return undefined;
  const asType = (room.types ?? []).some((entry) => covers(entry, to)) ? ' (only `import type` is allowed here)' : '';
  return `${from} imports ${to}, which ${name} may not${asType}. It may: base${may.length === 0 ? '' : `, ${may.join(', ')}`}. Move the function to a room that both may import, or hand it in as an argument.`;
}
