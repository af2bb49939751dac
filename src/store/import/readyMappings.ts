/** Mappings by name (the project's `mappings/` folder), from a file of the user's, or from flags of the command line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../base/errors.ts';
import { closestName } from './columns.ts';
import { parseMapping, type Mapping } from './mapping.ts';

const FOLDER = fileURLToPath(new URL('../../../mappings/', import.meta.url));

/** Names of the ready-made mappings. */
export function readyMappingNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** The mapping called `nameOrFile`: a ready-made one, or the path of a JSON file. @throws AppError `invalid_mapping`, `unknown_name`. */
export function loadMapping(nameOrFile: string): Mapping {
  const names = readyMappingNames();
  const isName = names.includes(nameOrFile);
  if (!isName && !existsSync(nameOrFile)) {
    const like = closestName(nameOrFile, names);
    throw new AppError('unknown_name', `There is no ready-made mapping and no file "${nameOrFile.slice(0, 100)}"${like === undefined ? '.' : `; did you mean "${like}"?`}`, { hint: `Ready-made mappings: ${names.join(', ')}.` });
  }
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(isName ? `${FOLDER}${nameOrFile}.json` : nameOrFile, 'utf8').replace(/^\uFEFF/, ''));
  } catch (cause) {
    throw new AppError('invalid_mapping', 'The mapping file cannot be read as JSON.', { hint: 'Check the file: it is one JSON object; docs/import.md shows examples.', cause });
  }
  return parseMapping(value, `The mapping "${nameOrFile.split(/[/\\]/).at(-1)?.slice(0, 100) ?? ''}"`);
}

/** What the command line can say about a mapping. Every key is the flag of the same name (`--customer CustomerID`); lists are comma-separated there. */
export interface MappingFlags {
  readonly target?: string;
  readonly customer?: string;
  readonly time?: string;
  readonly dateFormat?: readonly string[];
  readonly timeZone?: string;
  readonly kind?: string;
  readonly kindColumn?: string;
  readonly amount?: string;
  readonly quantity?: string;
  /** Multiplied by `quantity` when there is no `amount`. */
  readonly unitPrice?: string;
  readonly discount?: string;
  readonly product?: string;
  readonly category?: string;
  readonly channel?: string;
  readonly campaign?: string;
  readonly session?: string;
  /** A column, `per_line` or `per_day`. */
  readonly order?: string;
  readonly eventId?: string;
  readonly properties?: readonly string[];
  readonly attributes?: readonly string[];
  readonly duplicates?: string;
  readonly format?: string;
  readonly delimiter?: string;
  readonly encoding?: string;
}

function defined(entries: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
}

/** Flags over a mapping, or flags alone. `--kind` is `order` when an amount is given and nothing else is said. */
export function mappingFromFlags(flags: MappingFlags, base?: Mapping): Mapping {
  const target = flags.target ?? base?.target ?? (flags.attributes === undefined ? 'events' : 'customers');
  const raw = base === undefined ? { target } : structuredClone(base) as Record<string, unknown>;
  raw['target'] = target;
  const file = defined({ ...(raw['file'] as object | undefined), format: flags.format, delimiter: flags.delimiter === '\\t' ? '\t' : flags.delimiter, encoding: flags.encoding });
  if (Object.keys(file).length > 0) raw['file'] = file;
  const oldTime = raw['time'];
  const time = typeof oldTime === 'object' && oldTime !== null && !Array.isArray(oldTime) ? (oldTime as Record<string, unknown>) : oldTime === undefined ? {} : { column: oldTime };
  const newTime = defined({ ...time, column: flags.time ?? time['column'], formats: flags.dateFormat ?? time['formats'], timeZone: flags.timeZone ?? time['timeZone'] });
  if (target === 'events' || (target === 'consents' && newTime['column'] !== undefined)) raw['time'] = newTime;
  const price = flags.amount ?? (flags.unitPrice === undefined ? undefined : { product: [flags.quantity ?? raw['quantity'] ?? '', flags.unitPrice] });
  const orderRef = flags.order === 'per_line' ? { per: 'line' } : flags.order === 'per_day' ? { per: 'day' } : flags.order;
  Object.assign(raw, defined({ customer: flags.customer, attributes: flags.attributes }));
  if (target === 'events') {
    const { quantity, discount, product, category, channel, campaign, session, eventId, properties, duplicates } = flags;
    const kind = flags.kind ?? (flags.kindColumn === undefined ? undefined : { column: flags.kindColumn }) ?? raw['kind'] ?? (price === undefined ? undefined : 'order');
    Object.assign(raw, defined({ kind, amount: price, quantity, discount, product, category, channel, campaign, session, orderRef, eventId, properties, duplicates }));
  }
  return parseMapping(raw, 'The mapping from the flags');
}
