# SPDX-License-Identifier: MIT
"""Gaussians: every estimator, and every form of both payloads."""

import warnings

import numpy as np
from sklearn.covariance import EllipticEnvelope, LedoitWolf
from sklearn.datasets import load_iris, load_wine
from sklearn.discriminant_analysis import QuadraticDiscriminantAnalysis
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from sklearn.naive_bayes import GaussianNB

from emlrt import Model
from families import Case, odd_rows


def data(name, columns, shift):
    X, y = {"iris": load_iris, "wine": load_wine}[name](return_X_y=True)
    # float32 keeps few digits of what is far from 0, so the data is rounded first.
    return (X[:, :columns] + shift).astype(np.float32).astype(np.float64), y


def fitted(estimator, name="iris", columns=4, shift=0.0, dtype="float32"):
    def make():
        X, y = data(name, columns, shift)
        if dtype != "float32":
            X = np.round(X * 10)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            estimator.fit(X, y)
        model = Model.from_sklearn(estimator, dtype=dtype, X=X)
        rows = np.concatenate([X[::30], X[::50] * 3])
        if dtype == "float32":
            rows = np.concatenate([rows.astype(np.float32), odd_rows(columns)])
        return model, rows

    return make


def mixture(kind, **more):
    return GaussianMixture(3, covariance_type=kind, random_state=0, **more)


def bayesian(kind):
    return BayesianGaussianMixture(n_components=2, covariance_type=kind, random_state=0)


CASES = [
    Case("naive", fitted(GaussianNB())),
    Case("naive-wine", fitted(GaussianNB(priors=[0.5, 0.5, 0]), "wine", 13)),
    Case("naive-far", fitted(GaussianNB(), shift=900.1)),
    Case("naive-int16", fitted(GaussianNB(), dtype="int16")),
    Case("quadratic", fitted(QuadraticDiscriminantAnalysis())),
    Case("quadratic-far", fitted(QuadraticDiscriminantAnalysis(), shift=-900.1)),
    Case("mixture-full", fitted(mixture("full"), "wine", 5)),
    Case("mixture-tied", fitted(mixture("tied"), "wine", 6)),
    Case("mixture-tied-far", fitted(mixture("tied"), columns=2, shift=4e4)),
    Case("mixture-diag", fitted(mixture("diag"))),
    Case("mixture-spherical", fitted(mixture("spherical"))),
    Case("mixture-spherical-far", fitted(mixture("spherical"), shift=3e4)),
    Case("bayesian-full", fitted(bayesian("full"), columns=1)),
    Case("bayesian-tied", fitted(bayesian("tied"), columns=3)),
    Case("envelope", fitted(EllipticEnvelope(random_state=0))),
    Case("envelope-7", fitted(EllipticEnvelope(random_state=0), "wine", 7)),
    Case("covariance", fitted(LedoitWolf())),
]
