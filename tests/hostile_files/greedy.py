# SPDX-License-Identifier: MIT
"""Files that ask for far more than they hold: one family a cause.

FAMILIES has, for each reader, names and functions that make bytes.
"""

import json
import struct
import zipfile

from documents import (
    blob,
    catboost,
    dense,
    hdf5,
    keras,
    keras_config,
    keras_layer,
    lightgbm,
    lightgbm_tree,
    section,
    texts,
    treelite,
    treelite_tree,
    xgboost,
    xgboost_tree,
)

ABS = 0x030B0E0E
VALUES, LOGISTIC, MARGINS = 0x1E, 0x4E, 0x5E
CLASSES, FEATURES, OUTPUTS, NOTE, GOLDEN, METHODS = range(1, 7)
FLOAT, INTS = 1, 7


def plain(n=1, output=VALUES, groups=None, meta=b""):
    """A blob that gives the absolute values of n numbers."""
    stage = (ABS, b"", 0, 0, n, 2, 0, n)
    return blob(
        [stage], 14, output, x=4 * n, y=4 * n, groups=groups or (1,) * n, meta=meta
    )


def labelled(parts, n=1):
    """A blob of n outputs of two classes, with these texts as labels."""
    return plain(n, LOGISTIC, meta=section(CLASSES, texts(parts)))


def of_classes(labels):
    """A blob of one output of many classes."""
    n = len(labels) - 1
    meta = section(CLASSES, texts(labels))
    return plain(n, MARGINS, groups=(n,), meta=meta)


BLOBS = {
    "labels of a wide dtype": lambda: plain(
        10, MARGINS, meta=section(CLASSES, texts(["<U67108863", "a"] * 10))
    ),
    "one long label of many": lambda: of_classes(
        ["<U20000", "a" * 20000, *map(str, range(20000))]
    ),
    "labels of long integers": lambda: labelled(["|O:int", "9" * 10**6, "1"]),
    "labels of long floats": lambda: labelled(["<f8", "9" * 10**6, "1e-999999999"]),
    "labels beyond their dtype": lambda: labelled(["|i1", "9" * 400, "1"]),
    "labels of no numbers": lambda: labelled(["<f8", "nan", "1_0e"]),
    "labels of wide bools": lambda: labelled(["|b8", "True", "False"]),
    "labels of zeros wide": lambda: labelled(["<U0", "", ""]),
    "many names": lambda: blob(
        [(ABS, b"", 0, 0, 1, 2, 0, 1)],
        14,
        VALUES,
        x=800_000,
        meta=section(FEATURES, texts(["ab"] * 200_000)),
    ),
    "many outputs": lambda: plain(65_535),
    "many labels": lambda: of_classes(["|O", *(f"{k:x}" for k in range(200_000))]),
    "a long note": lambda: plain(meta=section(NOTE, texts(["\x80" * 500_000]))),
    "many methods": lambda: plain(
        meta=section(METHODS, texts(["regressor", *["predict=scores"] * 50_000]))
    ),
    "many categories": lambda: plain(
        meta=section(METHODS, texts([f"categories:0={[*range(100_000)]}"]))
    ),
    "deep categories": lambda: plain(
        meta=section(METHODS, texts(["categories:0=" + "[" * 10**6 + "]" * 10**6]))
    ),
    "a method of many changes": lambda: plain(
        meta=section(METHODS, texts(["regressor", "predict=scores" + "|log" * 200_000]))
    ),
    "a method of huge numbers": lambda: plain(
        meta=section(METHODS, texts(["regressor", "predict=scores|times:1e999999"]))
    ),
    "a method of long digits": lambda: plain(
        meta=section(
            METHODS, texts(["regressor", "predict=scores|plus:" + "1" * 10**6])
        )
    ),
    "a span of no scores": lambda: plain(
        meta=section(METHODS, texts(["regressor", "predict=scores[0:999999999]"]))
    ),
    "golden vectors": lambda: plain(
        meta=section(GOLDEN, struct.pack("<I", 100_000) + bytes(800_000))
    ),
    "many stages": lambda: blob([(ABS, b"", 0, 0, 1, 2, 0, 1)] * 30_000, 14, VALUES),
    "nothing": lambda: b"",
}

# JSON, as XGBoost, CatBoost and Treelite share it


