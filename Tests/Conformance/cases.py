"""ONNX's backend test cases, as they come with the onnx package."""

import functools
import pathlib
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests
from onnx.backend.test.runner import Runner

KINDS = ["node", "simple", "pytorch-operator", "pytorch-converted"]
# Whole image classifiers; the package files them under "real" and keeps them in data/light.
LIGHT = "light"


@dataclass(frozen=True)
class DataSet:
    """One inference: an array for each graph input and output, or whatever else the case has."""

    inputs: list
    outputs: list


@dataclass(frozen=True)
class Case:
    kind: str
    name: str
    model: onnx.ModelProto
    # How far ONNX's own runner lets a result lie from the expected one.
    rtol: float
    atol: float
    # Makes the data sets.
    load: Callable

    @functools.cached_property
    def data_sets(self):
        return self.load()

    @property
    def input_infos(self):
        """The graph's inputs without initialisers, which old models list as inputs too."""
        constants = {tensor.name for tensor in self.model.graph.initializer}
        return [info for info in self.model.graph.input if info.name not in constants]


def all_cases(kinds, pattern=""):
    """The cases of these kinds whose names have the pattern, ordered by kind and name."""
    cases = []
    for kind in kinds:
        # The tests of Cast overflow on purpose.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tests = load_model_tests(kind="real" if kind == LIGHT else kind)
        for test in sorted(tests, key=lambda test: test.name):
            if re.search(pattern, test.name):
                cases.append(_case(kind, test))
    return cases


def _case(kind, test):
    def make(model, load):
        return Case(kind, test.name, model, test.rtol, test.atol, load)

    if test.model is not None:
        data_sets = [DataSet(list(i), list(o)) for i, o in test.data_sets]
        return make(test.model, lambda: data_sets)
    if test.model_dir is not None:
        folder = pathlib.Path(test.model_dir)
        model = onnx.load(folder / "model.onnx")
        return make(model, lambda: _folder_data_sets(folder, model))
    package = pathlib.Path(onnx.__file__).parent
    path = package / pathlib.Path(test.url).relative_to("onnx")
    model = _with_weights(onnx.load(path))
    return make(model, lambda: [_light_data_set(path, model)])


def _folder_data_sets(folder, model):
    def tensors(data_set, prefix, infos):
        files = (data_set / f"{prefix}_{i}.pb" for i in range(len(infos)))
        # Old models list initialisers as inputs; there is no file for those.
        return [_value(f, info) for f, info in zip(files, infos, strict=True) if f.exists()]

    return [
        DataSet(
            tensors(data_set, "input", model.graph.input),
            tensors(data_set, "output", model.graph.output),
        )
        for data_set in sorted(folder.glob("test_data_set_*"))
    ]


def _value(path, info):
    data = path.read_bytes()
    if info.type.HasField("sequence_type"):
        return numpy_helper.to_list(onnx.SequenceProto.FromString(data))
    if info.type.HasField("optional_type"):
        return numpy_helper.to_optional(onnx.OptionalProto.FromString(data))
    return numpy_helper.to_array(onnx.TensorProto.FromString(data))


def _with_weights(model):
    """The model with its ConstantOfShape nodes written out, as weights stand in published models.

    zkml limits what a small file may make it allocate, and these files are all such nodes.
    """
    graph = model.graph
    shapes = {tensor.name: tensor for tensor in graph.initializer}
    nodes = []
    for node in graph.node:
        if node.op_type == "ConstantOfShape" and node.input[0] in shapes:
            value = numpy_helper.to_array(node.attribute[0].t).item()
            shape = numpy_helper.to_array(shapes[node.input[0]])
            weights = np.full(shape, value, np.float32)
            graph.initializer.append(numpy_helper.from_array(weights, node.output[0]))
        else:
            nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def _light_data_set(path, model):
    """What the package's own runner feeds these models: k / n as the k-th of n elements."""
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [
        Runner.generate_dummy_data(info, name=path.stem)
        for info in model.graph.input
        if info.name not in constants
    ]
    outputs = [
        numpy_helper.to_array(onnx.load_tensor(path.with_name(f"{path.stem}_output_{i}.pb")))
        for i in range(len(model.graph.output))
    ]
    return DataSet(inputs, outputs)


def as_array(value):
    """The value as an array, or None where it is no tensor (a sequence, a map, nothing)."""
    if isinstance(value, onnx.TensorProto):
        return numpy_helper.to_array(value)
    if isinstance(value, (np.ndarray, np.generic)):
        return np.asarray(value)
    return None
