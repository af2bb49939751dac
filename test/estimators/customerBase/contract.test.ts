import { bgBb, bgCnbdK, bgNbd, btydValue, gammaGamma, mbgCnbdK, mbgNbd, paretoNbd, shiftedBetaGeometric } from '../../../src/estimators/customerBase/index.ts';
import type { TrainingData } from '../../../src/estimators/contract.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { btydTraining, simulateBtyd } from '../../support/btydShop.ts';

const rows = simulateBtyd({ model: 'bg_nbd', r: 0.6, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 }, 400, 21, 13);
const orders = () => btydTraining(rows, rows.map((row) => Number(row.holdout > 0)));
const amounts = () => btydTraining(rows, rows.map((row) => row.holdout * 30));
/** Days until the next order, as if it came evenly; half a year where it was not seen. */
const waits = (): TrainingData => ({ ...btydTraining(rows, rows.map((row) => (row.holdout > 0 ? 91 / (row.holdout + 1) : 182))), observed: Uint8Array.from(rows, (row) => Number(row.holdout > 0)) });
const withCovariate = (train: TrainingData): TrainingData => ({
  ...train,
  x: { rows: train.x.rows, columns: [...train.x.columns, { name: 'from_shop', values: Float64Array.from(rows, (row, i) => (i % 7 === 0 ? NaN : (Math.floor(row.ageDays * 8) + i) % 2)) }] },
});

// Repeated rows are put together before the fit, so that weights agree to the last bit of the parameters.
const exact = { weightTolerance: 0 } as const;
estimatorContract('bg_nbd', bgNbd, () => ({ task: 'binary', train: orders(), params: bgNbd.defaults, ...exact }));
estimatorContract('bg_nbd as churn', bgNbd, () => ({ task: 'binary', train: orders(), params: { ...bgNbd.defaults, output: 'no_order' }, ...exact }));
estimatorContract('bg_nbd as dates', bgNbd, () => ({ task: 'duration', train: waits(), params: { ...bgNbd.defaults, output: 'days' }, ...exact }));
estimatorContract('mbg_nbd', mbgNbd, () => ({ task: 'binary', train: orders(), params: mbgNbd.defaults, ...exact }));
estimatorContract('mbg_nbd with a covariate', mbgNbd, () => ({ task: 'binary', train: withCovariate(orders()), params: { ...mbgNbd.defaults, covariates: ['from_shop'] }, ...exact }));
estimatorContract('bg_cnbd_k', bgCnbdK, () => ({ task: 'binary', train: orders(), params: { ...bgCnbdK.defaults, k: 2 }, ...exact }));
estimatorContract('mbg_cnbd_k, k chosen for dates', mbgCnbdK, () => ({ task: 'duration', train: waits(), params: { ...mbgCnbdK.defaults, output: 'days' }, ...exact }));
estimatorContract('pareto_nbd', paretoNbd, () => ({ task: 'binary', train: orders(), params: paretoNbd.defaults, ...exact }));
estimatorContract('bg_bb', bgBb, () => ({ task: 'binary', train: orders(), params: bgBb.defaults, ...exact }));
estimatorContract('gamma_gamma', gammaGamma, () => ({ task: 'amount', train: amounts(), params: gammaGamma.defaults, ...exact }));
estimatorContract('btyd_value', btydValue, () => ({ task: 'amount', train: amounts(), params: btydValue.defaults, ...exact }));
estimatorContract('btyd_value by pareto_nbd', btydValue, () => ({ task: 'amount', train: amounts(), params: { ...btydValue.defaults, orders: 'pareto_nbd' }, ...exact }));
estimatorContract('shifted_beta_geometric', shiftedBetaGeometric, () => ({ task: 'binary', train: orders(), params: { ...shiftedBetaGeometric.defaults, output: 'renew', horizonDays: 91 }, ...exact }));
estimatorContract('shifted_beta_geometric as dates', shiftedBetaGeometric, () => ({ task: 'duration', train: waits(), params: { ...shiftedBetaGeometric.defaults, output: 'days' }, ...exact }));
