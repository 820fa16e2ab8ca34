#!/usr/bin/env python3
"""Makes Tests/Vectors/quantised: small random networks, quantised by onnxruntime (QDQ), and what
onnxruntime computes for them, with and without its optimiser.

For each NAME.onnx, whose one output is the last quantised tensor, NAME.bin, little-endian: the
number of samples, of elements of an input and of an output (uint32), then int16: the inputs times
1024, the outputs of the plain session, and those of the optimised one.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python quantised_networks.py
"""
import pathlib
import struct
import tempfile
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (CalibrationDataReader, QuantFormat, QuantType,
                                      quantize_static)

FOLDER = pathlib.Path(__file__).parent / "quantised"
SAMPLES = 60
TYPES = {"u8": QuantType.QUInt8, "s8": QuantType.QInt8, "u16": QuantType.QUInt16}


class Network:
    """A float network, node by node."""

    def __init__(self, seed, shape):
        self.random = np.random.default_rng(seed)
        self.nodes, self.constants, self.shape = [], [], shape

    def constant(self, values):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weights(self, shape, spread=True):
        """Channels of different sizes, as training makes them."""
        scale = np.exp(self.random.normal(0, 0.7, [shape[0]] + [1] * (len(shape) - 1)))
        values = self.random.normal(0, 1, shape) * (scale if spread else 1)
        return self.constant((values / np.sqrt(np.prod(shape[1:]))).astype(np.float32))

    def add(self, operator, *inputs, **attributes):
        name = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], name, **attributes))
        return name

    def conv(self, x, inputs, outputs, kernel=3, relu=True, **attributes):
        bias = self.constant(self.random.normal(0, 0.3, outputs).astype(np.float32))
        group = attributes.get("group", 1)
        y = self.add("Conv", x, self.weights([outputs, inputs // group, kernel, kernel]), bias,
                     pads=[kernel // 2] * 4, **attributes)
        return self.add("Relu", y) if relu else y

    def dense(self, x, inputs, outputs):
        bias = self.constant(self.random.normal(0, 0.3, outputs).astype(np.float32))
        return self.add("Gemm", x, self.weights([outputs, inputs]), bias, transB=1)

    def model(self, output, opset):
        graph = helper.make_graph(
            self.nodes, "network",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], self.constants)
        return helper.make_model(graph, ir_version=8,
                                 opset_imports=[helper.make_opsetid("", opset)])


def perceptron(n):
    x = n.add("Relu", n.dense("x", 24, 20))
    x = n.add("Relu", n.dense(x, 20, 16))
    return n.dense(x, 16, 12)


def convolutional(n):
    x = n.add("MaxPool", n.conv("x", 2, 4), kernel_shape=[2, 2], strides=[2, 2])
    x = n.conv(x, 4, 6, strides=[1, 1])
    return n.dense(n.add("Flatten", x), 54, 10)


def residual(n):
    x = n.conv("x", 2, 4)
    y = n.conv(x, 4, 4, relu=False)
    x = n.add("Relu", n.add("Add", x, y))
    y = n.conv(x, 4, 4, group=4, relu=False)
    x = n.add("Add", x, y)
    return n.dense(n.add("Flatten", n.add("GlobalAveragePool", x)), 4, 16)


def branches(n):
    a = n.conv("x", 2, 3, 1)
    b = n.add("LeakyRelu", n.conv("x", 2, 3, relu=False), alpha=0.17)
    x = n.add("Concat", a, b, axis=1)
    return n.add("AveragePool", x, kernel_shape=[2, 2], strides=[2, 2])


def gated(n):
    x = n.conv("x", 2, 4, relu=False)
    x = n.add("Mul", x, n.add("Sigmoid", x))
    x = n.conv(x, 4, 2, 1, relu=False)
    return n.add("Reshape", x, n.constant(np.array([6, 12], dtype=np.int64)))


def products(n):
    w = n.weights([24, 18])
    x = n.add("Reshape", n.add("MatMul", "x", w), n.constant(np.array([3, 6], dtype=np.int64)))
    y = n.add("Transpose", x, perm=[1, 0])
    return n.add("MatMul", y, x)


IMAGE, ROW = [1, 2, 6, 6], [1, 24]
NETWORKS = [
    ("perceptron_u8", perceptron, ROW, "u8", "s8", True, 17),
    ("perceptron_s8", perceptron, ROW, "s8", "s8", False, 17),
    ("perceptron_u16", perceptron, ROW, "u16", "s8", True, 21),
    ("convolutional_u8", convolutional, IMAGE, "u8", "s8", True, 17),
    ("convolutional_u8u8", convolutional, IMAGE, "u8", "u8", False, 13),
    ("convolutional_s8", convolutional, IMAGE, "s8", "s8", True, 17),
    ("residual_u8", residual, IMAGE, "u8", "s8", True, 17),
    ("residual_s8", residual, IMAGE, "s8", "s8", True, 17),
    ("branches_u8", branches, IMAGE, "u8", "s8", True, 17),
    ("branches_s8", branches, IMAGE, "s8", "s8", False, 17),
    ("gated_u8", gated, IMAGE, "u8", "s8", True, 17),
    ("gated_s8", gated, IMAGE, "s8", "s8", True, 17),
    ("products_u8", products, ROW, "u8", "s8", False, 17),
    ("products_s8", products, ROW, "s8", "s8", False, 17),
]


class Reader(CalibrationDataReader):
    def __init__(self, samples):
        self.rest = iter([{"x": sample} for sample in samples])

    def get_next(self):
        return next(self.rest, None)


def without_last(model):
    """The model with its last quantised tensor for output."""
    last = model.graph.node[-1]
    assert last.op_type == "DequantizeLinear", last.op_type
    name = last.input[0]
    model.graph.node.pop()
    zero = next(i for i in model.graph.initializer if i.name == last.input[2])
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(name, zero.data_type, None))
    return model


def run(data, samples, optimised):
    options = onnxruntime.SessionOptions()
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    return np.stack([session.run(None, {"x": sample})[0] for sample in samples]).astype(np.int32)


def main():
    warnings.simplefilter("ignore")
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    total = differing = 0
    for seed, (name, build, shape, activations, weights, per_channel, opset) in enumerate(NETWORKS):
        network = Network(seed, shape)
        model = network.model(build(network), opset)
        numbers = np.random.default_rng(1000 + seed).normal(0, 1, [SAMPLES] + shape)
        samples = (np.round(np.clip(numbers, -8, 8) * 1024) / 1024).astype(np.float32)
        with tempfile.TemporaryDirectory() as folder:
            source, target = (str(pathlib.Path(folder) / f"{n}.onnx") for n in "ab")
            onnx.save(model, source)
            # A few samples only: others saturate.
            quantize_static(
                source, target, Reader(samples[:20]), quant_format=QuantFormat.QDQ,
                per_channel=per_channel, activation_type=TYPES[activations],
                weight_type=TYPES[weights])
            quantised = without_last(onnx.load(target))
        data = quantised.SerializeToString(deterministic=True)
        plain, optimised = (run(data, samples, flag) for flag in (False, True))
        (FOLDER / f"{name}.onnx").write_bytes(data)
        # uint16 as int16 of the same bits.
        (FOLDER / f"{name}.bin").write_bytes(
            struct.pack("<III", SAMPLES, samples[0].size, plain[0].size)
            + np.round(samples * 1024).astype("<i2").tobytes()
            + plain.astype("<i2").tobytes() + optimised.astype("<i2").tobytes())
        difference = np.abs(plain - optimised)
        total, differing = total + plain.size, differing + np.count_nonzero(difference)
        print(f"{name}: {len(data)} bytes, {np.count_nonzero(difference)} of {plain.size} outputs "
              f"differ between sessions, by at most {difference.max()}")
    size = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{total} outputs, {differing} differ between sessions; {size} bytes")


if __name__ == "__main__":
    main()
