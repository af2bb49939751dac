/** Who was treated and who was held out: taken from a list, or from a segment's hold-out at the moment of the contact. All or nothing, and the first assignment of a customer stands. */
import { AppError } from '../base/errors.ts';
import { localDate } from '../base/time.ts';
import { statementOf } from '../conditions/compile.ts';
import { bindInt8, bindText, sql } from '../conditions/sql/fragment.ts';
import { OPTED_OUT } from '../segments/consent.ts';
import { holdoutSql } from '../segments/holdout.ts';
import type { Store } from '../store/connection.ts';
import { recordAudit } from '../store/repositories/audit.ts';
import { batches, selectRows } from '../store/repositories/bulk.ts';
import { customerIds } from '../store/repositories/customers.ts';
import { armsOf, inOtherArm, insertAssignments, setCovariates } from '../store/repositories/experiments.ts';
import type { ArmCounts, Assignment, Covariate, StoredExperiment } from '../store/repositories/experiments.ts';
import { findSegment } from '../store/repositories/segments.ts';
import { refuseUnevenArms } from './checks.ts';
import { covariatesOf, sameCovariates } from './covariates.ts';
import { experimentNamed } from './edit.ts';

/** A line of a list. */
export interface ListedCustomer {
  /** The shop's own id. */
  readonly customer: string;
  readonly treated: boolean;
  /** Epoch ms; absent: the start of the experiment's first day. */
  readonly assignedAt?: number;
  /** Texts as the list has them; empty ones are missing. */
  readonly covariates?: Readonly<Record<string, string>>;
}

export interface Assigned {
  readonly added: number;
  /** Lines of customers who were assigned before, to the same arm. */
  readonly known: number;
  /** Lines of customers whom the store does not have. */
  readonly unknown: number;
  readonly arms: ArmCounts;
  readonly covariates: readonly Covariate[];
}

const bothArms = (key: string, customers: number): AppError => new AppError('bad_data', `${customers} customer(s) of experiment ${key} stand in both arms.`, {
  details: { customers }, hint: 'A customer is assigned once. Take them out of the list, or import the list that was drawn first.',
});

/** One line per customer. @throws AppError `bad_data` for customers in both arms. */
function distinct(key: string, list: readonly ListedCustomer[]): ListedCustomer[] {
  const first = new Map<string, ListedCustomer>();
  const both = new Set<string>();
  for (const line of list) {
    const before = first.get(line.customer);
    if (before === undefined) first.set(line.customer, line);
    else if (before.treated !== line.treated) both.add(line.customer);
  }
  if (both.size > 0) throw bothArms(key, both.size);
  return [...first.values()];
}

function checkTimes(store: Store, { key, startsOn, endsOn }: StoredExperiment, rows: readonly Assignment[], timeZone: string): void {
  const now = store.clock.now();
  const [future, outside] = [rows.filter(({ assignedAt }) => assignedAt > now).length, rows.filter(({ assignedAt }) => { const day = localDate(assignedAt, timeZone); return day < startsOn || day > endsOn; }).length];
  if (future > 0) throw new AppError('bad_data', `${future} assignment(s) of experiment ${key} lie in the future.`, { hint: 'Import them when they have been made; look at the time zone of the list.' });
  if (outside > 0) throw new AppError('bad_data', `${outside} assignment(s) of experiment ${key} lie outside of its days, ${startsOn} to ${endsOn}.`, { hint: 'Look at the dates and the time zone of the list, or make an experiment of the right days.' });
}

/**
 * Takes over a list of assignments that was drawn elsewhere with the declared probability.
 * @throws AppError `not_found`, `conflict` for an experiment that a hold-out decides, `bad_data` for customers in both arms, times outside of the experiment, arms of other sizes than declared, or other covariates than before
 */