def holding(text):
    """A document of XGBoost's with some JSON in it."""
    return b'{"learner":{"extra":' + text + b"}}"


JSON = {
    "empty lists": lambda: holding(b"[" + b"[]," * 400_000 + b"0]"),
    "empty objects": lambda: holding(b"[" + b"{}," * 400_000 + b"0]"),
    "short texts": lambda: holding(b"[" + b'"ab",' * 250_000 + b"0]"),
    "objects of one": lambda: holding(b"[" + b'{"":0},' * 170_000 + b"0]"),
    "lists of one": lambda: holding(b"[" + b"[0]," * 300_000 + b"0]"),
    "wide characters": lambda: holding(
        b"[" + '"éé",'.encode() * 150_000 + '"😀"'.encode() + b"]"
    ),
    "different names": lambda: holding(
        b"{" + b",".join(b'"%x":0' % k for k in range(100_000)) + b"}"
    ),
    "one name again": lambda: holding(b"{" + b'"a":[],' * 150_000 + b'"a":0}'),
    "deep lists": lambda: holding(b"[" * 500_000 + b"]" * 500_000),
    "deep objects": lambda: holding(b'{"":' * 200_000 + b"0" + b"}" * 200_000),
    "long integer": lambda: holding(b"9" * 10**6),
    "integers of 4000 digits": lambda: holding(
        b"[" + (b"9" * 4000 + b",") * 250 + b"0]"
    ),
    "large exponent": lambda: holding(b"[1e999999999,-1E+99999999999999999999]"),
    "open text": lambda: holding(b'"' + b"a" * 10**6),
    "escapes": lambda: holding(b'"' + b"\\ud83d" * 170_000 + b'"'),
    "no UTF-8": lambda: holding(b'"' + b"\xff" * 10**5 + b'"'),
    "UTF-16": lambda: b'{"learner":0}'.decode().encode("utf-16"),
}


def of_classes_xgboost(n):
    return xgboost(params={"num_class": str(n)}, objective="multi:softprob")


def many_trees(n, **more):
    tree = xgboost_tree(**more)
    return xgboost([tree] * n)


def bare():
    """A tree of one leaf, as short as may be."""
    return {
        "left_children": [-1],
        "right_children": [-1],
        "split_indices": [0],
        "split_conditions": [0],
        "default_left": [0],
        "tree_param": {"num_nodes": "1"},
    }


def chain(n):
    """A tree of n splits, each with a leaf on its left."""
    left, right = [], []
    for k in range(n):
        left += [2 * k + 1, -1]
        right += [2 * k + 2, -1]
    size = 2 * n + 1
    return xgboost(
        [
            {
                "left_children": [*left, -1],
                "right_children": [*right, -1],
                "split_indices": [0] * size,
                "split_conditions": list(range(size)),
                "default_left": [0] * size,
                "tree_param": {"num_nodes": str(size)},
            }
        ]
    )


def sets_xgboost(n, each, *, classes=1):
    """Splits by categories, each by a set of others."""
    trees = []
    for k in range(n):
        chosen = [(k * each + j) * 2 for j in range(each)]
        trees.append(
            xgboost_tree(
                split_type=[1, 0, 0],
                categories=chosen,
                categories_nodes=[0],
                categories_segments=[0],
                categories_sizes=[each],
            )
        )
    outputs = [k % classes for k in range(n)]
    params = {"num_class": str(classes)} if classes > 1 else None
    return xgboost(trees, outputs, params)


