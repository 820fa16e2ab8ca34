"""Runs one case through zkml: compile, run, compare.

Docs/conformance.md states the rules that this file carries out.
"""

import copy
import json
import os
import pathlib
import re
import resource
import subprocess
import tempfile
import zipfile
import zlib
from dataclasses import dataclass, field

import cases
import numpy as np
import scope
from onnx import numpy_helper

BITS = 16
# Calibration samples beside the case's own input, and how far they may lie from it.
JITTERED = 3
JITTER = 2.0**-6
TOLERANCE = 2.0**-7
# Exit statuses that are refusals: of the model, and of the input (NaN and infinities).
REFUSALS = {"compile": [4, 5], "run": [5]}


@dataclass
class Settings:
    zkml: str
    timeout: float
    # Of address space, for each process; None without a limit.
    memory_bytes: int | None


@dataclass
class Outcome:
    """`result` is passed, unsupported or failed."""

    result: str
    reason: str = ""
    # The graph inputs that were bound as constants.
    constants: list = field(default_factory=list)
    # The largest over all outputs: as it is, and over max(1, max |expected|) of the output.
    error: float | None = None
    scaled_error: float | None = None
    bound: float | None = None


class Refused(Exception):
    """zkml says that it does not support the model."""


class Failed(Exception):
    """Anything else that is not the right answer."""


def run_case(case, settings):
    """Never raises: whatever goes wrong is the case's outcome."""
    try:
        return _first_supported(case, settings)
    except Failed as error:
        return Outcome("failed", str(error))
    except Exception as error:  # noqa: BLE001 - a case must not end the run
        return Outcome("failed", f"harness: {type(error).__name__}: {error}")


def _first_supported(case, settings):
    for positions in binding_choices(case):
        outcome = _attempt(case, positions, settings)
        outcome.constants = [case.input_infos[p].name for p in positions]
        if outcome.result != "unsupported":
            break
    return outcome


def binding_choices(case):
    """The positions of the graph inputs that are bound as constants, one try after another."""
    infos = case.input_infos
    arrays = [cases.as_array(value) for value in case.data_sets[0].inputs]
    rest = [p for p in range(1, len(infos)) if p < len(arrays) and arrays[p] is not None]
    parameters = [p for p in rest if arrays[p].dtype.kind in "iub"]
    choices = [[], parameters, rest]
    if infos and _is_computed(case, arrays):
        choices.append([0, *rest])
    return [c for i, c in enumerate(choices) if c not in choices[:i]]


def _is_computed(case, arrays):
    """Whether nothing depends on data: extents go in, and what they say is computed."""
    if scope.subject(case) in scope.COMPUTED:
        return True
    integers = all(array is not None and array.dtype.kind in "iu" for array in arrays)
    return integers and not scope.COMPUTED.isdisjoint(scope.operators(case))


def _attempt(case, positions, settings):
    error, scaled_error, bound = 0.0, 0.0, 0.0
    for data in case.data_sets:
        with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
            inference = _Inference(case, data, positions, pathlib.Path(folder), settings)
            try:
                outputs, promised = inference.outputs()
            except Refused as refusal:
                return Outcome("unsupported", str(refusal))
            observed, scaled = _compare(case, data, outputs, promised)
            error, scaled_error = max(error, observed), max(scaled_error, scaled)
            bound = max(bound, promised)
    if not case.data_sets:
        raise Failed("the case has no data")
    return Outcome("passed", error=error, scaled_error=scaled_error, bound=bound)


