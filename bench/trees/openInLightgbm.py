"""Opens our text models in LightGBM. Arguments: a JSON file with `models: [{name, text, rows}]`; prints raw scores, predictions and contributions of each as JSON, and which model LightGBM writes itself reads the same."""
import json
import sys

import lightgbm as lgb
import numpy as np

answers = []
for model in json.load(open(sys.argv[1]))["models"]:
    booster = lgb.Booster(model_str=model["text"])
    again = lgb.Booster(model_str=booster.model_to_string())
    x = np.array([[np.nan if v is None else v for v in row] for row in model["rows"]], dtype=np.float64)
    answers.append(dict(
        name=model["name"], raw=booster.predict(x, raw_score=True).reshape(len(x), -1).tolist(), predicted=booster.predict(x).reshape(len(x), -1).tolist(),
        contributions=booster.predict(x, pred_contrib=True).reshape(len(x), -1).tolist(), rewritten=again.predict(x, raw_score=True).reshape(len(x), -1).tolist(),
    ))
print(json.dumps(answers))
