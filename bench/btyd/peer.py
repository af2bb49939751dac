"""lifetimes, in a process of its own: peer.py <case> <cohort file> <repeats>. One fit cold, then as often as asked; the last line is JSON."""
import json
import sys
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")
from lifetimes import BetaGeoFitter, GammaGammaFitter, ModifiedBetaGeoFitter, ParetoNBDFitter

name, file, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
x, recency, age, monetary = np.fromfile(file, dtype="<f8").reshape(4, -1)
repeaters = (x > 0) & (monetary > 0)
fits = {
    "bg_nbd": lambda: BetaGeoFitter().fit(x, recency / 7, age / 7),
    "mbg_nbd": lambda: ModifiedBetaGeoFitter().fit(x, recency / 7, age / 7),
    "pareto_nbd": lambda: ParetoNBDFitter().fit(x, recency / 7, age / 7),
    "gamma_gamma": lambda: GammaGammaFitter().fit(x[repeaters], monetary[repeaters]),
}


def seconds():
    start, used = time.perf_counter(), time.process_time()
    fitted = fits[name]()
    return time.perf_counter() - start, time.process_time() - used, fitted


cold, cold_cpu, fitted = seconds()
later = [seconds() for _ in range(repeats)]
print(json.dumps({"cold": cold, "coldCpu": cold_cpu, "warm": [one[0] for one in later], "cpu": [one[1] for one in later], "params": {key: float(value) for key, value in fitted.params_.items()}}))
