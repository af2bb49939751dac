/** scikit-learn on the same files. */
import { L1_RATIO, PATH, SINGLE, type CaseName } from './cases.ts';

const MODELS: Readonly<Record<CaseName, (solver: string) => string>> = {
  logistic: (solver) => `coefficients = LogisticRegression(C=${1 / SINGLE.logistic}, solver='${solver}', max_iter=1000).fit(Z, y).coef_[0]`,
  poisson: (solver) => `coefficients = PoissonRegressor(alpha=${SINGLE.poisson}, solver='${solver}', max_iter=1000).fit(Z, y).coef_`,
  tweedie: (solver) => `coefficients = TweedieRegressor(power=1.5, link='log', alpha=${SINGLE.tweedie}, solver='${solver}', max_iter=1000).fit(Z, y / y.mean()).coef_`,
  elastic_net_path: (solver) => `model = LogisticRegression(l1_ratio=${L1_RATIO}, solver='${solver}', warm_start=True, max_iter=1000, random_state=1)
for strength in ${JSON.stringify(PATH)}:
    model.set_params(C=1 / (strength * len(y))).fit(Z, y)
coefficients = model.coef_[0]`,
};

/** A program that reads `terms` columns and the target from `folder` and prints what child.ts prints. Preparation is what ours does as well: impute, standardise. */
export function peerProgram(name: CaseName, solver: string, folder: string, terms: number, target: string): string {
  return `import json, resource, time
import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, TweedieRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
X = np.stack([np.fromfile(f"${folder}/x{t}.f64") for t in range(${terms})], axis=1)
y = np.fromfile("${folder}/${target}.f64")
started = time.perf_counter()
Z = make_pipeline(SimpleImputer(strategy='median'), StandardScaler()).fit_transform(X)
${MODELS[name](solver)}
seconds = time.perf_counter() - started
print(json.dumps(dict(seconds=seconds, peakMb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024), coefficients=list(map(float, coefficients)))))
`;
}
