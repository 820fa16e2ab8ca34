"""Writes a language model of GPT-2's shape with seeded random weights, and what to run it on.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_model.py folder                                        # GPT-2 small
    venv/bin/python make_model.py folder --layers 2 --width 32 --vocabulary 64  # a tiny one

The folder gets `model.onnx`, its weights beside it (`model.data`), `samples.npz` (token ids to
calibrate with), `input.npz` (the ids to prove) and `logits.npz` (what the model says of them,
computed here in double precision). The same arguments give the same bytes.

The graph is GPT-2's as PyTorch's exporter writes it with static shapes: token and position
embeddings, pre-normalised blocks of causal attention and a tanh-GELU perceptron, a last
normalisation, and the transposed token embedding as the output layer. Weights have the scale
GPT-2 is initialised with: N(0, 0.02), those that end a residual branch over sqrt(2 * layers).
Nothing is learned, so the logits mean nothing; their cost is the real model's.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
EPSILON = 1e-5
# What PyTorch's finfo(float32).min is: masked scores.
LOWEST = np.float32(-3.4028234663852886e38)


def parse(arguments=None):
    parser = argparse.ArgumentParser(description="A model of GPT-2's shape, weights at random.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--width", type=int, default=768)
    parser.add_argument("--heads", type=int, help="default: one for each 64 of the width")
    parser.add_argument("--vocabulary", type=int, default=50257)
    parser.add_argument("--context", type=int, default=1024, help="rows of the position table")
    parser.add_argument("--tokens", type=int, default=32)
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--single-file", action="store_true", help="weights inside model.onnx")
    options = parser.parse_args(arguments)
    options.heads = options.heads or max(2, options.width // 64)
    return options


def make_weights(options):
    """Name -> float32, in the order of the file."""
    rng = np.random.default_rng(options.seed)
    width = options.width

    def normal(shape, scale=0.02, mean=0.0):
        values = rng.standard_normal(shape, np.float32)
        values *= np.float32(scale)
        values += np.float32(mean)
        return values

    weights = {
        "wte.weight": normal((options.vocabulary, width)),
        "wpe.weight": normal((options.context, width)),
    }

    def norm(name):
        weights[f"{name}.weight"] = normal(width, mean=1.0)
        weights[f"{name}.bias"] = normal(width)

    def linear(name, inputs, outputs, scale=0.02):
        weights[f"{name}.weight"] = normal((inputs, outputs), scale)
        weights[f"{name}.bias"] = normal(outputs)

    residual = 0.02 / np.sqrt(2 * options.layers)
    for layer in range(options.layers):
        name = f"h.{layer}"
        norm(f"{name}.ln_1")
        linear(f"{name}.attn.c_attn", width, 3 * width)
        linear(f"{name}.attn.c_proj", width, width, residual)
        norm(f"{name}.ln_2")
        linear(f"{name}.mlp.c_fc", width, 4 * width)
        linear(f"{name}.mlp.c_proj", 4 * width, width, residual)
    norm("ln_f")
    return weights


class Graph:
    """Nodes in order, and the constants they name."""

    def __init__(self):
        self.nodes = []
        self.constants = {}

    def add(self, operator, inputs, name, outputs=None, **attributes):
        outputs = outputs or [f"{name}_output"]
        self.nodes.append(helper.make_node(operator, inputs, outputs, name, **attributes))
        return outputs[0]

    def constant(self, value):
        name = f"constant_{len(self.constants)}"
        self.constants[name] = value
        return name

    def shape(self, *extents):
        return self.constant(np.array(extents, np.int64))

    def scalar(self, value):
        return self.constant(np.array(value, np.float32))


def make_graph(options):
    graph = Graph()
    tokens, width, heads = options.tokens, options.width, options.heads

    def norm(x, name):
        return graph.add(
            "LayerNormalization", [x, f"{name}.weight", f"{name}.bias"], f"/{name}",
            axis=-1, epsilon=EPSILON)

    def linear(x, name, inputs, outputs):
        flat = graph.add("Reshape", [x, graph.shape(-1, inputs)], f"/{name}/Reshape")
        y = graph.add("Gemm", [flat, f"{name}.weight", f"{name}.bias"], f"/{name}/Gemm")
        return graph.add("Reshape", [y, graph.shape(1, tokens, outputs)], f"/{name}/Reshape_1")

    def attention(x, name):
        qkv = linear(x, f"{name}.c_attn", width, 3 * width)
        parts = [f"/{name}/Split_output_{i}" for i in range(3)]
        graph.add("Split", [qkv, graph.shape(width, width, width)], f"/{name}/Split", parts, axis=2)
        split = []
        # Keys are transposed once more for the product.
        for part, order in zip(parts, [(0, 2, 1, 3), (0, 2, 3, 1), (0, 2, 1, 3)]):
            rows = graph.add(
                "Reshape", [part, graph.shape(1, tokens, heads, width // heads)], f"{part}/Reshape")
            split.append(graph.add("Transpose", [rows], f"{part}/Transpose", perm=order))
        q, k, v = split
        scores = graph.add("MatMul", [q, k], f"/{name}/MatMul")
        root = graph.scalar(np.sqrt(width // heads))
        scaled = graph.add("Div", [scores, root], f"/{name}/Div")
        causal = np.tril(np.ones((1, 1, tokens, tokens), bool))
        masked = graph.add(
            "Where", [graph.constant(causal), scaled, graph.scalar(LOWEST)], f"/{name}/Where")
        weights = graph.add("Softmax", [masked], f"/{name}/Softmax", axis=-1)
        mixed = graph.add("MatMul", [weights, v], f"/{name}/MatMul_1")
        rows = graph.add("Transpose", [mixed], f"/{name}/Transpose_3", perm=[0, 2, 1, 3])
        joined = graph.add("Reshape", [rows, graph.shape(1, tokens, width)], f"/{name}/Reshape_3")
        return linear(joined, f"{name}.c_proj", width, width)

    def gelu(x, name):
        """0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))."""
        half = graph.add("Mul", [x, graph.scalar(0.5)], f"/{name}/Mul")
        cube = graph.add("Pow", [x, graph.scalar(3)], f"/{name}/Pow")
        small = graph.add("Mul", [cube, graph.scalar(0.044715)], f"/{name}/Mul_1")
        inner = graph.add("Add", [x, small], f"/{name}/Add")
        scaled = graph.add("Mul", [inner, graph.scalar(np.sqrt(2 / np.pi))], f"/{name}/Mul_2")
        tanh = graph.add("Tanh", [scaled], f"/{name}/Tanh")
        plus = graph.add("Add", [tanh, graph.scalar(1)], f"/{name}/Add_1")
        return graph.add("Mul", [half, plus], f"/{name}/Mul_3")

    def perceptron(x, name):
        x = linear(x, f"{name}.c_fc", width, 4 * width)
        return linear(gelu(x, f"{name}/act"), f"{name}.c_proj", 4 * width, width)

    embedded = graph.add("Gather", ["wte.weight", "input_ids"], "/wte/Gather")
    positions = graph.constant(np.arange(tokens, dtype=np.int64)[None])
    placed = graph.add("Gather", ["wpe.weight", positions], "/wpe/Gather")
    x = graph.add("Add", [embedded, placed], "/Add")
    for layer in range(options.layers):
        name = f"h.{layer}"
        y = attention(norm(x, f"{name}.ln_1"), f"{name}.attn")
        x = graph.add("Add", [y, x], f"/{name}/Add")
        y = perceptron(norm(x, f"{name}.ln_2"), f"{name}.mlp")
        x = graph.add("Add", [x, y], f"/{name}/Add_1")
    x = norm(x, "ln_f")
    last = graph.constant(np.array(tokens - 1, np.int64))
    row = graph.add("Gather", [x, last], "/Gather", axis=1)
    head = graph.add("Transpose", ["wte.weight"], "/lm_head/Transpose", perm=[1, 0])
    graph.add("MatMul", [row, head], "/lm_head/MatMul", ["logits"])
    return graph


def make_ids(options):
    """[n, 1, tokens]: what is proved, then the samples."""
    rng = np.random.default_rng(options.seed + 1)
    return rng.integers(0, options.vocabulary, (options.samples + 1, 1, options.tokens))


def make_model(options, weights):
    graph = make_graph(options)
    constants = weights | graph.constants
    return helper.make_model(
        helper.make_graph(
            graph.nodes, "gpt2",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, options.tokens])],
            [helper.make_tensor_value_info(
                "logits", TensorProto.FLOAT, [1, options.vocabulary])],
            [numpy_helper.from_array(value, name) for name, value in constants.items()]),
        producer_name="swift-zkml make_model.py", ir_version=IR_VERSION,
        opset_imports=[helper.make_opsetid("", OPSET)])


def logits(weights, options, ids):
    """The model in double precision: the last position's logits."""
    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON)
        return x * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def linear(x, name):
        return x @ weights[f"{name}.weight"].astype(np.float64) + weights[f"{name}.bias"]

    tokens, heads = options.tokens, options.heads

    def attention(x, name):
        q, k, v = (
            part.reshape(tokens, heads, -1).swapaxes(0, 1)
            for part in np.split(linear(x, f"{name}.c_attn"), 3, axis=-1))
        scores = q @ k.swapaxes(1, 2) / np.sqrt(q.shape[-1])
        scores = np.where(np.tril(np.ones((tokens, tokens), bool)), scores, -np.inf)
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = powers / powers.sum(-1, keepdims=True) @ v
        return linear(mixed.swapaxes(0, 1).reshape(tokens, -1), f"{name}.c_proj")

    def perceptron(x, name):
        x = linear(x, f"{name}.c_fc")
        x = 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
        return linear(x, f"{name}.c_proj")

    x = weights["wte.weight"][ids].astype(np.float64) + weights["wpe.weight"][:tokens]
    for layer in range(options.layers):
        name = f"h.{layer}"
        x = x + attention(norm(x, f"{name}.ln_1"), f"{name}.attn")
        x = x + perceptron(norm(x, f"{name}.ln_2"), f"{name}.mlp")
    return weights["wte.weight"] @ norm(x, "ln_f")[-1]


def write(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    weights = make_weights(options)
    model = make_model(options, weights)
    path = options.folder / "model.onnx"
    (options.folder / "model.data").unlink(missing_ok=True)
    onnx.save_model(
        model, path, save_as_external_data=not options.single_file, location="model.data",
        size_threshold=1024)
    ids = make_ids(options)
    np.savez(options.folder / "samples.npz", input_ids=ids[1:])
    np.savez(options.folder / "input.npz", input_ids=ids[0])
    np.savez(options.folder / "logits.npz", logits=logits(weights, options, ids[0, 0])[None])
    count = sum(value.size for value in weights.values())
    print(f"{path}: {count:,} parameters in {options.layers} layers")


if __name__ == "__main__":
    write(parse())
