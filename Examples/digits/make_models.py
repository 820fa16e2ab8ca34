"""Trains the three digit classifiers and writes every data file of this folder.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_models.py

Everything comes from scikit-learn's bundled copy of the UCI handwritten digits (1,797 real
images of 8x8 pixels) and from fixed seeds. Two runs on one machine write the same bytes; on
another processor the last bits of the trained weights may differ.
"""

import json
import os
import zipfile
from io import BytesIO
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before numpy: one order of summation

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

from transformer_layers import CONSTANTS, transformer

HERE = Path(__file__).resolve().parent
TEST_COUNT = 450
SAMPLE_COUNT = 100
OPSET, IR_VERSION = 17, 8


# Layers: forward keeps what backward needs; backward leaves the gradients of its weights in
# `gradients`, in the order of `weights`, and returns the gradient of its input.

class Dense:
    parts = ["weight", "bias"]

    def __init__(self, rng, inputs, outputs):
        self.weights = [rng.normal(0, np.sqrt(2 / inputs), (outputs, inputs)), np.zeros(outputs)]

    def forward(self, x):
        self.x = x
        return x @ self.weights[0].T + self.weights[1]

    def backward(self, g):
        self.gradients = [g.T @ self.x, g.sum(0)]
        return g @ self.weights[0]

    def onnx(self, x, y, name):
        return [helper.make_node("Gemm", [x, f"{name}.weight", f"{name}.bias"], [y], name, transB=1)]


class Conv3x3:
    """Stride 1, padding 1."""

    parts = ["weight", "bias"]

    def __init__(self, rng, inputs, outputs):
        scale = np.sqrt(2 / (9 * inputs))
        self.weights = [rng.normal(0, scale, (outputs, inputs, 3, 3)), np.zeros(outputs)]

    def forward(self, x):
        padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
        # windows[n, c, i, j, u, v] = padded[n, c, i + u, j + v]
        self.windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        y = np.tensordot(self.windows, self.weights[0], ([1, 4, 5], [1, 2, 3]))
        return y.transpose(0, 3, 1, 2) + self.weights[1][:, None, None]

    def backward(self, g):
        dw = np.tensordot(g, self.windows, ([0, 2, 3], [0, 2, 3]))
        self.gradients = [dw, g.sum((0, 2, 3))]
        # The transposed convolution: the same windows over g, with the kernel turned round.
        padded = np.pad(g, ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        turned = self.weights[0][:, :, ::-1, ::-1]
        return np.tensordot(windows, turned, ([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)

    def onnx(self, x, y, name):
        return [helper.make_node(
            "Conv", [x, f"{name}.weight", f"{name}.bias"], [y], name,
            kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[1, 1])]


class Stateless:
    parts, weights, gradients = [], [], []


class Relu(Stateless):
    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, g):
        return g * self.positive

    def onnx(self, x, y, name):
        return [helper.make_node("Relu", [x], [y], name)]


class MaxPool2(Stateless):
    def forward(self, x):
        n, c, h, w = x.shape
        blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        blocks = blocks.reshape(n, c, h // 2, w // 2, 4)
        self.first = np.eye(4)[blocks.argmax(-1)]  # one winner a window
        return blocks.max(-1)

    def backward(self, g):
        n, c, h, w = g.shape
        blocks = (self.first * g[..., None]).reshape(n, c, h, w, 2, 2)
        return blocks.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)

    def onnx(self, x, y, name):
        return [helper.make_node("MaxPool", [x], [y], name, kernel_shape=[2, 2], strides=[2, 2])]


class Flatten(Stateless):
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, g):
        return g.reshape(self.shape)

    def onnx(self, x, y, name):
        return [helper.make_node("Flatten", [x], [y], name, axis=1)]


def mlp(rng):
    return [Flatten(), Dense(rng, 64, 32), Relu(), Dense(rng, 32, 10)]


def cnn(rng):
    return [Conv3x3(rng, 1, 8), Relu(), MaxPool2(), Conv3x3(rng, 8, 16), Relu(), MaxPool2(),
            Flatten(), Dense(rng, 64, 10)]


def forward(layers, x):
    for layer in layers:
        x = layer.forward(x)
    return x


def train(layers, images, labels, rng, epochs, batch=32, rate=2e-3, decay=1e-4):
    """Cross-entropy, Adam with decoupled weight decay, learning rate falling as a cosine."""
    parameters = [w for layer in layers for w in layer.weights]
    first = [np.zeros_like(w) for w in parameters]
    second = [np.zeros_like(w) for w in parameters]
    steps = epochs * (len(images) // batch)
    step = 0
    for _ in range(epochs):
        order = rng.permutation(len(images))
        for start in range(0, len(order) - batch + 1, batch):
            chosen = order[start:start + batch]
            logits = forward(layers, images[chosen])
            exponentials = np.exp(logits - logits.max(1, keepdims=True))
            g = exponentials / exponentials.sum(1, keepdims=True)
            g[np.arange(batch), labels[chosen]] -= 1
            g /= batch
            for layer in reversed(layers):
                g = layer.backward(g)
            step += 1
            r = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
            gradients = [d for layer in layers for d in layer.gradients]
            for w, d, m, v in zip(parameters, gradients, first, second, strict=True):
                m += 0.1 * (d - m)
                v += 0.001 * (d * d - v)
                w -= r * ((m / (1 - 0.9 ** step)) / (np.sqrt(v / (1 - 0.999 ** step)) + 1e-8)
                          + decay * w)


def export(layers, name):
    """A float32 ONNX model for one image: image [1, 1, 8, 8] -> logits [1, 10]."""
    nodes, initializers, x, counts = [], [], "image", {}
    for i, layer in enumerate(layers):
        kind = type(layer).__name__.lower().removesuffix("3x3").removesuffix("2")
        counts[kind] = counts.get(kind, 0) + 1
        node = f"{kind}{counts[kind]}"
        y = "logits" if i == len(layers) - 1 else f"{node}.out"
        nodes += layer.onnx(x, y, node)
        for part, w in zip(layer.parts, layer.weights, strict=True):
            initializers.append(numpy_helper.from_array(w.astype(np.float32), f"{node}.{part}"))
        x = y
    named = {value for node in nodes for value in node.input}
    initializers += [
        numpy_helper.from_array(np.asarray(value), key) for key, value in CONSTANTS.items()
        if key in named]
    graph = helper.make_graph(
        nodes, f"digits-{name}",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 1, 8, 8])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 10])], initializers)
    model = helper.make_model(
        graph, producer_name="swift-zkml digits example", ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)])
    onnx.checker.check_model(model, full_check=True)
    (HERE / f"{name}.onnx").write_bytes(model.SerializeToString(deterministic=True))


