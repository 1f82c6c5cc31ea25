# SPDX-License-Identifier: MIT
"""Programs planned into shared memory, against each step by itself.

All numbers are small integers, so that float32 holds every result exactly and
no order of operations, and no fold, changes it: what differs is misplaced.
"""

import cProfile
import pstats

import numpy as np
import pytest

from emlrt import Model, blob
from emlrt.convert.ir.arena import Room, place
from emlrt.convert.ir.graph import Graph
from emlrt.convert.ir.options import Options
from emlrt.convert.ir.output_spec import OutputSpec, probabilities
from emlrt.convert.ir.planner import program_of
from emlrt.convert.ir.steps import floats
from emlrt.convert.sklearn.estimator import convert

ROWS = 5
#: Above this, float32 does not hold every integer.
LARGEST = 1 << 24


def model_of(graph, answer):
    return Model(blob.write(program_of(graph, answer, [])))


class Trial:
    """A graph, and what each of its wires must hold: int64 (ROWS, count)."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)
        n = int(self.rng.integers(1, 8))
        dtype = self.rng.choice(["float32", "float32", "int16", "uint8"])
        self.graph = Graph(n, Options(str(dtype), voting="hard"))
        low = 0 if dtype == "uint8" else -9
        self.x = self.rng.integers(low, 9, (ROWS, n))
        self.tensors = []
        self.add(self.graph.floats(self.graph.input), self.x)

    def add(self, tensor, expected):
        assert expected.shape == (ROWS, tensor.count)
        if abs(expected).max(initial=0) < LARGEST // 64:
            self.tensors.append((tensor, expected))

    def pick(self):
        """A wire, a late one more often, and its expected numbers."""
        at = len(self.tensors) - 1 - int(self.rng.geometric(0.4) - 1)
        return self.tensors[max(0, at)]

    def grow(self):
        names = ["dense", "affine", "gather", "part", "concat", "mix", "votes"]
        getattr(self, self.rng.choice(names))()

    def dense(self):
        x, values = self.pick()
        n = int(self.rng.integers(1, 7))
        weights = self.rng.integers(-2, 3, (n, x.count))
        biases = self.rng.integers(-3, 4, n)
        relu = bool(self.rng.random() < 0.3)
        result = values @ weights.T + biases
        tensor = self.graph.dense(x, weights, biases, relu=relu)
        self.add(tensor, np.maximum(result, 0) if relu else result)

    def affine(self):
        x, values = self.pick()
        shift, scale, offset = (self.rng.integers(-2, 3, x.count) for _ in range(3))
        tensor = self.graph.affine(x, shift=shift, scale=scale, offset=offset)
        self.add(tensor, (values - shift) * scale + offset)

    def gather(self):
        x, values = self.pick()
        chosen = self.rng.integers(0, x.count, int(self.rng.integers(1, 9)))
        self.add(self.graph.gather(x, chosen), values[:, chosen])

    def part(self):
        x, values = self.pick()
        start = int(self.rng.integers(0, x.count))
        count = int(self.rng.integers(1, x.count - start + 1))
        tensor = self.graph.part(x, start, count)
        self.add(tensor, values[:, start : start + count])

    def concat(self):
        chosen = [self.pick() for _ in range(int(self.rng.integers(1, 5)))]
        tensor = self.graph.concat([tensor for tensor, _ in chosen])
        self.add(tensor, np.concatenate([values for _, values in chosen], axis=1))

    def mix(self):
        count = int(self.rng.integers(1, 4))
        fit = [pair for pair in self.tensors if pair[0].count >= count]
        if not fit:
            return
        chosen = [fit[i] for i in self.rng.integers(0, len(fit), 3)]
        parts = [self.graph.part(tensor, 0, count) for tensor, _ in chosen]
        weights = self.rng.integers(-2, 3, 3)
        tensor = self.graph.mix(parts, weights)
        self.add(
            tensor,
            sum(w * v[:, :count] for w, (_, v) in zip(weights, chosen, strict=True)),
        )

    def votes(self):
        """A forest's votes as floats, one a tree."""
        from sklearn.ensemble import RandomForestClassifier

        x, values = self.pick()
        fitted = RandomForestClassifier(3, max_depth=2, random_state=0)
        points = self.rng.integers(-9, 9, (12, x.count))
        fitted.fit(points, np.arange(12) % 3)
        answer = convert(self.graph, fitted, x)
        self.add(
            self.graph.stage("VOTES_TO_PROBA", answer.scores, 3, floats(1)),
            sum(
                (tree.predict(values)[:, None] == [0, 1, 2]).astype(int)
                for tree in fitted.estimators_
            ),
        )

    def outcome(self):
        """A model that answers with some of the wires, and what it must say."""
        count = min(len(self.tensors), int(self.rng.integers(1, 4)))
        chosen = [self.pick() for _ in range(count)]
        tensors = [tensor for tensor, _ in chosen]
        answer = OutputSpec("values", tensors[0], extras=tuple(tensors[1:]))
        return model_of(self.graph, answer), np.concatenate(
            [values for _, values in chosen], axis=1
        )


