/** Where the real data sets lie when they are beside the project, and the message that a skipped test shows when they are not. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

/** Absolute path of a data file, or undefined where the data folder is absent. */
export function sharedData(path: string): string | undefined {
  const full = root + path;
  return existsSync(full) ? full : undefined;
}

/** Title of a test that needs a data file: says why it is skipped when the file is absent. */
export function needs(path: string, title: string): string {
  return sharedData(path) === undefined ? `${title} (skipped: ../shared/data/${path} is not beside the project)` : title;
}
