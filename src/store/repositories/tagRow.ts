/** A tag's envelope as columns, and back. The shape is the one of the tags room; the store does not import it, a test holds the two equal. */
import type { Columns } from './bulk.ts';

export interface TagEnvelope {
  key: string;
  kind: 'statistical' | 'rule' | 'predictive' | 'preference' | 'value' | 'lifecycle';
  status: 'ok' | 'insufficient_data' | 'not_eligible' | 'stale' | 'opted_out' | 'model_paused';
  value: number | string | string[] | null;
  band: string | null;
  probability: number | null;
  percentile: number | null;
  lift: number | null;
  interval: { low: number; high: number; level: number } | null;
  horizonDays: number | null;
  asOf: string;
  validFrom: string;
  expiresAt: string | null;
  source: { name: string; version: number; run: number };
  confidence: 'high' | 'medium' | 'low' | null;
  reasons: { direction: 'up' | 'down'; feature: string; weight: number; value: number | null; typical: number | null; text: { zh: string; en: string } }[];
}

export interface CustomerTag {
  readonly customerId: number;
  readonly tag: TagEnvelope;
}

export const TAG_COLUMNS = {
  customer_id: 'int8', tag_key: 'text', kind: 'text', status: 'text', value_number: 'float8', value_text: 'text', value_date: 'date', value_list: 'jsonb', band: 'text', probability: 'float8',
  percentile: 'int2', lift: 'float8', interval_low: 'float8', interval_high: 'float8', interval_level: 'float8', horizon_days: 'int4', as_of: 'date', valid_from: 'date', expires_at: 'date',
  source_name: 'text', source_version: 'int4', run_id: 'int8', fence: 'int4', confidence: 'text', reasons: 'jsonb',
} as const satisfies Columns;

/** What has to be equal for a tag to count as unchanged. */
export const STATE_COLUMNS = ['status', 'band', 'value_number', 'value_text', 'value_date', 'value_list'] as const;

export type TagColumns = { [K in keyof typeof TAG_COLUMNS]: unknown };

/** A real day of the calendar; other texts of that form stay texts. */
function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !text.startsWith('0000') && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
}

export function toColumns({ customerId, tag }: CustomerTag, run: { readonly runId: number; readonly fence: number }): TagColumns {
  const { value } = tag;
  return {
    customer_id: customerId,
    tag_key: tag.key,
    kind: tag.kind,
    status: tag.status,
    value_number: typeof value === 'number' ? value : null,
    value_text: typeof value === 'string' && !isDate(value) ? value : null,
    value_date: typeof value === 'string' && isDate(value) ? value : null,
    value_list: Array.isArray(value) ? value : undefined,
    band: tag.band,
    probability: tag.probability,
    percentile: tag.percentile,
    lift: tag.lift,
    interval_low: tag.interval?.low,
    interval_high: tag.interval?.high,
    interval_level: tag.interval?.level,
    horizon_days: tag.horizonDays,
    as_of: tag.asOf,
    valid_from: tag.validFrom,
    expires_at: tag.expiresAt,
    source_name: tag.source.name,
    source_version: tag.source.version,
    run_id: run.runId,
    fence: run.fence,
    confidence: tag.confidence,
    reasons: tag.reasons,
  };
}

/** A row of customer_tags or staged_tags as the drivers return it. */
export interface TagRow {
  readonly customer_id: number;
  readonly tag_key: string;
  readonly kind: TagEnvelope['kind'];
  readonly status: TagEnvelope['status'];
  readonly value_number: number | null;
  readonly value_text: string | null;
  readonly value_date: string | null;
  readonly value_list: string[] | null;
  readonly band: string | null;
  readonly probability: number | null;
  readonly percentile: number | null;
  readonly lift: number | null;
  readonly interval_low: number | null;
  readonly interval_high: number | null;
  readonly interval_level: number | null;
  readonly horizon_days: number | null;
  readonly as_of: string;
  readonly valid_from: string;
  readonly expires_at: string | null;
  readonly source_name: string;
  readonly source_version: number;
  readonly run_id: number;
  readonly fence: number;
  readonly confidence: TagEnvelope['confidence'];
  readonly reasons: TagEnvelope['reasons'];
}

export function fromRow(row: TagRow): TagEnvelope {
  const { interval_low: low, interval_high: high, interval_level: level } = row;
  return {
    key: row.tag_key,
    kind: row.kind,
    status: row.status,
    value: row.value_number ?? row.value_text ?? row.value_date ?? row.value_list,
    band: row.band,
    probability: row.probability,
    percentile: row.percentile,
    lift: row.lift,
    interval: low === null || high === null || level === null ? null : { low, high, level },
    horizonDays: row.horizon_days,
    asOf: row.as_of,
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
    source: { name: row.source_name, version: row.source_version, run: row.run_id },
    confidence: row.confidence,
    reasons: row.reasons,
  };
}