@pytest.mark.parametrize("block", range(12))
def test_planned_memory_changes_no_result(block):
    for seed in range(block * 50, block * 50 + 50):
        trial = Trial(seed)
        for _ in range(int(trial.rng.integers(1, 16))):
            trial.grow()
        model, expected = trial.outcome()
        x = trial.x.astype(model.input_dtype)
        np.testing.assert_array_equal(model.scores(x), expected, f"seed {seed}")
        run = np.stack([model._runtime.firmware(row) for row in x])
        np.testing.assert_array_equal(run, expected, f"seed {seed}")


def test_a_chain_needs_two_buffers():
    graph = Graph(8)
    x = graph.input
    for _ in range(6):
        x = graph.gather(x, np.arange(8))
    assert model_of(graph, OutputSpec("values", x)).arena_bytes == 64


def test_parts_lie_side_by_side_without_copies():
    graph = Graph(4)
    parts = [graph.dense(graph.input, np.eye(4) * k, 0) for k in (1, 2, 3)]
    model = model_of(graph, OutputSpec("values", graph.mix(parts, [1, 1, 1])))
    assert [stage.name for stage in model.stages] == ["dense"] * 3 + ["weighted_sum"]
    assert model.arena_bytes == 48
    x = np.array([[1, 2, 3, 4]], np.float32)
    np.testing.assert_array_equal(model.scores(x), 6 * x)


def test_a_step_that_nobody_reads_is_left_out():
    graph = Graph(3)
    graph.dense(graph.input, np.eye(3), 0)
    y = graph.gather(graph.input, [2])
    model = model_of(graph, OutputSpec("values", y))
    assert [stage.name for stage in model.stages] == ["gather"]
    assert model.arena_bytes == 0


def test_a_forest_within_a_program_casts_every_vote():
    """Classify may stop a forest early only where its votes are the answer."""
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(60, 4)).astype(np.float32), np.arange(60) % 3
    forest = RandomForestClassifier(7, random_state=1).fit(X, y)
    graph = Graph(4)
    first = convert(graph, forest, graph.input)
    [shares] = probabilities(graph, first)
    second = RandomForestClassifier(5, random_state=2)
    second.fit(forest.predict_proba(X), y)
    model = model_of(graph, convert(graph, second, shares))
    expected = second.predict(forest.predict_proba(X))
    single = [model._runtime.firmware(row, "classify")[0] for row in X]
    np.testing.assert_array_equal(single, expected)
    np.testing.assert_array_equal(model.predict(X), expected)


def lowest_free(room, others):
    """The lowest offset at which a room meets no other that is in use with it."""
    met = [o for o in others if o.first <= room.last and room.first <= o.last]
    starts = sorted([0] + [o.offset + o.n_bytes for o in met])
    return next(
        at
        for at in starts
        if all(at + room.n_bytes <= o.offset or o.offset + o.n_bytes <= at for o in met)
    )


def test_every_room_lies_as_low_as_it_can():
    rng = np.random.default_rng(8)
    for trial in range(100):
        first = rng.integers(0, 30, 25)
        last = first + rng.integers(0, rng.choice([2, 30]), 25)
        n_bytes = 4 * rng.integers(1, rng.choice([2, 12]), 25)
        rooms = [Room(*map(int, row)) for row in np.transpose([n_bytes, first, last])]
        arena = place(rooms)
        placed = []
        for room in sorted(rooms, key=lambda r: (-r.n_bytes, r.first)):
            assert room.offset == lowest_free(room, placed), trial
            placed.append(room)
        assert arena == max(room.offset + room.n_bytes for room in rooms)


def test_placing_takes_work_in_proportion():
    """Rooms that all stay in use to the end."""
    calls = {}
    for n in (200, 800):
        rooms = [Room(4 + 4 * (k % 2), k, n) for k in range(n)]
        profile = cProfile.Profile()
        assert profile.runcall(place, rooms) == 6 * n
        calls[n] = pstats.Stats(profile).total_calls
    assert calls[800] <= 6 * calls[200]
