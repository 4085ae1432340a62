"""Runs exported policies with the real onnxruntime, onnx and safetensors packages and compares them with what the agent did.

    node --import tsx scripts/check-export.ts FOLDER
    python3 -m venv /some/venv && /some/venv/bin/pip install onnx onnxruntime safetensors numpy
    /some/venv/bin/python scripts/check-export.py FOLDER
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from safetensors import safe_open

TOLERANCE = 1e-5


def run_onnx(path, answers):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rows = answers["rows"]
    feeds = {"observations": np.array(answers["observations"], np.float32).reshape(rows, -1)}
    if answers["masks"]:
        feeds["action_mask"] = np.array(answers["masks"], np.float32).reshape(rows, -1)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, feeds)))


def arrays_of(path):
    with safe_open(path, framework="numpy") as file:
        metadata = json.loads(file.metadata()["tau-rl"])
        return metadata, {name: file.get_tensor(name) for name in file.keys()}


def forward(metadata, arrays, network, x):
    activation = {
        "linear": lambda z: z,
        "tanh": np.tanh,
        "relu": lambda z: np.maximum(z, 0),
        "elu": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    }[metadata["network"]["activation"]]
    for i in range(len(metadata["network"]["hidden"])):
        x = activation(x @ arrays[f"{network}/hidden-{i}/kernel"] + arrays[f"{network}/hidden-{i}/bias"])
    return x @ arrays[f"{network}/output/kernel"] + arrays[f"{network}/output/bias"]


def run_safetensors(path, answers):
    metadata, arrays = arrays_of(path)
    x = np.array(answers["observations"]).reshape(answers["rows"], -1)
    statistics = metadata["observations"]["statistics"]
    if statistics:
        x = (x - arrays["observations/mean"]) / np.sqrt(arrays["observations/variance"] + statistics["epsilon"])
        x = np.clip(x, -statistics["clip"], statistics["clip"])
    return {"value": forward(metadata, arrays, "critic", x)[:, 0], "output": forward(metadata, arrays, "actor", x)}


def difference(a, b):
    a, b = np.asarray(a, np.float64).ravel(), np.asarray(b, np.float64).ravel()
    return float("inf") if a.shape != b.shape else float(np.max(np.abs(a - b)))


def main():
    failed = 0
    for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
        answers = json.loads((folder / "answers.json").read_text())
        ort = run_onnx(str(folder / "policy.onnx"), answers)
        numpy = run_safetensors(folder / "policy.safetensors", answers)
        output = np.array(ort["logits"] if "logits" in ort else ort["mean"])
        allowed = np.isfinite(output)
        differences = {
            "actions": difference(ort["action"], answers["actions"]),
            "values": difference(ort["value"], answers["values"]),
            "safetensors values": difference(numpy["value"], answers["values"]),
            "safetensors outputs": difference(numpy["output"][allowed], output[allowed]),
        }
        worst = max(differences.values())
        failed += worst > TOLERANCE
        print(f"{folder.name}: " + ", ".join(f"{name} {value:.1e}" for name, value in differences.items()))
    print(f"onnxruntime {onnxruntime.__version__}: {failed} failed")
    sys.exit(1 if failed else 0)


main()
