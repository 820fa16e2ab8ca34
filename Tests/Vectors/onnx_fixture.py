"""What the makers of Tests/Vectors/onnx share: one case, written as a model and its answer."""
import pathlib
import struct
import zlib

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

FOLDER = pathlib.Path(__file__).parent / "onnx"
INT64_MAX = 2**63 - 1
names = set()


def numbers(name, shape, scale=1.0):
    """Normal numbers, rounded to multiples of 2^-10 so that sums stay well conditioned."""
    generator = np.random.default_rng(zlib.crc32(name.encode()))
    return np.asarray(np.round(generator.normal(0, scale, shape) * 1024) / 1024, dtype=np.float32)


def ints(*values):
    return np.array(values, dtype=np.int64)


def node(operator, inputs, outputs="y", **attributes):
    listed = lambda names: names.split() if isinstance(names, str) else names
    return helper.make_node(operator, listed(inputs), listed(outputs), **attributes)


def case(name, nodes, inputs, constants=None, opset=17, outputs=("y",), given=None, declared=None,
         kind=TensorProto.FLOAT, domains=(), sessions=False, reference=False):
    """Writes one model and its answer.

    inputs: name -> shape, or (shape, numpy type) for integers; constants: name -> array;
    given: name -> array, where random numbers will not do;
    declared: name -> shape with symbols, where the model leaves extents open;
    kind: the outputs' element type, or one for each;
    domains: other domains that the model imports;
    sessions: the optimised session has to agree with the plain one;
    reference: for what onnxruntime does not run, the answer is that of ONNX's own evaluator.
    """
    assert name not in names, name
    names.add(name)
    nodes = nodes if isinstance(nodes, list) else [nodes]
    values, infos = {}, []
    for key, shape in inputs.items():
        shape, given_kind = shape if isinstance(shape, tuple) else (shape, np.float32)
        if given and key in given:
            values[key] = np.asarray(given[key], dtype=given_kind)
        elif given_kind == np.float32:
            values[key] = numbers(f"{name}/{key}", shape)
        else:
            generator = np.random.default_rng(zlib.crc32(f"{name}/{key}".encode()))
            values[key] = generator.integers(
                0, 2 if given_kind == np.bool_ else 100, shape).astype(given_kind)
        assert list(values[key].shape) == list(shape)
        element = helper.np_dtype_to_tensor_dtype(values[key].dtype)
        open_shape = (declared or {}).get(key, shape)
        infos.append(helper.make_tensor_value_info(key, element, open_shape))
    graph = helper.make_graph(
        nodes, name, infos,
        [helper.make_tensor_value_info(key, kind[key] if isinstance(kind, dict) else kind, None)
         for key in outputs],
        [value if isinstance(value, TensorProto) else numpy_helper.from_array(value, key)
         for key, value in (constants or {}).items()])
    model = helper.make_model(
        graph, producer_name="onnx_operators.py", ir_version=8,
        opset_imports=[helper.make_opsetid("", opset)]
        + [helper.make_opsetid(domain, 1) for domain in domains])
    save(name, model, values, sessions, reference)


def run(data, values, optimised=False):
    """The inputs' names and the results."""
    options = onnxruntime.SessionOptions()
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return [i.name for i in session.get_inputs()], session.run(None, values)


def save(name, model, values, sessions=False, reference=False):
    data = model.SerializeToString(deterministic=True)
    if reference:
        listed = [info.name for info in model.graph.input]
        results = [np.asarray(result) for result in ReferenceEvaluator(model).run(None, values)]
    else:
        listed, results = run(data, values)
    if sessions:
        for plain, optimised in zip(results, run(data, values, optimised=True)[1]):
            assert np.allclose(plain, optimised, rtol=1e-6, atol=0), (name, plain, optimised)
    (FOLDER / f"{name}.onnx").write_bytes(data)
    content = struct.pack("<II", len(values), len(results))
    for tensor in [values[key] for key in listed] + results:
        assert np.all(np.isfinite(tensor)), name
        content += struct.pack(f"<{1 + tensor.ndim}I", tensor.ndim, *tensor.shape)
        content += tensor.astype("<f4").tobytes()
    (FOLDER / f"{name}.bin").write_bytes(content)