XGBOOST = {
    **JSON,
    "many classes": lambda: of_classes_xgboost(65535),
    "many targets": lambda: xgboost(params={"num_target": "65535"}),
    "some classes": lambda: of_classes_xgboost(4000),
    "trees of one leaf": lambda: xgboost([bare()] * 6000),
    "classes of one leaf": lambda: xgboost(
        [bare()] * 6000,
        list(range(6000)),
        {"num_class": "6000"},
        "multi:softprob",
    ),
    "empty trees": lambda: xgboost([{}] * 300_000),
    "trees of texts": lambda: xgboost(
        [{"left_children": ["a"] * 10**5 + ["b" * 10**5]}]
    ),
    "numbers and a text": lambda: xgboost(
        [xgboost_tree(split_conditions=[0] * 10**5 + ["b" * 10**5])]
    ),
    "lists in lists": lambda: xgboost([xgboost_tree(left_children=[[[[[]]]]] * 10**5)]),
    "integers beyond 64 bits": lambda: xgboost(
        [xgboost_tree(left_children=[10**400, -1, -1])]
    ),
    "integers of 64 bits": lambda: xgboost(
        [xgboost_tree(left_children=[2**64 - 1, -1, -1])]
    ),
    "many features": lambda: xgboost(params={"num_feature": "4194304"}),
    "many features, linear": lambda: json.dumps(
        {
            "learner": {
                "attributes": {},
                "gradient_booster": {"model": {"weights": [0]}, "name": "gblinear"},
                "learner_model_param": {
                    "base_score": "0",
                    "num_class": "65535",
                    "num_feature": "4194304",
                },
                "objective": {"name": "multi:softprob"},
            }
        }
    ).encode(),
    "weights of zeros": lambda: json.dumps(
        {
            "learner": {
                "attributes": {},
                "gradient_booster": {
                    "model": {"weights": [0] * 500_001},
                    "name": "gblinear",
                },
                "learner_model_param": {"base_score": "0", "num_feature": "500000"},
                "objective": {"name": "reg:squarederror"},
            }
        },
        separators=(",", ":"),
    ).encode(),
    "many base scores": lambda: xgboost(params={"base_score": "[" + "," * 10**6 + "]"}),
    "long base score": lambda: xgboost(params={"base_score": "1" * 10**6}),
    "names of features": lambda: xgboost(
        params={"num_feature": "250000"}, feature_names=["ab"] * 250_000
    ),
    "a deep tree": lambda: chain(25_000),
    "a set of many": lambda: sets_xgboost(1, 150_000),
    "many sets": lambda: sets_xgboost(3000, 8),
    "sets of many classes": lambda: sets_xgboost(2000, 8, classes=1000),
    "vectors of zeros": lambda: xgboost(
        [
            xgboost_tree(
                base_weights=[0] * 3 * 60000,
                tree_param={"num_nodes": "3", "size_leaf_vector": "60000"},
            )
        ],
        params={"num_target": "60000"},
    ),
    "counts as floats": lambda: xgboost(params={"num_class": 4e4}),
    "negative counts": lambda: xgboost(params={"num_class": "-5"}),
}


def ubj(body):
    return b"{i\x07learner{i\x05extra" + body + b"}}"


UBJ = {
    "lists": lambda: ubj(b"[" + b"[]" * 250_000 + b"]"),
    "objects": lambda: ubj(b"[" + b"{}" * 250_000 + b"]"),
    "lists of one": lambda: ubj(b"[" + b"[Z]" * 170_000 + b"]"),
    "counted lists": lambda: ubj(b"[" + b"[#i\x00" * 130_000 + b"]"),
    "typed lists": lambda: ubj(b"[" + b"[$U#i\x00" * 90_000 + b"]"),
    "nothings": lambda: ubj(b"[" + b"Z" * 500_000 + b"]"),
    "floats": lambda: ubj(b"[$d#l" + struct.pack(">i", 250_000) + bytes(10**6) + b"]"),
    "texts": lambda: ubj(b"[" + b"Si\x02ab" * 200_000 + b"]"),
    "typed texts": lambda: ubj(
        b"[$S#l" + struct.pack(">i", 250_000) + b"i\x02ab" * 250_000
    ),
    "names": lambda: ubj(
        b"{" + b"".join(b"i\x05%05xZ" % k for k in range(120_000)) + b"}"
    ),
    "a count of all": lambda: ubj(b"[$U#L" + struct.pack(">q", 2**62)),
    "a count below 0": lambda: ubj(b"[$U#l" + struct.pack(">i", -5)),
    "deep": lambda: ubj(b"[" * 10**6),
    "counted nothings": lambda: ubj(b"[$Z#l" + struct.pack(">i", 2**30)),
}

TREE_OF_ONE = {"num_leaves": 1, "leaf_value": 1}


def words(number, n=80_000):
    """A set of categories of n words."""
    return lightgbm(
        [
            lightgbm_tree(
                num_cat=1,
                decision_type=1,
                threshold=0,
                cat_boundaries=f"0 {n}",
                cat_threshold=" ".join([str(number)] * n),
            )
        ]
    )


