import { bgNbd, btydValue, gammaGamma, mbgNbd } from '../../../src/estimators/customerBase/index.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { btydTraining, simulateBtyd } from '../../support/btydShop.ts';

const rows = simulateBtyd({ model: 'bg_nbd', r: 0.6, alpha: 5, a: 0.8, b: 2.5, p: 6, q: 4, gamma: 15 }, 400, 21, 13);
const orders = () => btydTraining(rows, rows.map((row) => Number(row.holdout > 0)));
const amounts = () => btydTraining(rows, rows.map((row) => row.holdout * 30));

// Repeated rows are put together before the fit, so that weights agree to the last bit of the parameters.
estimatorContract('bg_nbd', bgNbd, () => ({ task: 'binary', train: orders(), params: bgNbd.defaults, weightTolerance: 0 }));
estimatorContract('bg_nbd as churn', bgNbd, () => ({ task: 'binary', train: orders(), params: { ...bgNbd.defaults, output: 'no_order' }, weightTolerance: 0 }));
estimatorContract('mbg_nbd', mbgNbd, () => ({ task: 'binary', train: orders(), params: mbgNbd.defaults, weightTolerance: 0 }));
estimatorContract('gamma_gamma', gammaGamma, () => ({ task: 'amount', train: amounts(), params: gammaGamma.defaults, weightTolerance: 0 }));
estimatorContract('btyd_value', btydValue, () => ({ task: 'amount', train: amounts(), params: btydValue.defaults, weightTolerance: 0 }));
