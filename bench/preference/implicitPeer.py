"""Factorises the sparse rows that lie as raw files in a folder, as PyPI implicit does it, and writes the factors beside them. Prints processor seconds as JSON."""
import json
import sys
import time

import numpy as np
from implicit.als import AlternatingLeastSquares
from scipy.sparse import csr_matrix

folder, users, items, factors, regularisation, alpha, iterations = sys.argv[1], *map(float, sys.argv[2:8])
starts = np.fromfile(f"{folder}/starts.i32", dtype=np.int32)
at = np.fromfile(f"{folder}/at.i32", dtype=np.int32)
strength = np.fromfile(f"{folder}/strength.f64")
# implicit takes confidences: 1 + alpha times the strength.
confidence = csr_matrix((1 + alpha * strength, at, starts), shape=(int(users), int(items)))
model = AlternatingLeastSquares(factors=int(factors), regularization=regularisation, alpha=1, iterations=int(iterations), use_cg=False, num_threads=1, random_state=1, dtype=np.float64)
began = time.process_time()
model.fit(confidence, show_progress=False)
seconds = time.process_time() - began
np.asarray(model.user_factors, dtype=np.float64).tofile(f"{folder}/users.f64")
np.asarray(model.item_factors, dtype=np.float64).tofile(f"{folder}/items.f64")
print(json.dumps({"seconds": seconds}))
