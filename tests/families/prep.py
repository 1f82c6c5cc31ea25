# SPDX-License-Identifier: MIT
"""Preprocessing: imputers, encoders, bins, products, curves, pipelines."""

import warnings

import numpy as np

from emlrt import Model
from families import Case, odd_rows


def table(nan=False):
    """Small integers, as categories; with some missing."""
    x = np.random.default_rng(11).integers(-2, 3, (40, 3)).astype(np.float32)
    if nan:
        x[::5, 1] = np.nan
    return x


def converted(transformer, x=None, y=None):
    def make():
        data = table() if x is None else x
        target = np.arange(len(data)) % 3 if y is None else y
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = Model.from_sklearn(transformer().fit(data, target))
        near = np.nextafter(data[:3], np.float32(np.inf))
        return model, np.concatenate([data[:9], near, odd_rows(data.shape[1])])

    return make


def imputer(**options):
    from sklearn.impute import SimpleImputer

    return SimpleImputer(**options)


def encoder(name, **options):
    from sklearn import preprocessing

    return getattr(preprocessing, name)(**options)


def scaled_tree():
    from sklearn.pipeline import make_pipeline
    from sklearn.tree import DecisionTreeClassifier

    return make_pipeline(
        imputer(),
        encoder("StandardScaler"),
        DecisionTreeClassifier(max_depth=3, random_state=0),
    )


def columns():
    from sklearn.compose import ColumnTransformer

    return ColumnTransformer(
        [
            ("bins", encoder("KBinsDiscretizer", n_bins=3, encode="ordinal"), [2]),
            ("one", encoder("OneHotEncoder", handle_unknown="ignore"), [0]),
        ],
        remainder=encoder("RobustScaler"),
        transformer_weights={"one": 0.5},
    )


NORMAL = np.random.default_rng(12).normal(size=(60, 2)).astype(np.float32)

CASES = [
    Case("impute-nan", converted(imputer, table(nan=True))),
    Case("impute-number", converted(lambda: imputer(missing_values=-2))),
    Case("indicator", converted(lambda: imputer(add_indicator=True), table(nan=True))),
    Case("one-hot", converted(lambda: encoder("OneHotEncoder"), table(nan=True))),
    Case(
        "one-hot-rare",
        converted(
            lambda: encoder(
                "OneHotEncoder", max_categories=3, handle_unknown="infrequent_if_exist"
            ),
            table(nan=True),
        ),
    ),
    Case("ordinal", converted(lambda: encoder("OrdinalEncoder"), table(nan=True))),
    Case("target", converted(lambda: encoder("TargetEncoder"))),
    Case("bins", converted(lambda: encoder("KBinsDiscretizer", n_bins=3), NORMAL)),
    Case("products", converted(lambda: encoder("PolynomialFeatures", degree=3))),
    Case(
        "products-high", converted(lambda: encoder("PolynomialFeatures", degree=(3, 3)))
    ),
    Case(
        "quantiles",
        converted(lambda: encoder("QuantileTransformer", n_quantiles=9), NORMAL),
    ),
    Case(
        "quantiles-ties",
        converted(lambda: encoder("QuantileTransformer", n_quantiles=20)),
    ),
    Case(
        "quantiles-normal",
        converted(
            lambda: encoder(
                "QuantileTransformer", n_quantiles=9, output_distribution="normal"
            ),
            NORMAL,
        ),
    ),
    Case("powers", converted(lambda: encoder("PowerTransformer"), NORMAL + 9)),
    Case("scaled-tree", converted(scaled_tree, table(nan=True))),
    Case("columns", converted(columns)),
]
