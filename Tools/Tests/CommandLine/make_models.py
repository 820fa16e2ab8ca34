"""Makes the small models and inputs of check-cli; `python3 make_models.py`, onnx and numpy as in
Examples/digits/requirements.txt."""

import io
import pathlib
import zipfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
rng = np.random.Generator(np.random.PCG64(7))


def gemm(name, source, target, weights, bias):
    nodes = [helper.make_node("Gemm", [source, f"{name}.w", f"{name}.b"], [target], name=name, transB=1)]
    return nodes, [
        numpy_helper.from_array(weights.astype(np.float32), f"{name}.w"),
        numpy_helper.from_array(bias.astype(np.float32), f"{name}.b"),
    ]


def save(name, nodes, constants, inputs, outputs):
    def value(port):
        return helper.make_tensor_value_info(port[0], TensorProto.FLOAT, port[1])

    graph = helper.make_graph(
        nodes, name, [value(p) for p in inputs], [value(p) for p in outputs], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def npz(name, **arrays):
    with zipfile.ZipFile(HERE / name, "w", zipfile.ZIP_STORED) as out:
        for key, array in arrays.items():
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, array, version=(1, 0))
            out.writestr(zipfile.ZipInfo(f"{key}.npy", date_time=(1980, 1, 1, 0, 0, 0)), buffer.getvalue())


# Two models that are one cut in two: 4 -> 6 -> 3, then 3 -> 2.
first, first_constants = gemm("dense1", "x", "a", rng.normal(size=(6, 4)) / 2, rng.normal(size=6) / 4)
second, second_constants = gemm("dense2", "h", "features", rng.normal(size=(3, 6)) / 2, rng.normal(size=3) / 4)
relu = [helper.make_node("Relu", ["a"], ["h"], name="relu1")]
save("features", first + relu + second, first_constants + second_constants, [("x", [1, 4])], [("features", [1, 3])])
last, last_constants = gemm("dense3", "features", "scores", rng.normal(size=(2, 3)), rng.normal(size=2) / 4)
save("head", last, last_constants, [("features", [1, 3])], [("scores", [1, 2])])

# Two outputs of one shape and one format.
save("twins", first + relu + second + [helper.make_node("Neg", ["features"], ["opposite"], name="neg1")],
     first_constants + second_constants, [("x", [1, 4])], [("features", [1, 3]), ("opposite", [1, 3])])

# An operator that no circuit has.
save("unsupported", [helper.make_node("Det", ["m"], ["d"], name="determinant")], [], [("m", [2, 2])], [("d", [])])

samples = rng.uniform(-1, 1, size=(40, 1, 4)).astype(np.float32)
npz("samples.npz", x=samples)
npz("input.npz", x=samples[0])
npz("outside.npz", x=(samples[0] * 0 + 100).astype(np.float32))
npz("shape.npz", x=np.zeros((1, 5), np.float32))
