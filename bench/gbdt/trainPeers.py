"""One training of a peer in a process of its own: prints seconds, seconds of processor time, peak memory, AUC and log loss as JSON. Arguments: peer, file, rows, training rows, threads, trees."""
import json
import resource
import sys
import time

import numpy as np

peer, path = sys.argv[1:3]
rows, train_rows, threads, trees = map(int, sys.argv[3:7])
table = np.fromfile(path, dtype=np.float64).reshape(-1, rows)
x = table[:-1, :train_rows].T
y = table[-1, :train_rows]

if peer == "lightgbm" or peer == "lightgbm_quantised":
    import lightgbm as lgb

    params = dict(
        objective="binary", num_leaves=63, learning_rate=0.1, max_bin=255, min_data_in_leaf=20, num_threads=threads, verbosity=-1, force_row_wise=True,
        use_quantized_grad=peer == "lightgbm_quantised", seed=1,
    )
    start, before = time.perf_counter(), time.process_time()
    model = lgb.train(params, lgb.Dataset(x, y, params=params), num_boost_round=trees)
    seconds, used = time.perf_counter() - start, time.process_time() - before
    score = lambda part: model.predict(part)
elif peer == "xgboost":
    import xgboost as xgb

    params = dict(
        objective="binary:logistic", tree_method="hist", grow_policy="lossguide", max_leaves=63, max_depth=0, eta=0.1, max_bin=256, nthread=threads, reg_lambda=0, min_child_weight=1e-3, seed=1,
    )
    start, before = time.perf_counter(), time.process_time()
    model = xgb.train(params, xgb.QuantileDMatrix(x, y, nthread=threads, max_bin=256), num_boost_round=trees)
    seconds, used = time.perf_counter() - start, time.process_time() - before
    score = lambda part: model.predict(xgb.DMatrix(part))
else:
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(learning_rate=0.1, max_iter=trees, max_leaf_nodes=63, min_samples_leaf=20, max_bins=255, early_stopping=False, random_state=1)
    start, before = time.perf_counter(), time.process_time()
    model.fit(x, y)
    seconds, used = time.perf_counter() - start, time.process_time() - before
    score = lambda part: model.predict_proba(part)[:, 1]

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
p = np.clip(np.asarray(score(table[:-1, train_rows:].T), dtype=np.float64), 1e-15, 1 - 1e-15)
truth = table[-1, train_rows:]
# Ties share the mean of their ranks.
values, inverse, counts = np.unique(p, return_inverse=True, return_counts=True)
ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
positives = truth.sum()
auc = (ranks[truth == 1].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives))
loss = -np.mean(np.where(truth == 1, np.log(p), np.log1p(-p)))
print(json.dumps(dict(seconds=seconds, cpuSeconds=used, peakMb=peak, auc=float(auc), logLoss=float(loss))))
