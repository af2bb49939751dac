/** What the import tests share: files in a folder of their own, and a short way to import them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentProgress } from '../../src/base/progress.ts';
import { importFile, type ImportArgs, type ImportReport } from '../../src/jobs/import.ts';
import type { Store } from '../../src/store/connection.ts';
import { parseMapping } from '../../src/store/import/mapping.ts';
import { selectRows } from '../../src/store/repositories/bulk.ts';

export const ORDERS = { name: 'orders', target: 'events', customer: 'customer', time: 'time', kind: 'order', amount: 'amount', orderRef: 'order' } as const;
export const HEADER = 'customer,time,amount,order\n';

export interface QuarantineLine {
  readonly line: number;
  readonly reason: string;
  readonly message: { readonly zh: string; readonly en: string };
  readonly bytes: number;
  readonly raw: string;
}

export function importKit() {
  const folder = mkdtempSync(join(tmpdir(), 'tagcast-import-'));
  return {
    folder,
    file(name: string, content: string | Buffer): string {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    run(store: Store, path: string, mapping: object = ORDERS, more: Partial<ImportArgs> = {}): Promise<ImportReport> {
      return importFile({ store, clock: store.clock, progress: silentProgress }, { path, mapping: parseMapping(mapping), timeZone: 'UTC', ...more });
    },
    quarantine(report: ImportReport): QuarantineLine[] {
      if (report.quarantinePath === undefined) return [];
      return readFileSync(report.quarantinePath, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as QuarantineLine);
    },
    remove(): void {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Everything of the events that does not depend on when and in which order they came. */
export async function eventContents(store: Store): Promise<string> {
  const rows = await selectRows<{ digest: string }>(
    store.db,
    `SELECT count(*) || ' ' || coalesce(md5(string_agg(dedupe_key::text || c.external_id || extract(epoch FROM occurred_at)::text || kind || coalesce(amount::text, '-') || coalesce(order_ref, '-'), ',' ORDER BY dedupe_key)), '') AS digest
     FROM events JOIN customers c USING (customer_id)`,
  );
  return rows[0]?.digest ?? '';
}

export async function total(store: Store, sql: string): Promise<Record<string, unknown>> {
  return (await selectRows<Record<string, unknown>>(store.db, sql))[0] ?? {};
}

/** Gives every test an empty store. */
export async function emptyStore(store: Store): Promise<void> {
  await store.db.raw('TRUNCATE customers, identities, consents, suppressions, imports, events RESTART IDENTITY CASCADE');
}
