"""Writes LeNet-5 for 28x28 images with random, fixed weights, and random inputs for it.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_models.py

The figures of a proof depend on the model's shape, not on what it has learned: nothing here is
trained. Two runs write the same bytes.
"""

import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).resolve().parent
SEED = 5
SAMPLE_COUNT = 20
OPSET, IR_VERSION = 17, 8


def weights(rng, shape):
    """He's initialisation; the first axis is the output's."""
    return rng.normal(0, np.sqrt(2 / np.prod(shape[1:])), shape).astype(np.float32)


def lenet5(rng):
    """LeCun et al. 1998 with ReLU and max-pooling: 61,706 weights, 416,520 multiply-adds."""
    nodes, initializers = [], []

    def layer(name, shape, previous, operator, **attributes):
        initializers.extend([
            numpy_helper.from_array(weights(rng, shape), f"{name}.weight"),
            numpy_helper.from_array(
                rng.normal(0, 0.1, shape[0]).astype(np.float32), f"{name}.bias")])
        nodes.append(helper.make_node(
            operator, [previous, f"{name}.weight", f"{name}.bias"], [name], name, **attributes))
        return name

    def unary(name, previous, operator, **attributes):
        nodes.append(helper.make_node(operator, [previous], [name], name, **attributes))
        return name

    t = layer("conv1", (6, 1, 5, 5), "image", "Conv", kernel_shape=[5, 5], pads=[2, 2, 2, 2])
    t = unary("relu1", t, "Relu")
    t = unary("pool1", t, "MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    t = layer("conv2", (16, 6, 5, 5), t, "Conv", kernel_shape=[5, 5])
    t = unary("relu2", t, "Relu")
    t = unary("pool2", t, "MaxPool", kernel_shape=[2, 2], strides=[2, 2])
    t = unary("flatten", t, "Flatten", axis=1)
    t = layer("fc1", (120, 400), t, "Gemm", transB=1)
    t = unary("relu3", t, "Relu")
    t = layer("fc2", (84, 120), t, "Gemm", transB=1)
    t = unary("relu4", t, "Relu")
    t = layer("fc3", (10, 84), t, "Gemm", transB=1)
    nodes[-1].output[0] = "logits"
    graph = helper.make_graph(
        nodes, "lenet5",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 28, 28])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])], initializers)
    model = helper.make_model(
        graph, producer_name="swift-zkml", opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = IR_VERSION
    onnx.checker.check_model(model, full_check=True)
    return model


def images(rng, count):
    """Bright blobs on black, values in [0, 1], as handwriting has them."""
    grid = np.arange(28)
    result = np.zeros((count, 28, 28))
    for image in result:
        for _ in range(12):
            y, x = rng.uniform(4, 24, 2)
            image += np.exp(-((grid[:, None] - y) ** 2 + (grid - x) ** 2) / rng.uniform(2, 6))
    return np.minimum(result, 1).astype(np.float32)[:, None]


def write_npz(path, **arrays):
    """As numpy.savez, but with no time of day in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            content = BytesIO()
            np.save(content, array)
            entry = zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue())


def main():
    rng = np.random.default_rng(SEED)
    model = lenet5(rng)
    samples, inputs = images(rng, SAMPLE_COUNT), images(rng, 1)
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    logits = session.run(None, {"image": inputs})[0]
    print("logits of the input:", np.round(logits[0], 3))
    onnx.save(model, HERE / "lenet5.onnx")
    # Samples carry a leading axis of their own before the model's batch axis of 1.
    write_npz(HERE / "lenet5-samples.npz", image=samples[:, None])
    write_npz(HERE / "lenet5-input.npz", image=inputs)
    for file in sorted(HERE.glob("lenet5*")):
        print(f"{file.name}: {file.stat().st_size:,} bytes")


main()