def npy_bytes(array):
    out = BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(array), version=(1, 0))
    return out.getvalue()


def write_npz(path, **arrays):
    """`np.savez`, with fixed dates so that the bytes depend on the contents alone."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as out:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            out.writestr(entry, npy_bytes(array))


def main():
    digits = load_digits()
    images = (digits.images / 16).astype(np.float32)[:, None, None]  # [1797, 1, 1, 8, 8], 0...1
    labels = digits.target.astype(np.int64)
    order = np.random.Generator(np.random.PCG64(2024)).permutation(len(images))
    test, training = order[:TEST_COUNT], order[TEST_COUNT:]

    write_npz(HERE / "samples.npz", image=images[training[:SAMPLE_COUNT]])
    write_npz(HERE / "test.npz", image=images[test], labels=labels[test])

    correct = {}
    for name, layers_of, epochs, seed in [
            ("mlp", mlp, 60, 1), ("cnn", cnn, 60, 2), ("transformer", transformer, 60, 3)]:
        rng = np.random.Generator(np.random.PCG64(seed))
        layers = layers_of(rng)
        train(layers, images[training, 0].astype(np.float64), labels[training], rng, epochs)
        export(layers, name)

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            HERE / f"{name}.onnx", options, providers=["CPUExecutionProvider"])
        logits = np.stack([session.run(["logits"], {"image": image})[0] for image in images[test]])
        write_npz(HERE / f"{name}-float.npz", logits=logits)

        correct[name] = logits[:, 0].argmax(1) == labels[test]
        parameters = sum(w.size for layer in layers for w in layer.weights)
        top = np.sort(logits[:, 0], 1)
        print(f"{name}: {parameters} parameters, test accuracy "
              f"{correct[name].mean():.4f}, largest logit "
              f"{np.abs(logits).max():.1f}, smallest margin {(top[:, -1] - top[:, -2]).min():.4f}")

    # Single inputs, one for each file format: the first of a class in the test split that all
    # models read right.
    def first(label):
        right = (labels[test] == label) & correct["mlp"] & correct["cnn"] & correct["transformer"]
        return images[test[np.flatnonzero(right)[0]]]

    for label in [0, 3, 7]:
        (HERE / f"digit-{label}.npy").write_bytes(npy_bytes(first(label)))
    write_npz(HERE / "digit-9.npz", image=first(9))
    (HERE / "digit-5.json").write_text(json.dumps({"image": first(5).tolist()}) + "\n")
    (HERE / "digit-8-ezkl.json").write_text(
        json.dumps({"input_data": [first(8).reshape(-1).tolist()]}) + "\n")


if __name__ == "__main__":
    main()
