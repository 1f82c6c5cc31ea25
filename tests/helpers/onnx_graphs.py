# SPDX-License-Identifier: MIT
"""Random small ONNX graphs of the nodes that convert, and how they compare.

Each graph is a chain of nodes on rows of up to four numbers, perhaps with a model at
its end and more nodes behind that. ONNX Runtime and the converted model answer the
same rows: they agree, or the conversion is refused by the name of a node.
"""

from dataclasses import dataclass, field

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from onnx_models import ML, MODES, session

from emlrt import EmlrtError, Model

CODES = {"float": TensorProto.FLOAT, "double": TensorProto.DOUBLE}
CODES |= {"int64": TensorProto.INT64, "int32": TensorProto.INT32}
DTYPES = {"float": np.float32, "double": np.float64, "int64": np.int64}
DTYPES |= {"int32": np.int32}
ROWS = 24
#: Part of the scale of numbers by which float32 may be off.
NEAR = 2e-5


@dataclass
class Draft:
    """A graph while it is made.

    bits: whether each number so far is ONNX's, bit for bit. sharp: whether it is, or
    follows from one number of the input alone and never falls. weighed: what is divided
    by its sum. decided: scores that a label follows from.
    """

    rng: np.random.Generator
    X: np.ndarray
    kind: str
    nodes: list = field(default_factory=list)
    constants: list = field(default_factory=list)
    name: str = "X"
    width: int = 0
    now: str = ""
    bits: bool = True
    sharp: bool = True
    weighed: str = ""
    decided: str = ""
    count: int = 0

    def __post_init__(self):
        self.width, self.now = self.X.shape[1], self.kind

    def fresh(self):
        self.count += 1
        return f"v{self.count}"

    def constant(self, value):
        name = self.fresh()
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def node(self, op, inputs, outputs=1, domain="", **attributes):
        names = [self.fresh() for _ in range(outputs)]
        more = {k: v for k, v in attributes.items() if v is not None}
        title = f"n{self.count}"
        made = helper.make_node(op, inputs, names, title, domain=domain, **more)
        self.nodes.append(made)
        return names

    def ml(self, op, inputs, outputs=1, **attributes):
        return self.node(op, inputs, outputs, ML, **attributes)

    def go(self, name, width=None, kind=None, exact=True, rises=True):
        self.name = name
        self.width = self.width if width is None else width
        self.now = kind or self.now
        self.bits = self.bits and exact
        self.sharp = self.bits or (self.sharp and rises)

    def model(self, outputs):
        """outputs: names, with their types."""
        shape = [None, self.X.shape[1]]
        given = helper.make_tensor_value_info("X", CODES[self.kind], shape)
        found = [helper.make_tensor_value_info(n, k, None) for n, k in outputs]
        graph = helper.make_graph(self.nodes, "g", [given], found, self.constants)
        opsets = [helper.make_opsetid("", 15), helper.make_opsetid(ML, 3)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def values(self):
        """What the chain gives for X, so far."""
        if self.name == "X":
            return self.X
        own = session(self.model([(self.name, CODES[self.now])]))
        return own.run(None, {"X": self.X})[0]


def drawn(rng, size):
    """Decimals, as people have them, or any numbers."""
    if rng.random() < 0.5:
        return np.round(rng.uniform(-4, 4, size), int(rng.integers(0, 3)))
    return rng.normal(0, 2, size)


def some(draft, size):
    """A constant of the type of the chain."""
    return drawn(draft.rng, size).astype(DTYPES[draft.now])


def _scaler(draft):
    n = int(draft.rng.choice([1, draft.width]))
    offset, scale = drawn(draft.rng, n), np.abs(drawn(draft.rng, n)) + 0.1
    if draft.rng.random() < 0.2:
        scale = -scale
    more = {"offset": offset.tolist(), "scale": scale.tolist()}
    (name,) = draft.ml("Scaler", [draft.name], **more)
    exact, rises = draft.now != "double", bool((scale > 0).all())
    draft.go(name, kind="float", exact=exact, rises=rises)


def _arithmetic(draft):
    rng, op = draft.rng, str(draft.rng.choice(["Add", "Sub", "Mul", "Div", "Sum"]))
    n = draft.width if draft.width > 1 else int(rng.integers(1, 4))
    shape = [(), (1,), (n,), (1, n), (1, 1)][int(rng.integers(5))]
    value = some(draft, shape)
    if op in ("Mul", "Div"):
        value = np.where(abs(value) < 0.2, value.dtype.type(1), value)
        value = value if rng.random() < 0.3 else abs(value)
    names = [draft.name, draft.constant(value)]
    if op != "Div" and rng.random() < 0.3:
        names = names[::-1]
    (name,) = draft.node(op, names)
    falls = op in ("Mul", "Div") and (value < 0).any()
    falls = falls or (op == "Sub" and names[0] != draft.name)
    exact = draft.now != "double" and op != "Div"
    draft.go(name, max(draft.width, value.size), exact=exact, rises=not falls)


def _each(draft):
    op = str(draft.rng.choice(["Neg", "Abs", "Relu", "Sigmoid", "Tanh", "Exp", "Sqrt"]))
    source = draft.name
    if op == "Sqrt":
        (source,) = draft.node("Abs", [source])
    (name,) = draft.node(op, [source])
    exact = op in ("Neg", "Abs", "Relu") and draft.now != "double"
    draft.go(name, exact=exact, rises=False)


def _both(draft):
    """Two ways that meet."""
    before, width, sharp = draft.name, draft.width, draft.sharp
    _scaler(draft) if draft.now == "float" else _arithmetic(draft)
    if draft.rng.random() < 0.5:
        (name,) = draft.node("Concat", [draft.name, before], axis=1)
        draft.go(name, draft.width + width)
        draft.sharp = draft.sharp and sharp
        return
    (name,) = draft.node("Add", [before, draft.name])
    exact = draft.now == "float"
    draft.go(name, max(draft.width, width), exact=exact, rises=False)


def _pick(draft):
    n = int(draft.rng.integers(1, 4))
    at = draft.rng.integers(0, draft.width, n)
    (name,) = draft.ml("ArrayFeatureExtractor", [draft.name, draft.constant(at)])
    draft.go(name, n)


def _cast(draft):
    kind = str(draft.rng.choice(["float", "double"]))
    (name,) = draft.node("Cast", [draft.name], to=CODES[kind])
    draft.go(name, kind=kind)


def _keeps(draft):
    op = str(draft.rng.choice(["Identity", "Flatten", "Reshape", "FeatureVectorizer"]))
    names = [draft.name]
    if op == "FeatureVectorizer":
        (name,) = draft.ml(op, names, inputdimensions=[draft.width])
        draft.go(name, kind="float")
        return
    if op == "Reshape":
        shapes = ([-1, draft.width], [0, -1], [0, draft.width], [-1])
        names.append(draft.constant(np.array(shapes[int(draft.rng.integers(4))])))
    (name,) = draft.node(op, names)
    draft.go(name)


def _norm(draft):
    norm = str(draft.rng.choice(["L1", "L2", "MAX"]))
    (name,) = draft.ml("Normalizer", [draft.name], norm=norm)
    draft.go(name, kind="float", exact=False, rises=False)


def _binary(draft):
    at = float(_thresholds(draft, 1)[0])
    (name,) = draft.ml("Binarizer", [draft.name], threshold=at)
    draft.go(name, kind="float", rises=False)


def _impute(draft):
    n = int(draft.rng.choice([1, draft.width]))
    mark = float(draft.rng.choice([np.nan, 0.0, 1.0]))
    mark = mark if draft.sharp else np.nan  # such as a sigmoid's 1, or nearly
    fill = drawn(draft.rng, n).tolist()
    (name,) = draft.ml(
        "Imputer", [draft.name], imputed_value_floats=fill, replaced_value_float=mark
    )
    draft.go(name, rises=bool(np.isnan(mark)))


def _matrix(draft):
    n = int(draft.rng.integers(1, 4))
    if draft.rng.random() < 0.5:
        weights = some(draft, (draft.width, n))
        (name,) = draft.node("MatMul", [draft.name, draft.constant(weights)])
    else:
        turned = int(draft.rng.integers(2))
        weights = some(draft, (n, draft.width) if turned else (draft.width, n))
        shape = [(), (n,), (1, n), (1,)][int(draft.rng.integers(4))]
        names = [draft.name, draft.constant(weights)]
        names.append(draft.constant(some(draft, shape)))
        more = {"alpha": 0.5, "beta": 2.0} if draft.rng.random() < 0.5 else {}
        (name,) = draft.node("Gemm", names, transB=turned, **more)
    draft.go(name, n, exact=False, rises=False)


STEPS = (_scaler, _arithmetic, _arithmetic, _arithmetic, _each, _both, _pick, _cast)
STEPS += (_cast, _keeps, _norm, _binary, _impute, _matrix)


def _thresholds(draft, n):
    """Numbers that rows have, or such as lie between two."""
    found = np.unique(draft.values()[:, : draft.width].ravel().astype(np.float32))
    found = found[np.isfinite(found)]
    found = found if found.size else np.zeros(1, np.float32)
    at = draft.rng.choice(found, n)
    if draft.rng.random() < 0.5:
        at = (at + draft.rng.choice(found, n)) / np.float32(2)
    if not draft.sharp:  # a number of integers cannot be moved a little
        at = at + draft.rng.normal(0, 0.01, n) * (1 + abs(at))
    return at.astype(np.float32)


def _trees(draft, ids, kind):
    """Nodes of a few small trees; ids: what their leaves add to."""
    rng, names = draft.rng, {}
    fields = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids")
    nodes = {f"nodes_{f}": [] for f in (*fields, "falsenodeids")}
    leaves = {f"{kind}_{f}": [] for f in ("treeids", "nodeids", "ids", "weights")}
    modes = MODES if rng.random() < 0.2 else MODES[:4]

    def row(into, *values):
        for name, value in zip(into, values, strict=True):
            into[name].append(value)

    positive = rng.random() < 0.5
    opposite = len(ids) == 2 and rng.random() < 0.7
    for tree in range(int(rng.integers(1, 4))):
        depth = int(rng.integers(1, 3))
        inner = 2**depth - 1
        cuts = _thresholds(draft, inner)
        for k in range(2 * inner + 1):
            if k < inner:
                mode = f"BRANCH_{modes[int(rng.integers(len(modes)))]}"
                feature = int(rng.integers(draft.width))
                row(nodes, tree, k, feature, float(cuts[k]), mode, 2 * k + 1, 2 * k + 2)
                continue
            row(nodes, tree, k, 0, 0.0, "LEAF", 0, 0)
            w = drawn(rng, len(ids))
            w = abs(w) if positive else w
            w = [w[0], -w[0]] if opposite else w
            for each, weight in zip(ids, w, strict=True):
                row(leaves, tree, k, each, float(np.float32(weight)))
    names |= nodes | leaves
    return names


def _post(rng):
    return str(rng.choice(["NONE", "NONE", "LOGISTIC", "SOFTMAX"]))


def _forest(draft):
    rng, n = draft.rng, int(draft.rng.integers(1, 4))
    base = drawn(rng, n).astype(np.float32).tolist() if rng.random() < 0.4 else None
    (name,) = draft.ml(
        "TreeEnsembleRegressor",
        [draft.name],
        n_targets=n,
        aggregate_function=str(rng.choice(["SUM", "AVERAGE"])),
        post_transform=_post(rng),
        base_values=base,
        **_trees(draft, list(range(n)), "target"),
    )
    draft.go(name, n, "float")
    return "rows"


def _labels(rng, k, ints, texts):
    if rng.random() < 0.5:
        return {ints: rng.permutation(k).tolist()}, TensorProto.INT64
    return {texts: [f"c{n}" for n in range(k)]}, TensorProto.STRING


def _scored(draft, op, k, names, labels, **more):
    found, kind = labels
    label, scores = draft.ml(op, [draft.name], 2, **found, **names, **more)
    draft.go(scores, k, "float")
    draft.decided = scores
    return (label, kind)


def _tree_classes(draft):
    rng, k = draft.rng, int(draft.rng.integers(2, 4))
    ids = [0] if k == 2 and rng.random() < 0.6 else list(range(k))
    base = None
    if rng.random() < 0.3:
        base = drawn(rng, len(ids)).astype(np.float32).tolist()
    labels = _labels(rng, k, "classlabels_int64s", "classlabels_strings")
    if len(ids) == 2:  # for which ONNX Runtime says 0 and 1, whatever the labels
        labels = {"classlabels_int64s": [0, 1]}, TensorProto.INT64
    names = _trees(draft, ids, "class")
    return _scored(
        draft, "TreeEnsembleClassifier", k, names, labels,
        post_transform=_post(rng), base_values=base,
    )  # fmt: skip


def _linear(draft):
    rng, n = draft.rng, int(draft.rng.integers(1, 4))
    coefficients = drawn(rng, n * draft.width).tolist()
    (name,) = draft.ml(
        "LinearRegressor",
        [draft.name],
        coefficients=coefficients,
        intercepts=drawn(rng, n).tolist() if rng.random() < 0.7 else None,
        targets=n,
        post_transform=_post(rng),
    )
    draft.go(name, n, "float", exact=False, rises=False)
    return "rows"


def _linear_classes(draft):
    rng, k = draft.rng, int(draft.rng.integers(2, 4))
    n = 1 if k == 2 and rng.random() < 0.4 else k
    w, b = drawn(rng, (n, draft.width)), drawn(rng, n)
    if n == 2 and rng.random() < 0.5:
        w[0], b[0] = -w[1], -b[1]
    labels = _labels(rng, k, "classlabels_ints", "classlabels_strings")
    names = {"coefficients": w.ravel().tolist(), "intercepts": b.tolist()}
    found = _scored(
        draft, "LinearClassifier", k, names, labels, post_transform=_post(rng)
    )
    draft.sharp = False
    return found


def _kernel(rng):
    name = str(rng.choice(["LINEAR", "RBF", "POLY", "SIGMOID"]))
    return {"kernel_type": name, "kernel_params": [0.25, 0.5, 2.0]}


def _machine(draft):
    rng, n = draft.rng, int(draft.rng.integers(2, 5))
    (name,) = draft.ml(
        "SVMRegressor",
        [draft.name],
        **_kernel(rng),
        support_vectors=drawn(rng, n * draft.width).tolist(),
        coefficients=drawn(rng, n).tolist(),
        rho=drawn(rng, 1).tolist(),
        n_supports=n,
    )
    draft.go(name, 1, "float", exact=False, rises=False)
    return "rows"


def _machine_classes(draft):
    rng, k = draft.rng, int(draft.rng.integers(2, 5))
    counts = rng.integers(1, 3, k)
    n, pairs = int(counts.sum()), k * (k - 1) // 2
    proba = rng.random() < 0.4
    names = {
        **_kernel(rng),
        "support_vectors": drawn(rng, n * draft.width).tolist(),
        "coefficients": drawn(rng, (k - 1) * n).tolist(),
        "rho": drawn(rng, pairs).tolist(),
        "vectors_per_class": counts.tolist(),
        "prob_a": (-1 - rng.random(pairs)).tolist() if proba else None,
        "prob_b": drawn(rng, pairs).tolist() if proba else None,
    }
    labels = _labels(rng, k, "classlabels_ints", "classlabels_strings")
    found = _scored(draft, "SVMClassifier", k, names, labels)
    draft.width = k if proba or k == 2 else pairs
    draft.sharp = False
    return found


def _softmax(draft):
    (name,) = draft.node("Softmax", [draft.name])
    draft.go(name, exact=False, rises=False)
    return "scores"


ENDS = (None, _forest, _forest, _tree_classes, _tree_classes, _linear, _linear_classes)
ENDS += (_machine, _machine_classes, _softmax)


def _behind(draft, end):
    """A node behind scores, or none; gives the label that there is then."""
    ways = ["", "", "norm", "pick", "largest", "ones", "keep"]
    how = str(draft.rng.choice(ways))
    if how == "norm":
        draft.weighed = draft.name
        (name,) = draft.ml("Normalizer", [draft.name], norm="L1")
        draft.go(name)
    elif how == "pick":
        n = int(draft.rng.integers(1, 3))
        at = draft.rng.integers(0, draft.width, n)
        at = np.array([1]) if draft.rng.random() < 0.5 else at
        (name,) = draft.ml("ArrayFeatureExtractor", [draft.name, draft.constant(at)])
        draft.go(name, at.size)
    elif how == "largest":
        keeps = int(draft.rng.integers(2))
        (name,) = draft.node("ArgMax", [draft.name], axis=1, keepdims=keeps)
        return (name, TensorProto.INT64)
    elif how == "ones":
        ones = np.ones(draft.width, np.float32)
        (name,) = draft.node("Mul", [draft.name, draft.constant(ones)])
        draft.go(name)
    elif how == "keep":
        op = str(draft.rng.choice(["Identity", "Cast", "Flatten"]))
        (name,) = draft.node(op, [draft.name], **({"to": 1} if op == "Cast" else {}))
        draft.go(name)
    return end if isinstance(end, tuple) else None


def graph(seed):
    """A random graph, rows for it, and its draft."""
    rng = np.random.default_rng(seed)
    kind = str(rng.choice(["float", "float", "float", "double", "int64", "int32"]))
    shape = (ROWS, int(rng.integers(1, 5)))
    if kind in ("int64", "int32"):
        X = rng.integers(-9, 10, shape).astype(DTYPES[kind])
    else:
        X = drawn(rng, shape).astype(np.float32).astype(DTYPES[kind])
    draft = Draft(rng, X, kind)
    for _ in range(int(rng.integers(0, 5))):
        STEPS[int(rng.integers(len(STEPS)))](draft)
    end = ENDS[int(rng.integers(len(ENDS)))]
    label = end(draft) if end else None
    if label not in (None, "rows"):
        label = _behind(draft, label)
    if isinstance(label, str):
        label = None
    numbers = (draft.name, CODES[draft.now])
    outputs = [label, numbers] if label else [numbers]
    if label and rng.random() < 0.4:
        outputs = [outputs[int(rng.integers(2))]]
    if draft.name == "X":
        (name,) = draft.node("Identity", ["X"])
        outputs = [(name, CODES[draft.now])]
    return draft.model(outputs), X, draft


# The comparison


def _near(found, wanted):
    """Which rows agree."""
    scale = np.maximum(abs(wanted).max(axis=1, initial=1.0), 1.0)
    with np.errstate(invalid="ignore"):
        off = abs(found - wanted).max(axis=1, initial=0.0)
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    return (off <= NEAR * scale) | same.all(axis=1)


def _scores(model, X, wanted):
    """The converted model's scores beside those of ONNX Runtime."""
    if "predict_proba" in model.methods:
        found = model.predict_proba(X)
    else:
        found = model.decision_function(X)
    if found.ndim == 1:  # its sign is scikit-learn's, whatever ONNX Runtime's is
        sides = [(-found, found), (1 - found, found), (found, -found)]
        pairs = [np.stack(side, axis=1)[:, -wanted.shape[1] :] for side in sides]
        return max(pairs, key=lambda pair: int(_near(pair, wanted).sum()))
    return found[:, -wanted.shape[1] :] if wanted.shape[1] == 1 else found


def _agree(model, X, outputs):
    """Which rows agree in all outputs."""
    found = np.ones(len(X), bool)
    for wanted in outputs:
        if wanted.dtype.kind in "OUi" and model.estimator_type == "classifier":
            found &= model.predict(X).ravel() == wanted.ravel()
            continue
        wanted = wanted.reshape(len(X), -1).astype(np.float64)
        if model.estimator_type == "classifier":
            found &= _near(_scores(model, X, wanted), wanted)
        else:
            found &= _near(model.predict(X).reshape(len(X), -1), wanted)
    return found


def _moved(X, rng):
    """Rows a few units of float32 beside those of X."""
    if X.dtype.kind in "iu":
        return X
    shift = rng.choice([-1, 1], X.shape) * rng.uniform(2e-7, 2e-6, X.shape)
    return (X * (1 + shift) + shift * 1e-3).astype(X.dtype)


def _same(one, other):
    """Which rows have the same labels and nearly the same numbers."""
    found = np.ones(ROWS, bool)
    for a, b in zip(one, other, strict=True):
        if a.dtype.kind in "OUi":
            found &= (a == b).reshape(ROWS, -1).all(axis=1)
        else:
            found &= _near(a.reshape(ROWS, -1), b.reshape(ROWS, -1))
    return found


def _tied(draft, X):
    """Rows whose label depends on the last bits of scores."""
    own = session(draft.model([(draft.decided, TensorProto.FLOAT)]))
    scores = np.sort(own.run(None, {"X": X})[0].astype(np.float64), axis=1)
    least = 4e-7 * np.maximum(abs(scores).max(axis=1), 1)
    return (np.diff(scores, axis=1) <= least[:, None]).any(axis=1)


def compare(seed):
    """What became of a graph: "agrees", "refused: ...", "no model", or "differs: ...".

    Rows may differ where ONNX Runtime's answer depends on a few units of float32, if
    the graph computes otherwise than number by number.
    """
    try:
        model, X, draft = graph(seed)
        own = session(model)
        outputs = [np.asarray(each) for each in own.run(None, {"X": X})]
    except Exception as error:  # ONNX Runtime has its own
        return f"no model: {str(error)[:200]}"
    try:
        # Nothing in a graph tells that doubles are float32 numbers, as they are here.
        known = {"X": X} if X.dtype == np.float64 else {}
        converted = Model.from_onnx(model, **known)
    except EmlrtError as error:
        return f"refused: {error}"
    finite = [o for o in outputs if o.dtype.kind == "f"]
    if not all(np.isfinite(o).all() for o in finite):
        return "no model: it gives NaN or infinities"
    if any(len(o) != ROWS for o in outputs):
        return "no model: rows are lost"
    agree = _agree(converted, X, outputs)
    if draft.weighed:  # of numbers near 0, ONNX Runtime's have few digits
        before = session(draft.model([(draft.weighed, TensorProto.FLOAT)]))
        agree |= abs(before.run(None, {"X": X})[0]).sum(axis=1) < 0.01
    if draft.decided and not agree.all():
        agree |= _tied(draft, X)
    rng = np.random.default_rng(seed)
    for _ in range(0 if draft.sharp or agree.all() else 8):
        beside = own.run(None, {"X": _moved(X, rng)})
        agree |= ~_same([np.asarray(each) for each in beside], outputs)
    if agree.all():
        return "agrees"
    at = int((~agree).argmax())
    ops = ", ".join(node.op_type for node in model.graph.node)
    return f"differs: {(~agree).sum()} rows, first {at}: {ops}"
