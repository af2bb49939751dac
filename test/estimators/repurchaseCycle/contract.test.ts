import { globalGap, personalMeanGap, repurchaseCycle } from '../../../src/estimators/repurchaseCycle/index.ts';
import { estimatorContract } from '../../contract/estimator.ts';
import { rowsAt, simulateShop, stack } from '../../support/renewalShop.ts';

const customers = simulateShop({ seed: 31, customers: 150, family: 'gamma', cycleDays: 40, cycleSpread: 0.5, cv: [0.4, 1], dropOut: 0.05, arrivalDays: 400 });
const train = () => stack([240, 360].map((cutoff) => rowsAt(customers, cutoff, 120)));

estimatorContract('repurchase_cycle', repurchaseCycle, () => ({ task: 'duration', train: train(), params: repurchaseCycle.defaults, weightTolerance: 0 }));
// The thinned sample of a large shop must not depend on the order of rows either.
estimatorContract('repurchase_cycle, thinned', repurchaseCycle, () => ({ task: 'duration', train: train(), params: { ...repurchaseCycle.defaults, maxRows: 100 } }));
estimatorContract('global_gap', globalGap, () => ({ task: 'duration', train: train(), params: globalGap.defaults }));
estimatorContract('personal_mean_gap', personalMeanGap, () => ({ task: 'duration', train: train(), params: personalMeanGap.defaults }));