LIGHTGBM = {
    "many classes": lambda: lightgbm(n_class=65535, objective="multiclass"),
    "some classes": lambda: lightgbm(n_class=4000, objective="multiclass"),
    "classes of one leaf": lambda: lightgbm([TREE_OF_ONE] * 16000, 16000, "multiclass"),
    "ova of one leaf": lambda: lightgbm(
        [TREE_OF_ONE] * 16000, 16000, "multiclassova sigmoid:1"
    ),
    "trees of one leaf": lambda: lightgbm([TREE_OF_ONE] * 30000),
    "names of features": lambda: lightgbm(names=" ".join(["ab"] * 300_000)),
    "short names": lambda: lightgbm(names=" ".join("a" * 500_000)),
    "full words": lambda: words(2**32 - 1),
    "half words": lambda: words(0x55555555),
    "empty words": lambda: words(0, 400_000),
    "many lines": lambda: b"tree\n" + b"\n" * 10**6,
    "one line": lambda: b"tree\n" + b"=" * 10**6,
    "long digits": lambda: lightgbm([lightgbm_tree(threshold="1" * 10**6)]),
    "long integer": lambda: lightgbm([lightgbm_tree(left_child="1" * 10**6)]),
    "large exponent": lambda: lightgbm(
        [lightgbm_tree(leaf_value="1e999999999 1e-99999999999")]
    ),
    "deep categories": lambda: (
        lightgbm([lightgbm_tree()])
        + b"pandas_categorical:"
        + b"[" * 9000
        + b"]" * 9000
        + b"\n"
    ),
    "deep column": lambda: (
        lightgbm([lightgbm_tree()])
        + b"pandas_categorical:["
        + b"[" * 900
        + b"]" * 900
        + b"]\n"
    ),
    "long categories": lambda: (
        lightgbm([lightgbm_tree()])
        + b"pandas_categorical:["
        + b"[]," * 300_000
        + b"[1]]\n"
    ),
    "zeros": lambda: lightgbm(
        [
            {
                "num_leaves": 100_000,
                "split_feature": " ".join("0" * 99_999),
                "threshold": " ".join("0" * 99_999),
                "decision_type": " ".join("2" * 99_999),
                "left_child": " ".join(str(~k) for k in range(99_999)),
                "right_child": " ".join([*map(str, range(1, 99_999)), "-100000"]),
                "leaf_value": " ".join("0" * 100_000),
            }
        ]
    ),
}


def leaves_of(n, depth):
    """Oblivious trees of one question, again and again."""
    split = {"border": 0.5, "float_feature_index": 0, "split_index": 0}
    tree = {"leaf_values": [0] * (n << depth), "splits": [split] * depth}
    return catboost([tree], scale_and_bias=[1, [0] * n])


def in_field(before, make):
    """JSON of a family as the last field of a document that begins so."""
    return lambda: before + make().partition(b'"extra":')[2][:-2] + b"}"


CATBOOST = {
    **{
        name: in_field(b'{"trees":', make)
        for name, make in JSON.items()
        if name != "UTF-16"
    },
    "a deep tree of zeros": lambda: leaves_of(1, 16),
    "vectors of zeros": lambda: leaves_of(60000, 1),
    "leaves of texts": lambda: catboost(
        [{"leaf_values": ["a"] * 10**5 + ["b" * 10**5], "splits": []}]
    ),
    "leaves of large integers": lambda: catboost(
        [{"leaf_values": [10**400], "splits": []}]
    ),
    "empty trees": lambda: catboost([{}] * 300_000),
    "trees of one leaf": lambda: catboost(
        [{"leaf_values": [1], "splits": None}] * 40_000
    ),
    "nodes of one leaf": lambda: nodes_of([{"value": 1}] * 60_000),
    "features of nothing": lambda: catboost(
        features_info={
            "float_features": [
                {"borders": [], "flat_feature_index": k} for k in range(30_000)
            ]
        }
    ),
    "deep names": lambda: catboost(
        features_info={"categorical_features": [{"flat_feature_index": deep_list(900)}]}
    ),
    "a deep chain": lambda: chain_catboost(400),
    "a scale of texts": lambda: catboost(
        scale_and_bias=[1, ["a"] * 10**5 + ["b" * 10**5]]
    ),
}


