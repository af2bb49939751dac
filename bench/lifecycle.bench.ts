/**
 * The lifecycle: the predicted next stage against "stays the same" and the shop's transition matrix, out of time, on the simulated shop and on Online Retail where ../shared/data has it; and flows between stages over a
 * history of `--customers` on PostgreSQL. `--part next` or `--part flows` for one of them. The last line is JSON; `ratios` are ours ÷ the baseline's (log loss, Brier) and one pass ÷ the plain statement per week (flows).
 */
import { parseArgs } from 'node:util';
import { simulateShop } from '../src/simulator/shop.ts';
import { onlineRetail, simulated } from '../test/e2e/modelKit.ts';
import { sharedData } from '../test/support/sharedData.ts';
import { benchFlows } from './lifecycle/flows.ts';
import { judgeNextStage } from './lifecycle/nextStage.ts';
import type { NextStageReport } from './lifecycle/nextStage.ts';

const { values } = parseArgs({ options: { json: { type: 'boolean' }, part: { type: 'string' }, customers: { type: 'string', default: '1000000' }, candidates: { type: 'string', default: 'logistic,bg_nbd' }, data: { type: 'string' } } });
const say = (line: string): void => { if (values.json !== true) console.log(line); };
const candidates = values.candidates.split(',');

const reports: Record<string, NextStageReport> = {};
if (values.part !== 'flows') {
  if (values.data !== 'online_retail') {
    const shop = await simulated(simulateShop({ seed: 3, customers: 3000, days: 900, endDate: '2026-04-01', futureDays: 0 }));
    reports['simulated'] = await judgeNextStage(shop, '2026-02-01', 5, candidates, say);
    shop.columns.close();
  }
  if (values.data !== 'simulated' && sharedData('online_retail/lines_2010-12_2011-12.csv.gz') !== undefined) {
    const shop = await onlineRetail();
    // One event per invoice: the stages of a hundred nights ask for orders, not for their lines.
    await shop.columns.query(`CREATE TABLE invoices AS SELECT min(event_id), customer_id, min(occurred_ms), kind, sum(amount), sum(quantity), NULL, min(product), NULL, NULL, NULL, NULL, order_ref, NULL, 0 FROM events GROUP BY customer_id, kind, order_ref ORDER BY 1`);
    await shop.columns.query('DELETE FROM events');
    await shop.columns.query('INSERT INTO events SELECT * FROM invoices');
    reports['online_retail'] = await judgeNextStage(shop, '2011-09-11', 5, candidates, say);
    shop.columns.close();
  }
}
for (const [name, { rows, model, matrix, stays, byStage }] of Object.entries(reports)) {
  say(`${name}: ${rows} forecasts`);
  for (const [what, one] of Object.entries({ model, matrix })) say(`  ${what.padEnd(7)} accuracy ${one.accuracy.toFixed(4)}  log loss ${one.logLoss.toFixed(4)}  Brier ${one.brier.toFixed(4)}  calibration error ${one.ece.toFixed(4)}`);
  say(`  stays   accuracy ${stays.accuracy.toFixed(4)}  Brier ${stays.brier.toFixed(4)}`);
  for (const [stage, one] of Object.entries(byStage)) say(`  ${stage.padEnd(12)} ${String(one.rows).padStart(6)}  accuracy ${one.accuracy.toFixed(3)} (matrix ${one.matrixAccuracy.toFixed(3)})  log loss ${one.logLoss.toFixed(3)} (matrix ${one.matrixLogLoss.toFixed(3)})`);
}
const flows = values.part === 'next' ? undefined : await benchFlows(Number(values.customers), say);
console.log(JSON.stringify({
  bench: 'lifecycle', nextStage: reports, flows,
  ratios: [
    ...Object.entries(reports).flatMap(([name, { model, matrix, stays }]) => [
      { case: `${name}: log loss ÷ matrix`, ratio: model.logLoss / matrix.logLoss }, { case: `${name}: Brier ÷ matrix`, ratio: model.brier / matrix.brier }, { case: `${name}: Brier ÷ stays`, ratio: model.brier / stays.brier },
      { case: `${name}: errors ÷ matrix`, ratio: (1 - model.accuracy) / (1 - matrix.accuracy) }, { case: `${name}: errors ÷ stays`, ratio: (1 - model.accuracy) / (1 - stays.accuracy) },
    ]),
    ...(flows === undefined ? [] : [{ case: 'flows ÷ a statement per week', ratio: flows.seconds / flows.perWeekSeconds }]),
  ],
}));
