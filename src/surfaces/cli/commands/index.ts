/**
 * Every command by its first word, in the order of the help text. A module is loaded when its command is called, or for the help that lists all of them:
 * `tagcast keys list` should not wait for the model code.
 */
import type { CommandModule } from '../context.ts';

export const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  quickstart: async () => (await import('./quickstart.ts')).quickstart,
  init: async () => (await import('./init.ts')).init,
  import: async () => (await import('./import.ts')).importCommand,
  features: async () => (await import('./features.ts')).features,
  train: async () => (await import('./models.ts')).train,
  evaluate: async () => (await import('./evaluate.ts')).evaluate,
  models: async () => (await import('./models.ts')).models,
  preferences: async () => (await import('./preferences.ts')).preferences,
  table: async () => (await import('./table.ts')).tableCommand,
  score: async () => (await import('./score.ts')).score,
  nightly: async () => (await import('./score.ts')).nightly,
  tags: async () => (await import('./tags.ts')).tags,
  categories: async () => (await import('./categories.ts')).categories,
  lifecycle: async () => (await import('./lifecycle.ts')).lifecycle,
  standards: async () => (await import('./standards.ts')).standards,
  quality: async () => (await import('./quality.ts')).quality,
  definitions: async () => (await import('./definitions.ts')).definitions,
  customer: async () => (await import('./customer.ts')).customer,
  visit: async () => (await import('./visit.ts')).visit,
  merge: async () => (await import('./merge.ts')).merge,
  segment: async () => (await import('./segment.ts')).segment,
  webhook: async () => (await import('./webhook.ts')).webhook,
  experiment: async () => (await import('./experiment.ts')).experiment,
  serve: async () => (await import('./serve.ts')).serve,
  keys: async () => (await import('./keys.ts')).keys,
  doctor: async () => (await import('./doctor.ts')).doctor,
};

export function isCommand(word: string): boolean {
  return Object.hasOwn(COMMANDS, word);
}

/** The modules to load for a command line: the one that is called, or all of them. */
export async function modulesFor(args: readonly string[]): Promise<CommandModule[]> {
  const called = args.find(isCommand);
  const wanted = called === undefined || args[0] === 'help' ? Object.keys(COMMANDS) : [called];
  return Promise.all(wanted.map((name) => COMMANDS[name]()));
}
