/**
 * The reference table of supervised learning on flat files: `tagcast table` with nothing but --target and --drop on every cross-validated row, beside the best of logistic regression,
 * random forest and XGBoost as measured with scikit-learn 1.2.1 and xgboost 1.7.4 on the same folds. `--only telco,bank`; the last line is JSON. Needs the data folder beside the project.
 */
import { parseArgs } from 'node:util';
import { silentProgress } from '../src/base/progress.ts';
import { trainTable } from '../src/jobs/table.ts';
import { sharedData } from '../test/support/sharedData.ts';

interface Reference {
  readonly name: string;
  readonly file: string;
  readonly target: string;
  readonly drop: readonly string[];
  /** Best of the three, each. */
  readonly auc: number;
  readonly logLoss: number;
}

const SHOPPERS = 'online_shoppers/online_shoppers_intention.csv';
const REFERENCES: readonly Reference[] = [
  { name: 'online_shoppers', file: SHOPPERS, target: 'Revenue', drop: [], auc: 0.9316, logLoss: 0.226 },
  { name: 'online_shoppers without PageValues', file: SHOPPERS, target: 'Revenue', drop: ['PageValues'], auc: 0.7841, logLoss: 0.359 },
  { name: 'telco_churn', file: 'telco_churn/Telco-Customer-Churn.csv', target: 'Churn', drop: [], auc: 0.8452, logLoss: 0.417 },
  { name: 'bank_churn_10k', file: 'bank_churn_10k/Churn_Modelling.csv', target: 'Exited', drop: [], auc: 0.8645, logLoss: 0.336 },
  { name: 'credit_card_churn', file: 'credit_card_churn/BankChurners.csv', target: 'Attrition_Flag', drop: [], auc: 0.9928, logLoss: 0.077 },
  { name: 'hillstrom visit', file: 'hillstrom_email/hillstrom.csv', target: 'visit', drop: ['conversion', 'spend'], auc: 0.6461, logLoss: 0.4 },
];

const { values } = parseArgs({ options: { json: { type: 'boolean' }, only: { type: 'string' }, seed: { type: 'string', default: '42' }, threads: { type: 'string', default: '2' } } });
const wanted = REFERENCES.filter(({ name }) => values.only === undefined || values.only.split(',').some((part) => name.includes(part)));
const say = (line: string): void => { if (values.json !== true) console.log(line); };

const rows: { task: string; auc: number; referenceAuc: number; logLoss: number; referenceLogLoss: number; seconds: number; chosen: string[]; met: boolean }[] = [];
for (const { name, file, target, drop, auc, logLoss } of wanted) {
  const path = sharedData(file);
  if (path === undefined) {
    console.error(`${name}: ../shared/data/${file} is not beside the project`);
    continue;
  }
  const started = performance.now();
  const report = await trainTable({ progress: silentProgress }, { file: path, target, drop, keep: [], folds: 5, seed: Number(values.seed), threads: Number(values.threads) });
  const { metrics } = report.leaderboard[0];
  const measured = { auc: metrics.roc_auc.value, logLoss: metrics.log_loss.value };
  const met = measured.auc >= auc - 0.002 && measured.logLoss <= logLoss + 0.002;
  rows.push({ task: name, ...measured, referenceAuc: auc, referenceLogLoss: logLoss, seconds: (performance.now() - started) / 1000, chosen: report.choices.map(({ chosen }) => chosen), met });
  say(`${name.padEnd(36)} AUC ${measured.auc.toFixed(4)} (${auc.toFixed(4)})  log loss ${measured.logLoss.toFixed(4)} (${logLoss.toFixed(3)})  ${rows[rows.length - 1].seconds.toFixed(0)} s  ${met ? 'met' : 'MISSED'}`);
}
const gain = rows.reduce((sum, row) => sum + row.auc - row.referenceAuc, 0) / Math.max(1, rows.length);
say(`mean AUC above the reference: ${gain.toFixed(4)}`);
console.log(JSON.stringify({ bench: 'tables', rows, meanAucGain: gain, met: rows.length > 0 && rows.every((row) => row.met) && gain > 0 }));
