#!/usr/bin/env python3
"""Lets LiteRT load and run every model that `convert` writes, and compares what it computes.

    check_with_litert.py CONVERT CASES_FOLDER...

CONVERT is the converter's executable. Each folder holds cases as in TestModels: graph.pb, case.json,
in_<k>.npy, and where the legacy converter accepts the graph its toco.tflite.

A model for which there is a toco.tflite must give equal outputs on LiteRT's builtin kernels, unless
the legacy converter is wrong there. Those, and models that it refuses, may be a stated number of
steps from TensorFlow's float simulation.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

# Steps from the float simulation that rounding explains: one for each of a few layers in a row.
DEFAULT_TOLERANCE = 3


def command(convert, case, folder, output):
    """The command line for a case."""
    inputs = case["inputs"]
    arguments = [
        convert, "--graph_def_file", str(folder / "graph.pb"), "--output_file", str(output),
        "--input_arrays", ",".join(case["input_arrays"]),
        "--output_arrays", ",".join(case["output_arrays"]),
        "--input_shapes", ":".join(",".join(map(str, i["shape"])) for i in inputs),
        "--mean", ",".join(str(i["mean"]) for i in inputs),
        "--std", ",".join(str(i["std"]) for i in inputs), "--json",
    ]
    for key, value in case["options"].items():
        if key == "default_ranges_stats":
            arguments += [f"--default_ranges_min={value[0]}", f"--default_ranges_max={value[1]}"]
        elif value is True:
            arguments.append(f"--{key}")
        else:
            arguments += [f"--{key}", str(value)]
    return arguments


def outputs(model, folder, case):
    """All runs of a model: by output name, its quantization and its values stacked over the runs."""
    interpreter = Interpreter(
        model_path=str(model),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    interpreter.allocate_tensors()
    details = {d["name"]: d for d in interpreter.get_input_details()}
    columns = {}
    feeds = {i["name"]: np.load(folder / f"in_{k}.npy") for k, i in enumerate(case["inputs"])}
    stats = {i["name"]: i for i in case["inputs"]}
    for run in range(next(iter(feeds.values())).shape[0]):
        for name, data in feeds.items():
            value = data[run]
            if details[name]["dtype"] == np.float32:
                value = ((value - stats[name]["mean"]) / stats[name]["std"]).astype(np.float32)
            interpreter.set_tensor(details[name]["index"], value)
        interpreter.invoke()
        for detail in interpreter.get_output_details():
            columns.setdefault(detail["name"], (detail["quantization"], []))[1].append(
                interpreter.get_tensor(detail["index"]))
    return {name: (q, np.stack(values)) for name, (q, values) in columns.items()}


def difference(ours, expected):
    """The largest difference: steps of integers, multiples of 1e-5 (relative) of floats."""
    if ours.dtype == np.float32:
        return float(np.max(np.abs(ours - expected) / (1e-5 + 1e-5 * np.abs(expected)), initial=0))
    return int(np.max(np.abs(ours.astype(np.int64) - expected.astype(np.int64)), initial=0))


def steps_from_simulation(ours, folder, case):
    """The largest distance of any output from the float simulation, in quantization steps."""
    worst = 0
    for index, name in enumerate(case["output_arrays"]):
        truth_file = folder / f"out_tffloat_{index}.npy"
        if name not in ours or not truth_file.exists():
            continue
        (scale, zero_point), values = ours[name]
        truth = np.load(truth_file)
        if values.dtype == np.float32 or truth.dtype != np.float32 or not scale:
            continue
        info = np.iinfo(values.dtype)
        wanted = np.clip(np.round(truth / scale) + zero_point, info.min, info.max)
        distance = np.abs(values.reshape(wanted.shape).astype(np.float64) - wanted)
        worst = max(worst, int(np.max(distance, initial=0)))
    return worst


def check(convert, folder, scratch):
    """Converts and compares one case; returns a complaint or None."""
    case = json.loads((folder / "case.json").read_text())
    model = scratch / f"{folder.name}.tflite"
    done = subprocess.run(command(convert, case, folder, model), capture_output=True, text=True)
    if done.returncode != 0:
        return f"not converted: {done.stderr.strip()[:300]}"
    try:
        ours = outputs(model, folder, case)
    except Exception as error:  # LiteRT's errors have no type of their own.
        return f"LiteRT: {str(error).strip()[:300]}"
    steps = steps_from_simulation(ours, folder, case)
    reference = folder / "toco.tflite"
    limit = case.get("tolerance", DEFAULT_TOLERANCE)
    if not reference.exists():
        return f"{steps} steps from the float simulation" if steps > limit else None
    try:
        theirs = outputs(reference, folder, case)
    except Exception:  # The legacy converter has written models that no runtime takes.
        return f"{steps} steps from the float simulation" if steps > limit else None
    for name, (_, expected) in theirs.items():
        if name not in ours:
            return f"no output '{name}' among {sorted(ours)}"
        distance = difference(ours[name][1], expected)
        if distance > (1 if expected.dtype == np.float32 else 0):
            # Only where it is farther from the truth than ours may the legacy converter be wrong.
            if steps <= limit < steps_from_simulation(theirs, folder, case):
                return None
            return f"{name} differs from the legacy converter's model by {distance}"
    return None


def main():
    convert = sys.argv[1]
    folders = [f.parent for top in sys.argv[2:] for f in sorted(pathlib.Path(top).glob("*/case.json"))]
    failures = 0
    with tempfile.TemporaryDirectory() as scratch:
        for folder in folders:
            complaint = check(convert, folder, pathlib.Path(scratch))
            if complaint:
                failures += 1
                print(f"FAILED {folder.name}: {complaint}")
    print(f"LiteRT: {len(folders) - failures} passed, {failures} failed")
    sys.exit(1 if failures or not folders else 0)


if __name__ == "__main__":
    main()