def deep_list(depth):
    found = []
    for _ in range(depth):
        found = [found]
    return found


def chain_catboost(depth):
    node = {"value": 1}
    split = {"border": 0.5, "float_feature_index": 0, "split_index": 0}
    for _ in range(depth):
        node = {"split": split, "left": {"value": 0}, "right": node}
    return nodes_of([node])


def nodes_of(trees):
    """Trees of CatBoost's that are no oblivious ones."""
    document = json.loads(catboost())
    del document["oblivious_trees"]
    return json.dumps(document | {"trees": trees}, separators=(",", ":")).encode()


def targets(n, trees=0):
    return treelite(
        [treelite_tree()] * trees,
        num_target=n,
        num_class=[1] * n,
        base_scores=[0] * n,
        target_id=list(range(trees)),
    )


TREELITE = {
    **{
        name: in_field(b'{"threshold_type":0,"trees":', make)
        for name, make in JSON.items()
        if name != "UTF-16"
    },
    "many classes": lambda: treelite([], num_class=[65535], base_scores=[0] * 65535),
    "many targets": lambda: targets(65535),
    "some targets": lambda: targets(4000),
    "targets of a tree": lambda: targets(4000, 4000),
    "vectors of zeros": lambda: treelite(
        [treelite_tree([0] * 60000, [0] * 60000)],
        num_class=[60000],
        leaf_vector_shape=[1, 60000],
        base_scores=[0] * 60000,
        postprocessor="softmax",
    ),
    "leaves of large integers": lambda: treelite([treelite_tree(10**400)]),
    "thresholds of large integers": lambda: treelite(
        [treelite_tree(threshold=10**400)]
    ),
    "a ratio of large integers": lambda: treelite(
        postprocessor="sigmoid", sigmoid_alpha=10**400
    ),
    "children of large integers": lambda: treelite(
        [treelite_tree(left_child=10**4200)]
    ),
    "vectors beyond numbers": lambda: treelite(leaf_vector_shape=[2**62, 4]),
    "vectors below 0": lambda: treelite(leaf_vector_shape=[-1, -1]),
    "many features": lambda: treelite(num_feature=4194304),
    "trees of one leaf": lambda: treelite(
        [{"nodes": [{"node_id": 0, "leaf_value": 1}]}] * 15_000
    ),
    "base scores of texts": lambda: treelite(base_scores=["a"] * 10**5 + ["b" * 10**5]),
    "a set of many": lambda: treelite(
        [
            treelite_tree(
                node_type="categorical_test_node",
                category_list=list(range(0, 400_000, 2)),
                category_list_right_child=False,
            )
        ]
    ),
    "empty trees": lambda: treelite([{}] * 300_000),
    "empty nodes": lambda: treelite([{"nodes": [{}] * 300_000}]),
}


# ONNX, by its wire format


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    """A field of bytes."""
    return varint(number << 3 | 2) + varint(len(data)) + data


def number(at, value):
    return varint(at << 3) + varint(value)


def info(name, width):
    dims = field(1, number(1, 1)) + field(1, number(1, width))
    tensor = number(1, FLOAT) + field(2, dims)
    return field(1, name) + field(2, field(1, tensor))


def attribute(name, kind, *, floats=None, ints=None, strings=None, i=None, t=None):
    out = field(1, name)
    out += number(20, kind)
    out += b"" if i is None else number(3, i)
    out += b"" if t is None else field(5, t)
    out += b"".join(b"\x3d" + struct.pack("<f", f) for f in floats or ())
    out += b"".join(number(8, k) for k in ints or ())
    out += b"".join(field(9, s) for s in strings or ())
    return field(5, out)


def node(op, attributes=b"", inputs=(b"X",), outputs=(b"P",), domain=b"ai.onnx.ml"):
    names = b"".join(field(1, n) for n in inputs) + b"".join(
        field(2, n) for n in outputs
    )
    return field(1, names + field(4, op) + attributes + field(7, domain))


def onnx(nodes, *, width=2, more=b"", outputs=(b"P",)):
    graph = nodes + field(2, b"g") + more + field(11, info(b"X", width))
    graph += b"".join(field(12, info(name, 1)) for name in outputs)
    opsets = field(8, field(1, b"ai.onnx.ml") + number(2, 3))
    return number(1, 8) + field(7, graph) + opsets + field(8, number(2, 15))


