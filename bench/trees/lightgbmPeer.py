"""LightGBM in a process of its own. The last line is JSON. Seconds are of the processor, one thread.

train FILE ROWS TRAIN_ROWS TREES MODEL    trains and writes the text model
predict FILE ROWS MODEL COUNT OUT         raw scores of the first COUNT rows to OUT, seconds, and microseconds of one row by the fast single-row call
contrib FILE ROWS MODEL COUNT OUT         contributions and expected score of the first COUNT rows to OUT, row by row, and seconds
"""
import ctypes
import json
import sys
import time

import lightgbm as lgb
import numpy as np

command, path, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
table = np.fromfile(path, dtype=np.float64).reshape(-1, rows)
width = table.shape[0] - 1
names = [f"f{c:02d}" for c in range(width)]

if command == "train":
    train_rows, trees, model = int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
    params = dict(objective="binary", num_leaves=63, learning_rate=0.1, max_bin=255, min_data_in_leaf=20, num_threads=1, verbosity=-1, force_row_wise=True, seed=1)
    data = lgb.Dataset(table[:-1, :train_rows].T, table[-1, :train_rows], feature_name=names, params=params)
    lgb.train(params, data, num_boost_round=trees).save_model(model)
    print(json.dumps({}))
else:
    booster = lgb.Booster(model_file=sys.argv[4])
    count, out = int(sys.argv[5]), sys.argv[6]
    columns = [names.index(name) for name in booster.feature_name()]
    x = np.ascontiguousarray(table[columns, :count].T)
    start = time.process_time()
    answer = booster.predict(x, raw_score=command == "predict", pred_contrib=command == "contrib", num_threads=1)
    seconds = time.process_time() - start
    answer.astype(np.float64).tofile(out)
    result = dict(seconds=seconds, columns=booster.feature_name())
    if command == "predict":
        lib, fast = lgb.basic._LIB, ctypes.c_void_p()
        lib.LGBM_BoosterPredictForMatSingleRowFastInit(booster._handle, 1, 0, -1, 1, x.shape[1], b"num_threads=1", ctypes.byref(fast))
        length, score = ctypes.c_int64(), ctypes.c_double()
        pointers = [x[i].ctypes.data_as(ctypes.c_void_p) for i in range(min(200, count))]
        for timed in (False, True):
            start = time.process_time()
            for _ in range(20):
                for pointer in pointers:
                    lib.LGBM_BoosterPredictForMatSingleRowFast(fast, pointer, ctypes.byref(length), ctypes.byref(score))
            result["row_microseconds"] = (time.process_time() - start) / 20 / len(pointers) * 1e6
    print(json.dumps(result))
