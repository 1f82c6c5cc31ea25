# SPDX-License-Identifier: MIT
"""XGBoost's boosters in memory: written to bytes, and read as a file is."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from emlrt.convert.readers.json_fields import Fields
from emlrt.convert.xgboost.document import parsed
from emlrt.convert.xgboost.learner import LINKS, Learner, learner_of
from emlrt.convert.xgboost.nodes import Float32s

_NO_TREES = {
    "name": "gbtree",
    "model": {
        "cats": {"enc": [], "feature_segments": [], "sorted_idx": []},
        "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "0"},
        "iteration_indptr": [0],
        "tree_info": [],
        "trees": [],
    },
}


def _margins(booster: Any, document: Fields) -> Float32s | None:
    """What XGBoost predicts without trees, where that takes a logarithm: those of
    mathematical libraries differ in the last bit."""
    learner = document.child("learner")
    objective = learner.plain("objective")
    if LINKS.get(learner.child("objective").text("name"), "none") == "none":
        return None
    # Else XGBoost takes base_score for a guess that training will replace.
    params = {**learner.plain("learner_model_param"), "boost_from_average": "0"}
    bare = {
        "attributes": {},
        "feature_names": [],
        "feature_types": [],
        "gradient_booster": _NO_TREES,
        "learner_model_param": params,
        "objective": objective,
    }
    version = np.asarray(document.plain("version")).tolist()
    own = type(booster)()
    own.load_model(bytearray(json.dumps({"learner": bare, "version": version}), "utf8"))
    row = np.zeros((1, int(params["num_feature"])), np.float32)
    found = own.inplace_predict(row, predict_type="margin")
    return np.asarray(found, np.float32).ravel()


def learner_of_booster(booster: Any, as_estimator: bool) -> Learner:
    """The learner of a Booster in memory; as `learner_of`."""
    document = parsed(bytes(booster.save_raw(raw_format="ubj")))
    return learner_of(document, as_estimator, _margins(booster, document))