def tensor(name, dims, kind=FLOAT, raw=None, more=b""):
    out = b"".join(number(1, d) for d in dims) + number(2, kind) + field(8, name)
    return field(5, out + (b"" if raw is None else field(9, raw)) + more)


_LEAVES = {
    b"nodes_treeids": lambda k: k,
    b"nodes_nodeids": lambda k: 0,
    b"nodes_featureids": lambda k: 0,
    b"nodes_truenodeids": lambda k: 0,
    b"nodes_falsenodeids": lambda k: 0,
}


def leaves(n, targets, per_leaf=1):
    """Trees of one leaf, and weights for one target each."""
    out = b"".join(
        attribute(name, INTS, ints=[of(k) for k in range(n)])
        for name, of in _LEAVES.items()
    )
    out += attribute(b"nodes_modes", 8, strings=[b"LEAF"] * n)
    out += attribute(b"nodes_values", 6, floats=[0] * n)
    out += attribute(b"n_targets", 2, i=targets)
    out += attribute(b"target_treeids", INTS, ints=list(range(n)))
    out += attribute(b"target_nodeids", INTS, ints=[0] * n)
    ids = [k * targets // n if per_leaf else 0 for k in range(n)]
    out += attribute(b"target_ids", INTS, ints=ids)
    return out + attribute(b"target_weights", 6, floats=[1] * n)


def machine(k, width, n_rows=1):
    """A linear support vector classifier of k classes."""
    pairs = k * (k - 1) // 2
    out = attribute(b"classlabels_ints", INTS, ints=list(range(k)))
    out += attribute(b"vectors_per_class", INTS, ints=[n_rows] + [0] * (k - 1))
    out += attribute(b"support_vectors", 6, floats=[1] * width * n_rows)
    out += attribute(b"coefficients", 6, floats=[-1] * (k - 1) * n_rows)
    out += attribute(b"rho", 6, floats=[0] * pairs)
    return node(b"SVMClassifier", out, outputs=(b"L", b"P"))


def labels(n, length):
    """A classifier of n short labels and a long one."""
    names = [*(b"%x" % k for k in range(n)), b"a" * length]
    out = attribute(b"classlabels_strings", 8, strings=names)
    out += attribute(b"coefficients", 6, floats=[0] * len(names))
    return node(b"LinearClassifier", out, outputs=(b"L", b"P"))


ONNX = {
    "empty nodes": lambda: onnx(field(1, b"") * 200_000),
    "empty attributes": lambda: onnx(field(1, field(5, b"") * 250_000)),
    "empty tensors": lambda: onnx(b"", more=field(5, b"") * 300_000),
    "empty inputs": lambda: onnx(b"", more=field(11, b"") * 300_000),
    "empty opsets": lambda: field(8, b"") * 250_000 + field(7, b""),
    "empty functions": lambda: field(25, b"") * 250_000 + field(7, b""),
    "empty properties": lambda: field(14, b"") * 250_000 + field(7, b""),
    "fields of a number": lambda: number(1, 0) * 250_000 + field(7, b""),
    "empty texts": lambda: onnx(
        node(b"A", attribute(b"a", 8, strings=[b""] * 250_000))
    ),
    "numbers": lambda: onnx(
        node(b"Scaler", attribute(b"offset", 7, ints=[0] * 400_000))
    ),
    "unknown fields": lambda: onnx(field(99, b"") * 300_000),
    "packed numbers": lambda: onnx(
        b"", more=tensor(b"c", [10**6], 7, more=field(7, bytes(10**6)))
    ),
    "dims without data": lambda: onnx(b"", more=tensor(b"c", [2**31, 2**31], raw=b"")),
    "dims beside 0": lambda: onnx(b"", more=tensor(b"c", [0, 2**62], raw=b"")),
    "many dims": lambda: onnx(b"", more=tensor(b"c", [1] * 100_000, raw=bytes(4))),
    "dims below 0": lambda: onnx(b"", more=tensor(b"c", [2**64 - 1], raw=bytes(4))),
    "a tensor of texts": lambda: onnx(
        b"",
        more=tensor(
            b"c",
            [50_001],
            8,
            more=field(6, b"a") * 50_000 + field(6, b"b" * 100_000),
        ),
    ),
    "a tensor of 4 bits": lambda: onnx(
        b"", more=tensor(b"c", [2 * 10**6], 22, bytes(10**6))
    ),
    "a tensor of 8-bit floats": lambda: onnx(
        b"", more=tensor(b"c", [10**6], 17, bytes(10**6))
    ),
    "one long label": lambda: onnx(labels(20_000, 200_000), width=1, outputs=(b"L",)),
    "targets without weights": lambda: onnx(
        node(b"TreeEnsembleRegressor", leaves(1, 65535))
    ),
    "targets of one leaf": lambda: onnx(
        node(b"TreeEnsembleRegressor", leaves(8000, 8000))
    ),
    "sparse leaves": lambda: onnx(
        node(b"TreeEnsembleRegressor", leaves(20_000, 60, 0))
    ),
    "pairs of classes": lambda: onnx(machine(500, 800), width=800, outputs=(b"L",)),
    "rows in rows": lambda: onnx(
        b"".join(
            node(
                b"Concat",
                attribute(b"axis", 2, i=1),
                (b"x%d" % k if k else b"X",) * 2,
                (b"x%d" % (k + 1),),
                b"",
            )
            for k in range(12)
        ),
        width=1000,
        outputs=(b"x12",),
    ),
    "many wide nodes": lambda: onnx(
        b"".join(
            node(b"Neg", b"", (b"x%d" % k if k else b"X",), (b"x%d" % (k + 1),), b"")
            for k in range(40)
        ),
        width=100_000,
        outputs=(b"x40",),
    ),
    "a wide input": lambda: onnx(
        node(
            b"Scaler",
            attribute(b"offset", 6, floats=[1]) + attribute(b"scale", 6, floats=[1]),
        ),
        width=4_000_000,
    ),
    "many small nodes": lambda: onnx(
        b"".join(
            node(b"Neg", b"", (b"%x" % k if k else b"X",), (b"%x" % (k + 1),), b"")
            for k in range(20_000)
        ),
        outputs=(b"%x" % 20_000,),
    ),
    "graphs in graphs": lambda: onnx(nested(2000)),
    "cut short": lambda: onnx(b"")[:-3] + b"\xff",
}


def nested(depth):
    graph = b""
    for _ in range(depth):
        graph = field(1, field(5, field(6, graph)))
    return graph


# Keras


def zeros_behind(n):
    """A sound file of weights, and zeros behind it that shrink to nothing."""
    config = keras_config([keras_layer("Dense", "dense", units=2)])
    return keras(config, hdf5(dense()) + bytes(n))


def shrunk(n):
    """A dense layer of n x n zeros, in chunks that shrink to nothing."""
    config = keras_config([keras_layer("Dense", "dense", units=n)], (None, n))
    fill = dense(n, n, chunks=(min(n, 500), min(n, 500)), compression="gzip")
    return keras(config, hdf5(fill))


def unwritten(n):
    """A dense layer of n x n numbers that were never written."""
    config = keras_config([keras_layer("Dense", "dense", units=n)], (None, n))

    def fill(stored):
        group = stored.create_group("layers/dense/vars")
        group.create_dataset("0", (n, n), "f4", chunks=(500, 500))
        group.create_dataset("1", (n,), "f4", chunks=(500,))

    return keras(config, hdf5(fill))


def layers_of(cls, n, width, **config):
    found = [keras_layer(cls, f"l{k}", **config) for k in range(n)]
    return keras(keras_config(found, (None, width)), hdf5(lambda stored: None))


def config_of(text):
    return keras(text, hdf5(dense()))


def legacy(names):
    """An .h5 file whose list of names is made by a function of the group."""
    config = keras_config([keras_layer("Dense", "dense", units=2)])

    def fill(stored):
        stored.attrs["model_config"] = json.dumps(config)
        group = stored.create_group("model_weights/dense")
        names(group)

    return hdf5(fill)


def long_names(group):
    """Many names that are one long text in the file."""
    import h5py
    import numpy as np

    many = np.array(["a" * 1000] * 200, object)
    group.attrs.create("weight_names", many, dtype=h5py.string_dtype())


def many_groups(n):
    config = keras_config([keras_layer("Dense", "dense", units=2)])

    def fill(stored):
        dense()(stored)
        inner = stored["layers/dense/vars"]
        for k in range(n):
            inner.create_group(f"g{k}")

    return keras(config, hdf5(fill))


def members(n):
    """A sound file, and n empty members."""
    import io

    file = io.BytesIO(zeros_behind(0))
    with zipfile.ZipFile(file, "a") as archive:
        for k in range(n):
            archive.writestr(f"{k:x}", b"")
    return file.getvalue()


def functional(n):
    """A functional model of n layers of one path."""
    found = [keras_layer("ReLU", f"l{k}") for k in range(n)]
    first = keras_layer("InputLayer", "l-1", batch_shape=[None, 4])
    for k, layer in enumerate(found):
        layer["inbound_nodes"] = [[[f"l{k - 1}", 0, 0, {}]]]
        layer["name"] = f"l{k}"
    first["name"], first["inbound_nodes"] = "l-1", []
    config = {
        "name": "f",
        "layers": [first, *found],
        "input_layers": [["l-1", 0, 0]],
        "output_layers": [[f"l{n - 1}", 0, 0]],
    }
    whole = {"module": "keras", "class_name": "Functional", "config": config}
    return keras(whole, hdf5(lambda stored: None))


def lying(n):
    """A member that says it is short and is not."""
    data = zeros_behind(n)
    at = data.rfind(b"model.weights.h5") - 46
    return data[: at + 24] + struct.pack("<I", 4000) + data[at + 28 :]


KERAS = {
    "empty lists": lambda: config_of(b"[" + b"[]," * 20_000_000 + b"0]"),
    "empty objects": lambda: config_of(b'{"a":[' + b"{}," * 10_000_000 + b"0]}"),
    "deep lists": lambda: config_of(b"[" * 10**6),
    "zeros behind the weights": lambda: zeros_behind(1 << 28),
    "lying about zeros": lambda: lying(1 << 28),
    "weights that shrink": lambda: shrunk(5000),
    "weights never written": lambda: unwritten(10000),
    "padded and never written": lambda: keras(
        keras_config([keras_layer("Dense", "dense", units=8000)], (None, 8000)),
        unwritten_h5(8000) + bytes(1 << 28),
    ),
    "a wide input": lambda: layers_of("ReLU", 1, 4_000_000),
    "many wide layers": lambda: layers_of("Rescaling", 100, 40_000, scale=2, offset=1),
    "activations that fork": lambda: layers_of(
        "Activation", 900, 4000, activation="hard_silu"
    ),
    "many layers": lambda: layers_of("ReLU", 20_000, 4),
    "layers of one path": lambda: functional(4000),
    "no numbers": lambda: layers_of("Rescaling", 1, 4, scale=["a"] * 10**4, offset=1),
    "large integers": lambda: layers_of("LeakyReLU", 1, 4, negative_slope=10**400),
    "units beyond": lambda: layers_of("Dense", 1, 4, units=10**300),
    "a long value": lambda: layers_of("LeakyReLU", 1, 4, negative_slope="a" * 10**6),
    "a target of many": lambda: layers_of("Reshape", 1, 4, target_shape=[2] * 10**5),
    "many groups": lambda: many_groups(3000),
    "many members": lambda: members(10_000),
    "names of weights": lambda: legacy(long_names),
    "zip of nothing": lambda: b"PK\x05\x06" + bytes(18),
    "zip in a zip": lambda: keras(zeros_behind(0), zeros_behind(0)),
    "half a zip": lambda: zeros_behind(0)[:-30],
}


def unwritten_h5(n):
    def fill(stored):
        group = stored.create_group("layers/dense/vars")
        group.create_dataset("0", (n, n), "f4", chunks=(500, 500))
        group.create_dataset("1", (n,), "f4", chunks=(500,))

    return hdf5(fill)


FAMILIES = {
    "blob": BLOBS,
    "xgboost": XGBOOST | {f"UBJ, {name}": make for name, make in UBJ.items()},
    "lightgbm": LIGHTGBM,
    "catboost": CATBOOST,
    "treelite": TREELITE,
    "onnx": ONNX,
    "keras": KERAS,
}


def suffix_of(reader):
    return ".keras" if reader == "keras" else ".bin"


__all__ = ["FAMILIES", "suffix_of"]