class _Inference:
    def __init__(self, case, data, positions, folder, settings):
        self.folder = folder
        self.settings = settings
        model = copy.deepcopy(case.model)
        infos = case.input_infos
        for position in positions:
            array = cases.as_array(data.inputs[position])
            tensor = numpy_helper.from_array(array, infos[position].name)
            model.graph.initializer.append(tensor)
        bound = {infos[p].name for p in positions}
        kept = [info for info in model.graph.input if info.name not in bound]
        del model.graph.input[:]
        model.graph.input.extend(kept)
        (folder / "model.onnx").write_bytes(model.SerializeToString())

        self.arrays = {}
        for position, info in enumerate(infos):
            if info.name not in bound and position < len(data.inputs):
                array = cases.as_array(data.inputs[position])
                # What is no tensor of numbers cannot be given; the model is to be refused.
                if _is_numeric(array):
                    self.arrays[info.name] = array
        generator = np.random.default_rng(zlib.crc32(case.name.encode()))
        samples = [self.arrays]
        for _ in range(JITTERED):
            samples.append({n: _jittered(a, generator) for n, a in self.arrays.items()})
        if self.arrays:
            _write_npz(folder / "input.npz", self.arrays)
            columns = {name: np.stack([s[name] for s in samples]) for name in self.arrays}
            _write_npz(folder / "samples.npz", columns)

    def outputs(self):
        """The outputs by name, and zkml's bound on their error."""
        samples = ["--samples", "samples.npz"] if self.arrays else []
        compiled = self._zkml("compile", "model.onnx", "-o", "b", "--bits", str(BITS), *samples)
        if not self.arrays:
            _write_npz(self.folder / "input.npz", {})
        self._zkml("run", "b", "--input", "input.npz", "-o", "outputs.npz")
        with np.load(self.folder / "outputs.npz") as file:
            outputs = {name: file[name] for name in file.files}
        calibration = compiled["calibration"]
        error, bound = calibration["maxAbsError"], calibration["errorBound"]
        if error > bound:
            raise Failed(f"on its samples {error:.2g} off its own float model, bound {bound:.2g}")
        return outputs, bound

    def _zkml(self, verb, *arguments):
        # Two processes share the machine: one thread each, and room for both.
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        limit = self.settings.memory_bytes

        def confine():
            if limit is not None:
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        try:
            process = subprocess.run(
                [self.settings.zkml, verb, *arguments, "--json"],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=self.settings.timeout,
                preexec_fn=confine,
            )
        except subprocess.TimeoutExpired:
            raise Failed(f"{verb}: more than {self.settings.timeout:.0f} s") from None
        if process.returncode == 0:
            return json.loads(process.stdout)
        lines = process.stderr.strip().splitlines() or ["nothing on standard error"]
        if process.returncode in REFUSALS[verb]:
            raise Refused(re.sub(r"^(Error: )?(model\.onnx: )?", "", lines[0]))
        raise Failed(f"{verb}: exit status {process.returncode}: {lines[0]}")


def _is_numeric(array):
    """Whether numpy itself knows the type, unlike bfloat16 and its like."""
    return array is not None and array.dtype.isbuiltin == 1 and array.dtype.kind in "fiub"


def _jittered(array, generator):
    """The same in integers; reals up to 1/64 nearer to 0, where every function is still defined."""
    if array.dtype.kind != "f":
        return array
    factors = 1 - JITTER * generator.random(array.shape)
    return (array.astype(np.float64) * factors).astype(array.dtype)


def _write_npz(path, arrays):
    # np.savez takes no array named "file", and warns of what it does not know.
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(name + ".npy", "w") as entry:
                np.lib.format.write_array(entry, np.ascontiguousarray(array).reshape(array.shape))


def _compare(case, data, outputs, bound):
    """The largest error, and the largest over the scale of its output.

    Raises Failed where an output has another shape, or is too far from what is expected.
    """
    largest, largest_scaled = 0.0, 0.0
    names = [info.name for info in case.model.graph.output]
    if len(data.outputs) != len(names):
        raise Failed(f"harness: {len(data.outputs)} expected outputs for {len(names)}")
    for name, value in zip(names, data.outputs, strict=True):
        expected = cases.as_array(value)
        if not _is_numeric(expected):
            # Numbers that numpy has no type for (bfloat16) are compared as reals.
            try:
                expected = np.asarray(expected).astype(np.float32)
            except (TypeError, ValueError):
                raise Failed(f"harness: output {name} is no tensor of numbers") from None
        if name not in outputs:
            raise Failed(f"output {name} is missing")
        actual = outputs[name]
        if actual.shape != expected.shape:
            raise Failed(f"output {name}: shape {actual.shape} instead of {expected.shape}")
        exact = expected.astype(np.float64)
        if not np.isfinite(exact).all():
            raise Failed(f"output {name}: infinities or NaNs expected, finite numbers given")
        if expected.size == 0:
            continue
        errors = np.abs(actual - exact)
        scale = max(1.0, float(np.abs(exact).max()))
        largest = max(largest, float(errors.max()))
        largest_scaled = max(largest_scaled, float(errors.max()) / scale)
        if expected.dtype.kind in "iub":
            allowed, rule = np.zeros_like(errors), "exactly"
        else:
            # How far ONNX itself lets results lie from what it expects, some of it typed by hand.
            slack = case.atol + case.rtol * np.abs(exact)
            allowed = np.minimum(TOLERANCE * scale, bound + slack)
            rule = f"zkml's bound {bound:.2g}"
        place = np.unravel_index((errors - allowed).argmax(), expected.shape)
        # A NaN is no error below anything.
        if not errors[place] <= allowed[place]:
            index = [int(i) for i in place]
            raise Failed(f"{name}{index} is {actual[place]} instead of {exact[place]} ({rule})")
    return largest, largest_scaled
