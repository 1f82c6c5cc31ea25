# SPDX-License-Identifier: MIT
"""What every converted forest must satisfy, against scikit-learn and itself."""

import numpy as np

ULP = 2.0**-23


def trees_of(estimator):
    return [e.tree_ for e in getattr(estimator, "estimators_", [estimator])]


def leaf_of(tree, x):
    """The leaf (n, n_outputs, n_values) of each row; infinities allowed."""
    return tree.value[tree.apply(x)]


def leaf_means(estimator, x):
    """scikit-learn's mean over the trees of `leaf_of`."""
    return np.mean([leaf_of(tree, x) for tree in trees_of(estimator)], axis=0)


def counts_of(estimator):
    return np.atleast_1d(estimator.n_classes_).tolist()


def shares_of(estimator, x):
    """Class shares of each output, as scikit-learn computes them."""
    means = leaf_means(estimator, x)
    return [means[:, k, :count] for k, count in enumerate(counts_of(estimator))]


def split_scores(model, scores):
    return np.split(scores, np.cumsum(model.program.class_counts)[:-1], axis=1)


def check_paths(model, x):
    """Batch, row-by-row and early-exit answers are the same bits."""
    runtime, x = model._runtime, np.ascontiguousarray(x, model.input_dtype)
    scores = runtime.scores(x)
    rows = np.stack([runtime.firmware(row, "run") for row in x])
    np.testing.assert_array_equal(scores.view(np.uint32), rows.view(np.uint32))
    for n in (1, 2, 9, 17):  # other ways through the batch kernel
        part = runtime.scores(x[:n])
        np.testing.assert_array_equal(part.view(np.uint32), rows[:n].view(np.uint32))
    if not model.program.class_counts:
        assert scores.dtype == np.float32
        return scores
    assert scores.dtype == np.uint32
    winners = np.stack([s.argmax(axis=1) for s in split_scores(model, scores)], axis=1)
    np.testing.assert_array_equal(runtime.classify(x), winners)
    single = np.stack([runtime.firmware(row, "classify") for row in x])
    np.testing.assert_array_equal(single, winners)
    proba = np.stack([runtime.firmware(row, "proba") for row in x])
    expected = scores.astype(np.float32) / np.float32(model.program.vote_total)
    np.testing.assert_array_equal(proba.view(np.uint32), expected.view(np.uint32))
    return scores


def check_shares(model, estimator, x, error=1e-6):
    """Scores against scikit-learn's shares, ties and winners included."""
    scores = check_paths(model, x)
    total = model.program.vote_total
    for votes, shares in zip(
        split_scores(model, scores), shares_of(estimator, x), strict=True
    ):
        assert abs(votes / total - shares).max() <= error
        decided = margin(shares) > 2 * error
        winner = votes.argmax(axis=1)
        np.testing.assert_array_equal(winner[decided], shares.argmax(axis=1)[decided])
        assert (votes.sum(axis=1, dtype=np.uint64) <= total).all()


def margin(shares):
    """Distance of the two largest shares of each row."""
    if shares.shape[1] == 1:
        return np.ones(len(shares))
    top = np.partition(shares, -2, axis=1)[:, -2:]
    return top[:, 1] - top[:, 0]


def majority(estimator, x):
    """Votes (n, n_classes) for each output, of the trees' own first argmax."""
    counts = counts_of(estimator)
    votes = [np.zeros((len(x), count), np.uint32) for count in counts]
    for tree in trees_of(estimator):
        values = leaf_of(tree, x)
        for k, count in enumerate(counts):
            best = values[:, k, :count].argmax(axis=1)
            votes[k][np.arange(len(x)), best] += 1
    return votes


def check_hard(model, estimator, x):
    scores = check_paths(model, x)
    np.testing.assert_array_equal(scores, np.hstack(majority(estimator, x)))


def largest_leaf(estimator):
    """Largest leaf magnitude of each output."""
    return np.max(
        [
            abs(tree.value[tree.children_left < 0, :, 0]).max(axis=0)
            for tree in trees_of(estimator)
        ],
        axis=0,
    )


def check_values(model, estimator, x, error=None):
    """Values within 2 float32 ulp of the largest leaf, or a given error."""
    scores = check_paths(model, x).astype(np.float64)
    expected = leaf_means(estimator, x)[:, :, 0]
    peak = largest_leaf(estimator)
    step = np.spacing(peak.astype(np.float32)).astype(np.float64)
    allowed = 2 * step if error is None else error + step
    assert (abs(scores - expected) <= allowed).all(), abs(scores - expected).max(0)
