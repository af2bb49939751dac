import { UPLIFT_LEARNERS } from '../../../src/estimators/uplift/index.ts';
import { upliftContract } from '../../contract/uplift.ts';
import { experiment } from '../../support/experiment.ts';

const { data } = experiment(600, 1);
const { two_model, one_model, x_learner, doubly_robust } = UPLIFT_LEARNERS;
const task = (params = two_model.defaults) => () => ({ train: structuredClone(data), params });

upliftContract('two_model', two_model, task());
upliftContract('two_model, boosted trees', two_model, task({ ...two_model.defaults, outcome: { kind: 'boosted_trees', params: { trees: 15 } } }));
upliftContract('one_model', one_model, task());
upliftContract('x_learner', x_learner, task());
upliftContract('doubly_robust, estimated chance of treatment', doubly_robust, task({ ...doubly_robust.defaults, propensity: 'estimated', folds: 3 }));
