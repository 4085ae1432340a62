"""Writes test/fixtures/spaces-composite.json: what Gymnasium's composite spaces sample, flatten and batch.

Needs gymnasium 1.4.0 and numpy 2.4.6:  python scripts/golden/spaces-composite.py > test/fixtures/spaces-composite.json

Descriptions are those of fixtures/spaces.json. Arrays are written flat. A batch of elements that are no numbers is a list.
"""

import json
import math
import sys
import warnings

import gymnasium
import numpy as np
from gymnasium import spaces as s
from gymnasium.spaces.utils import flatdim, flatten, flatten_space, unflatten
from gymnasium.vector.utils import batch_differing_spaces, batch_space

warnings.filterwarnings("ignore")
gymnasium.logger.min_level = 50


def number(x):
    x = x.item() if isinstance(x, np.generic) else x
    if isinstance(x, float) and not math.isfinite(x):
        return "NaN" if math.isnan(x) else ("Infinity" if x > 0 else "-Infinity")
    return x


def plain(x):
    if isinstance(x, np.ndarray):
        return [number(y) for y in x.flatten()]
    if isinstance(x, s.GraphInstance):
        return {"nodes": plain(x.nodes), "edges": plain(x.edges), "edgeLinks": plain(x.edge_links)}
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    return number(x)


def describe(space):
    kind = type(space).__name__
    if kind == "Discrete":
        return {"type": kind, "n": int(space.n), "start": int(space.start)}
    if kind == "Box":
        return {"type": kind, "shape": list(space.shape), "dtype": str(space.dtype), "low": plain(space.low), "high": plain(space.high)}
    if kind == "MultiDiscrete":
        return {"type": kind, "nvec": space.nvec.tolist(), "start": space.start.tolist()}
    if kind == "MultiBinary":
        return {"type": kind, "n": space.n if isinstance(space.n, int) else list(space.n)}
    if kind == "Text":
        return {"type": kind, "min_length": space.min_length, "max_length": space.max_length, "characters": "".join(space.character_list)}
    if kind in ("Tuple", "OneOf"):
        return {"type": kind, "spaces": [describe(x) for x in space.spaces]}
    if kind == "Dict":
        return {"type": kind, "spaces": [[k, describe(x)] for k, x in space.spaces.items()]}
    if kind == "Sequence":
        return {"type": kind, "feature": describe(space.feature_space), "stack": space.stack}
    if kind == "Graph":
        return {"type": kind, "nodes": describe(space.node_space), "edges": space.edge_space and describe(space.edge_space)}
    raise ValueError(kind)


def box(n=2, **kw):
    return s.Box(-1, 1, (n,), **kw)


def make():
    """Fresh spaces by name."""
    return {
        "text": s.Text(5),
        "text_digits": s.Text(7, min_length=0, charset="9876543210"),
        "text_set": s.Text(4, min_length=2, charset=frozenset("zé😀aB")),
        "tuple": s.Tuple([s.Discrete(3, start=-1), s.MultiDiscrete([2, 3]), s.Text(3)]),
        "tuple_twice_deep": s.Tuple([s.Tuple([box(), s.Discrete(2)]), s.Dict(b=box(1), a=s.MultiBinary(3))]),
        "tuple_empty": s.Tuple([]),
        "dict_sorted": s.Dict({"z": s.Discrete(9), "a": box(3), "B": s.MultiBinary([2, 2])}),
        "dict_given_order": s.Dict({"z": s.Discrete(9), "a": box(1), "10": s.Discrete(4), "2": s.Discrete(5)}, sort_keys=False),
        "dict_deep": s.Dict({"in": s.Dict({"y": s.Discrete(5), "x": s.Tuple([s.Discrete(7)])}), "c": s.MultiDiscrete([4, 4])}),
        "dict_types": s.Dict({"a": s.Box(0, 255, (3,), dtype=np.uint8), "b": s.Box(-5, 5, (2,), dtype=np.int8)}),
        "dict_float_types": s.Dict({"a": s.Box(0, 9, (2,), dtype=np.uint16), "b": s.MultiBinary(2), "c": box(1)}),
        "dict_images": s.Dict({"image": s.Box(0, 255, (2, 2, 3), dtype=np.uint8), "bits": s.MultiBinary(2)}),
        "one_of": s.OneOf([s.Discrete(3), box(2), s.Text(4)]),
        "one_of_whole": s.OneOf([s.Discrete(4, start=2), s.MultiDiscrete([2, 3], start=[1, -1]), s.MultiBinary(6)]),
        "one_of_bits": s.OneOf([s.MultiBinary(2) for _ in range(130)]),
        "one_of_single": s.OneOf([s.Discrete(5)]),
        "sequence": s.Sequence(s.Discrete(6)),
        "sequence_box": s.Sequence(box(2)),
        "sequence_stack": s.Sequence(box(2), stack=True),
        "sequence_stack_discrete": s.Sequence(s.Discrete(4, start=3), stack=True),
        "sequence_stack_dict": s.Sequence(s.Dict(a=s.Discrete(3), b=box(1)), stack=True),
        "sequence_stack_text": s.Sequence(s.Text(3), stack=True),
        "sequence_nested": s.Sequence(s.Sequence(s.Discrete(3))),
        "graph": s.Graph(box(2), s.Discrete(4)),
        "graph_discrete": s.Graph(s.Discrete(5, start=1), box(1)),
        "graph_no_edges": s.Graph(box(1), None),
        "graph_multi": s.Graph(s.MultiDiscrete([3, 2]), s.MultiBinary(2)),
        "graph_dict": s.Graph(s.Dict(a=box(1), b=s.Discrete(3)), None),
        "dict_with_sequence": s.Dict({"s": s.Sequence(s.Discrete(2)), "d": s.Discrete(3), "t": s.Tuple([box(1), s.Discrete(2)])}),
        "tuple_with_graph": s.Tuple([s.Graph(s.Discrete(3), None), s.Discrete(2)]),
    }


