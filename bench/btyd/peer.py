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
    start = time.perf_counter()
    fitted = fits[name]()
    return time.perf_counter() - start, fitted


cold, fitted = seconds()
warm = [seconds()[0] for _ in range(repeats)]
print(json.dumps({"cold": cold, "warm": warm, "params": {key: float(value) for key, value in fitted.params_.items()}}))
