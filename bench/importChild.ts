/** One import in a process of its own: tells the report, the seconds (opening the store included) and the peak memory to its parent. */
import { openStore } from '../src/store/connection.ts';
import type { StoreConfig } from '../src/store/config.ts';
import { importFile } from '../src/jobs/import.ts';
import { loadMapping } from '../src/store/import/readyMappings.ts';

const { config, path, mapping, quarantine } = JSON.parse(process.argv[2] ?? '{}') as { config: StoreConfig; path: string; mapping: string; quarantine: string };
const started = performance.now();
const clock = { now: () => Date.now() };
const store = await openStore(config, { clock });
const report = await importFile({ store, clock, progress: () => undefined }, { path, mapping: loadMapping(mapping), quarantinePath: quarantine });
await store.close();
process.send?.({ report, seconds: (performance.now() - started) / 1000, peakRssMb: Math.round(process.resourceUsage().maxRSS / 1024) });