def i8(*x):
    return np.array(x, dtype=np.int8)


def f8(*x):
    return np.array(x, dtype=np.float64)


STRUCTURED = {
    "tuple": [5, 6, 7],
    "tuple_twice_deep": [[1, 2], {"a": 3, "b": 4}],
    "dict_sorted": {"a": 7, "z": 8, "B": 9},
    "dict_deep": {"in": {"x": [3], "y": 4}, "c": 5},
    "one_of": [1, 2, 3, 4],
    "sequence": [5, 8],
    "sequence_nested": [5, [8, 13]],
    "graph": [3, 1, 2],
    "graph_no_edges": [9, 10],
    "dict_with_sequence": {"s": [4, 5], "d": 6, "t": 7},
}

# name, mask or probability, value, and further arguments of sample
CHOICES = [
    ("text", "mask", (3, None), {}),
    ("text", "mask", (None, i8(*[1 if i % 9 == 0 else 0 for i in range(62)])), {}),
    ("text", "mask", (5, i8(*[1 if i < 10 else 0 for i in range(62)])), {}),
    ("text_digits", "mask", (None, i8(*[0] * 10)), {}),
    ("text_digits", "probability", (None, f8(0.5, 0, 0, 0.25, 0, 0, 0, 0, 0.25, 0)), {}),
    ("text_digits", "probability", (4, None), {}),
    ("tuple", "mask", (i8(0, 1, 1), (i8(1, 0), i8(0, 1, 1)), (2, None)), {}),
    ("tuple", "mask", (None, None, (None, None)), {}),
    ("tuple", "probability", (f8(0.5, 0, 0.5), (f8(0.1, 0.9), f8(0.2, 0.5, 0.3)), None), {}),
    ("dict_sorted", "mask", {"z": i8(1, 0, 1, 0, 1, 0, 1, 0, 0), "a": None, "B": np.array([[0, 1], [2, 2]], dtype=np.int8)}, {}),
    ("dict_sorted", "probability", {"z": f8(0.5, 0.5, 0, 0, 0, 0, 0, 0, 0), "a": None, "B": np.array([[0.1, 0.9], [0.5, 0.5]])}, {}),
    ("one_of", "mask", (i8(0, 1, 1), None, (3, None)), {}),
    ("one_of", "probability", (f8(0.2, 0.3, 0.5), None, None), {}),
    ("sequence", "mask", (3, i8(1, 0, 0, 1, 0, 1)), {}),
    ("sequence", "mask", (np.array([0, 2, 5]), i8(1, 0, 0, 1, 0, 1)), {}),
    ("sequence", "mask", (None, None), {}),
    ("sequence", "probability", (None, f8(0, 0.5, 0.5, 0, 0, 0)), {}),
    ("sequence_stack_discrete", "mask", (4, i8(1, 0, 0, 1)), {}),
    ("graph", None, None, {"num_nodes": 3, "num_edges": 4}),
    ("graph", None, None, {"num_nodes": 1}),
    ("graph", None, None, {"num_nodes": 2}),
    ("graph", "mask", (None, i8(1, 0, 1, 0)), {"num_nodes": 4}),
    ("graph", "mask", (None, (i8(1, 0, 1, 0), i8(0, 1, 0, 0), i8(1, 1, 1, 1))), {"num_nodes": 4, "num_edges": 3}),
    ("graph_discrete", "mask", ((i8(1, 0, 0, 0, 1), i8(0, 1, 1, 0, 0)), None), {"num_nodes": 2, "num_edges": 2}),
    ("graph_no_edges", None, None, {"num_nodes": 2}),
]