export async function importAssignments(store: Store, key: string, list: readonly ListedCustomer[], { startsAt, timeZone, actor }: { readonly startsAt: number; readonly timeZone: string; readonly actor: string }): Promise<Assigned> {
  const experiment = await experimentNamed(store, key);
  if (experiment.segment !== null) throw new AppError('conflict', `The hold-out of the segment ${experiment.segment} decides who is treated in experiment ${key}; a list cannot.`, { hint: `Record the arms at the moment of the contact: \`tagcast experiment assign ${key}\`.` });
  const lines = distinct(key, list);
  const covariates = covariatesOf(lines.map((line) => line.covariates ?? {}));
  const ids = new Map<string, number>();
  for (const batch of batches(lines)) for (const [name, id] of await customerIds(store.db, batch.map(({ customer }) => customer))) ids.set(name, id);
  const rows = lines.flatMap((line, i): Assignment[] => {
    const customerId = ids.get(line.customer);
    return customerId === undefined ? [] : [{ customerId, treated: line.treated, assignedAt: line.assignedAt ?? startsAt, ...(covariates.columns.length === 0 ? {} : { covariates: covariates.rows[i] }) }];
  }).sort((a, b) => a.customerId - b.customerId);
  if (rows.length === 0) throw new AppError('bad_data', `None of the ${lines.length} customers of the list is in the store.`, { hint: 'Import the customers or their orders first, and look at the column of ids.' });
  checkTimes(store, experiment, rows, timeZone);
  return store.db.transaction(async (trx) => {
    const crossed = await inOtherArm(trx, key, rows);
    if (crossed > 0) throw bothArms(key, crossed);
    const before = await armsOf(trx, key);
    if (before.treated + before.heldOut > 0 && !sameCovariates(experiment.covariates, covariates.columns)) {
      throw new AppError('bad_data', `The columns of this list differ from those of the lists before (${experiment.covariates.map(({ name, kind }) => `${name}: ${kind}`).join(', ') || 'none'}).`, { hint: 'Every list of an experiment brings the same columns of the same kinds.' });
    }
    const added = await insertAssignments(trx, key, rows);
    const arms = await armsOf(trx, key);
    refuseUnevenArms(experiment, arms);
    if (before.treated + before.heldOut === 0) await setCovariates(trx, key, covariates.columns);
    await recordAudit(trx, { at: store.clock.now(), actor, action: 'experiment.assigned', object: key, details: { added, treated: arms.treated, heldOut: arms.heldOut, from: 'list' } });
    return { added, known: rows.length - added, unknown: lines.length - rows.length, arms, covariates: covariates.columns };
  });
}

/**
 * Records the arms of the segment's members as they are now: call it at the moment of the contact. Members who refused marketing or scoring belong to neither arm; those assigned before keep their first moment.
 * @throws AppError `not_found`, `conflict` for an experiment of a list, a segment never built, or a hold-out that was changed since, `bad_data` outside of the experiment's days
 */
export async function assignFromHoldout(store: Store, key: string, { timeZone, actor }: { readonly timeZone: string; readonly actor: string }): Promise<Assigned> {
  const experiment = await experimentNamed(store, key);
  if (experiment.segment === null) throw new AppError('conflict', `The assignment of experiment ${key} comes as a list.`, { hint: `\`tagcast experiment import-assignment ${key}\`.` });
  const segment = await findSegment(store.db, experiment.segment);
  if (segment?.liveVersion === undefined || segment.liveVersion === null) throw new AppError('conflict', `The segment ${experiment.segment} is not there or has never been built.`, { hint: `\`tagcast segment build ${experiment.segment}\`.` });
  const { liveVersion, holdoutShare, holdoutSalt } = segment;
  if (Math.abs(1 - holdoutShare - experiment.treatmentProbability) > 1e-9) {
    throw new AppError('conflict', `The segment ${experiment.segment} holds out ${holdoutShare} now, and ${(1 - experiment.treatmentProbability).toFixed(4)} when experiment ${key} was made.`, { hint: 'Make a new experiment for the new share: customers of different chances do not compare.' });
  }
  const { sql: text, bindings } = statementOf(sql`select c.customer_id as "customerId", not ${holdoutSql(holdoutSalt, holdoutShare)} as treated from segment_members m join customers c on c.customer_id = m.customer_id
    where m.segment_key = ${bindText(experiment.segment)} and m.version = ${bindInt8(liveVersion)} and not ${OPTED_OUT} order by c.customer_id`);
  const assignedAt = store.clock.now();
  const rows = (await selectRows<{ customerId: number; treated: boolean }>(store.db, text, [...bindings])).map((row) => ({ ...row, assignedAt }));
  checkTimes(store, experiment, rows, timeZone);
  return store.db.transaction(async (trx) => {
    const added = await insertAssignments(trx, key, rows);
    const arms = await armsOf(trx, key);
    await recordAudit(trx, { at: assignedAt, actor, action: 'experiment.assigned', object: key, details: { added, treated: arms.treated, heldOut: arms.heldOut, from: 'holdout', segmentVersion: liveVersion } });
    return { added, known: rows.length - added, unknown: 0, arms, covariates: [] };
  });
}
