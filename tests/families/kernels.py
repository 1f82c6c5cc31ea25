# SPDX-License-Identifier: MIT
"""Kernel machines: every kernel, votes, decisions and probabilities."""

import warnings

import numpy as np
from sklearn.decomposition import KernelPCA
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Matern, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.svm import SVC, SVR, OneClassSVM

from emlrt import Model
from families import Case, odd_rows


def data(n_classes, n=30, n_features=3):
    rng = np.random.default_rng(n_classes)
    X = rng.normal(size=(n, n_features)).astype(np.float32)
    y = np.arange(n) % n_classes
    return X + y[:, None] * [1, -1, 0][:n_features], y


def case(estimator, n_classes=2, n=12):
    def make():
        X, y = data(n_classes, n)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = Model.from_sklearn(estimator.fit(X, y))
        return model, np.concatenate([X[:6], odd_rows(3)])

    return make


def process(kernel):
    kernel = kernel + WhiteKernel(0.1)
    return case(GaussianProcessRegressor(kernel, optimizer=None), 2, 8)


def proba(**parameters):
    return SVC(probability=True, random_state=0, **parameters)


def integers():
    """An int16 input, and a support vector that lies on one."""
    X = np.array([[0, 0], [0, 8], [9, 0], [7, 9]])
    model = Model.from_sklearn(SVC(gamma=0.1).fit(X, [0, 1, 1, 0]), dtype="int16", X=X)
    return model, np.concatenate([X, [[-32768, 32767], [4, 4]]]).astype(np.int16)


CASES = [
    Case("rbf", case(SVC())),
    Case("rbf-shifted", case(SVC(gamma=1e12))),
    Case("rbf-int16", integers),
    Case("poly", case(SVC(kernel="poly", degree=5, coef0=0.5))),
    Case("tanh", case(SVC(kernel="sigmoid", coef0=-0.25))),
    Case("laplacian", case(KernelRidge(kernel="laplacian", gamma=0.3))),
    Case("linear-three", case(SVC(kernel="linear"), 3)),
    Case("rbf-three", case(SVC(), 3)),
    Case("rbf-four-ovo", case(SVC(decision_function_shape="ovo"), 4)),
    Case("rbf-break-ties", case(SVC(break_ties=True), 3)),
    Case("proba-two", case(proba(), 2, 20)),
    Case("proba-three", case(proba(kernel="poly"), 3, 20)),
    Case("regression", case(SVR(epsilon=0.3))),
    Case("regression-empty", case(SVR(epsilon=9.0))),
    Case("one-class", case(OneClassSVM(nu=0.4))),
    Case("matern-half", process(Matern([1.0, 2.0, 0.5], nu=0.5))),
    Case("matern-one", process(Matern(1.5, nu=1.5) + RBF())),
    Case("matern-two", process(Matern(1.5, nu=2.5))),
    Case("wide", case(KernelPCA(4, kernel="rbf"))),
]