BATCHED = {
    "box": lambda: s.Box(np.array([[-1, 0]], dtype=np.float32), np.array([[1, 5]], dtype=np.float32)),
    "box_mixed": lambda: s.Box(np.array([-1, 2], dtype=np.float32), np.array([1, np.inf], dtype=np.float32)),
    "box_int": lambda: s.Box(-4, 4, (2,), dtype=np.int32),
    "discrete": lambda: s.Discrete(5, start=2),
    "multidiscrete": lambda: s.MultiDiscrete([[2, 3], [4, 5]], start=[[0, 1], [-2, 3]]),
    "multibinary": lambda: s.MultiBinary([2, 3]),
}


def main():
    cases = []
    seeds = [0, 42, 1328918863]
    for name in make():
        for seed in seeds + ([STRUCTURED[name]] if name in STRUCTURED else []):
            space = make()[name]
            space.seed(seed)
            cases.append({"name": name, "space": describe(space), "seed": seed, "samples": [plain(space.sample()) for _ in range(6)]})

    for name, kind, value, more in CHOICES:
        space = make()[name]
        space.seed(7)
        args = {} if kind is None else {kind: value}
        case = {"name": name, "space": describe(space), "seed": 7, **{k: plain(v) for k, v in args.items()}, **more}
        cases.append({**case, "samples": [plain(space.sample(**args, **more)) for _ in range(6)]})

    flat = []
    basic = {k: f() for k, f in BATCHED.items()}
    for name, space in {**make(), **basic}.items():
        if name == "tuple_empty":
            continue  # Gymnasium cannot flatten it
        space.seed(3)
        samples = [space.sample() for _ in range(4)]
        flats = [flatten(space, x) for x in samples]
        for x, y in zip(samples, flats, strict=True):
            assert json.dumps(plain(unflatten(space, y))) == json.dumps(plain(x)), name
        try:
            dim = flatdim(space)
        except ValueError:
            dim = None
        case = {"name": name, "space": describe(space), "flatdim": dim, "flat_space": describe(flatten_space(space))}
        flat.append({**case, "seed": 3, "flat_samples": [plain(y) for y in flats]})

    batches = []
    for name in list(BATCHED) + list(make()):
        if name in ("tuple_empty", "one_of_bits"):
            continue
        space = BATCHED[name]() if name in BATCHED else make()[name]
        space.seed(11)
        space.sample()
        batch = batch_space(space, 3)
        batches.append({"name": name, "space": describe(space), "seed": 11, "n": 3, "batch": describe(batch), "samples": [plain(batch.sample()) for _ in range(3)], "next": plain(space.sample())})

    pairs = {
        "box": [s.Box(-1, 1, (2,)), s.Box(0, 5, (2,))],
        "discrete": [s.Discrete(3), s.Discrete(5, start=2)],
        "multidiscrete": [s.MultiDiscrete([2, 3]), s.MultiDiscrete([4, 2], start=[1, 1])],
        "multibinary": [s.MultiBinary(3), s.MultiBinary(3)],
        "tuple": [s.Tuple([s.Discrete(2), box()]), s.Tuple([s.Discrete(4), box()])],
        "dict": [s.Dict(b=s.Discrete(2), a=box()), s.Dict(b=s.Discrete(4), a=box())],
        "text": [s.Text(2), s.Text(4)],
        "sequence": [s.Sequence(s.Discrete(2)), s.Sequence(s.Discrete(4))],
    }
    differing = []
    for name, both in pairs.items():
        for i, space in enumerate(both):
            space.seed(20 + i)
        batch = batch_differing_spaces(both)
        differing.append({"name": name, "spaces": [describe(x) for x in both], "seeds": [20, 21], "batch": describe(batch), "samples": [plain(batch.sample()) for _ in range(3)]})

    out = {
        "source": f"gymnasium {gymnasium.__version__}, numpy {np.__version__}",
        "generated_by": "scripts/golden/spaces-composite.py",
        "note": "space.seed(seed), then consecutive samples; arrays flat; all exact except half-bounded Box coordinates (1 float32 ulp)",
        "cases": cases,
        "flat": flat,
        "batches": batches,
        "differing": differing,
    }
    json.dump(out, sys.stdout, separators=(",", ":"), ensure_ascii=False)
    sys.stdout.write("\n")


main()
