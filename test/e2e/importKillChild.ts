/** A process that imports one file and is killed while it does. Says `open`, then what it has read, then the report. */
import { openStore } from '../../src/store/connection.ts';
import type { StoreConfig } from '../../src/store/config.ts';
import { importFile } from '../../src/jobs/import.ts';
import { parseMapping } from '../../src/store/import/mapping.ts';
import { eventContents } from './importKit.ts';

const { config, path, mapping, quarantine } = JSON.parse(process.argv[2] ?? '{}') as { config: StoreConfig; path: string; mapping: object; quarantine: string };
const clock = { now: () => Date.now() };
const store = await openStore(config, { clock });
process.send?.({ open: true });
const report = await importFile({ store, clock, progress: (update) => process.send?.({ read: Number((update.note ?? '0').split(' ')[0]?.replaceAll(',', '')) }) }, { path, mapping: parseMapping(mapping), quarantinePath: quarantine, timeZone: 'UTC' });
const contents = await eventContents(store);
await store.close();
process.send?.({ report, contents });
