#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# XGBoost 3.2 keeps the names of a frame's categories cut short where they are not
# ASCII, and then answers the very frame that it was trained on wrongly, without a word.
#
# Version: xgboost-cpu 3.2.0 from PyPI, with pandas 3.1.1.
# The guess: since 3.1 a model keeps the categories of its training frame, so that any
# frame with the same categories, in whatever order, gets the same answers; an array of
# the codes gets them too.
# Seen: of the categories A-umlaut, O-umlaut, U-umlaut three octets are kept of six: the
# lengths are those of the characters, the octets those of UTF-8. The array of codes is
# answered within 0.01 of the targets; the training frame is off by more than 0.5.
# With the categories a, o, u both are within 0.01.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
  xgboost-cpu==3.2.0 pandas==3.1.1
cat > "$folder/check.py" <<'PYTHON'
import json
import sys

import numpy as np
import pandas
import xgboost


def errors(names):
    """Octets kept, and the worst errors of the codes and of the training frame."""
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame({"s": pandas.Categorical(rng.choice(names, 400))})
    codes = frame.s.cat.codes.to_numpy()
    y = np.array([-1.0, 0.5, 2.0])[codes]
    rows = xgboost.DMatrix(frame, label=y, enable_categorical=True)
    model = xgboost.train({"max_cat_to_onehot": 1, "nthread": 1}, rows, 30)
    learner = json.loads(model.save_raw("json"))["learner"]
    kept = learner["gradient_booster"]["model"]["cats"]["enc"][0]["values"]
    of_codes = model.inplace_predict(
        codes[:, None].astype(np.float32), validate_features=False
    )
    of_frame = model.inplace_predict(frame)
    return len(kept), abs(of_codes - y).max(), abs(of_frame - y).max()


plain, umlauts = errors(["a", "o", "u"]), errors(["\u00c4", "\u00d6", "\u00dc"])
for name, found in (("ASCII", plain), ("umlauts", umlauts)):
    print("%-8s %d octets kept; codes off by %.4f, the frame by %.4f" % (name, *found))
good = plain[0] == 3 and max(plain[1:]) < 0.01
good = good and umlauts[0] == 3 and umlauts[1] < 0.01 and umlauts[2] > 0.5
sys.exit(0 if good else 1)
PYTHON
"$folder/venv/bin/python" "$folder/check.py"
