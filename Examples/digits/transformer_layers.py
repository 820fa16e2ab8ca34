"""The layers of the transformer: forward, backward and the ONNX nodes that PyTorch's exporter
would write for them. As in make_models.py, `gradients` follows the order of `weights`.
"""

import numpy as np
from onnx import helper
from scipy.special import erf

EPSILON = 1e-5


def _linear(rng, inputs, outputs):
    return rng.normal(0, np.sqrt(1 / inputs), (inputs, outputs))


class LayerNorm:
    parts = ["scale", "offset"]

    def __init__(self, width):
        self.weights = [np.ones(width), np.zeros(width)]

    def forward(self, x):
        centred = x - x.mean(-1, keepdims=True)
        self.inverse = 1 / np.sqrt((centred ** 2).mean(-1, keepdims=True) + EPSILON)
        self.unit = centred * self.inverse
        return self.unit * self.weights[0] + self.weights[1]

    def backward(self, g):
        axes = tuple(range(g.ndim - 1))
        self.gradients = [(g * self.unit).sum(axes), g.sum(axes)]
        g = g * self.weights[0]
        mean = g.mean(-1, keepdims=True)
        return self.inverse * (g - mean - self.unit * (g * self.unit).mean(-1, keepdims=True))

    def onnx(self, x, y, name):
        return [helper.make_node(
            "LayerNormalization", [x, f"{name}.scale", f"{name}.offset"], [y], name,
            axis=-1, epsilon=EPSILON)]


class Linear:
    """Over the last axis."""

    parts = ["weight", "bias"]

    def __init__(self, rng, inputs, outputs):
        self.weights = [_linear(rng, inputs, outputs), np.zeros(outputs)]

    def forward(self, x):
        self.x = x
        return x @ self.weights[0] + self.weights[1]

    def backward(self, g):
        flat = g.reshape(-1, g.shape[-1])
        self.gradients = [self.x.reshape(-1, self.x.shape[-1]).T @ flat, flat.sum(0)]
        return g @ self.weights[0].T

    def onnx(self, x, y, name):
        return [helper.make_node("MatMul", [x, f"{name}.weight"], [f"{name}.product"], f"{name}.matmul"),
                helper.make_node("Add", [f"{name}.product", f"{name}.bias"], [y], name)]


class Gelu:
    parts, weights, gradients = [], [], []

    def forward(self, x):
        self.x = x
        self.cumulative = 0.5 * (1 + erf(x / np.sqrt(2)))
        return x * self.cumulative

    def backward(self, g):
        density = np.exp(-self.x ** 2 / 2) / np.sqrt(2 * np.pi)
        return g * (self.cumulative + self.x * density)

    def onnx(self, x, y, name):
        """x · (1 + erf(x / √2)) / 2, written out."""
        return [helper.make_node("Div", [x, "root2"], [f"{name}.d"], f"{name}.div"),
                helper.make_node("Erf", [f"{name}.d"], [f"{name}.e"], f"{name}.erf"),
                helper.make_node("Add", [f"{name}.e", "one"], [f"{name}.p"], f"{name}.add"),
                helper.make_node("Mul", [x, f"{name}.p"], [f"{name}.m"], f"{name}.mul"),
                helper.make_node("Mul", [f"{name}.m", "half"], [y], f"{name}.half")]


class SelfAttention:
    """Heads share the width; no mask."""

    parts = ["query", "key", "value", "output"]

    def __init__(self, rng, width, heads):
        self.heads = heads
        self.weights = [_linear(rng, width, width) for _ in range(4)]

    def _split(self, x):
        n, t, w = x.shape
        return x.reshape(n, t, self.heads, w // self.heads).transpose(0, 2, 1, 3)

    def _join(self, x):
        n, h, t, d = x.shape
        return x.transpose(0, 2, 1, 3).reshape(n, t, h * d)

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = (self._split(x @ w) for w in self.weights[:3])
        self.root = np.sqrt(self.q.shape[-1])
        scores = self.q @ self.k.swapaxes(2, 3) / self.root
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        self.p = powers / powers.sum(-1, keepdims=True)
        self.mixed = self._join(self.p @ self.v)
        return self.mixed @ self.weights[3]

    def backward(self, g):
        flat = lambda a: a.reshape(-1, a.shape[-1])
        output = flat(self.mixed).T @ flat(g)
        g = self._split(g @ self.weights[3].T)
        gp = g @ self.v.swapaxes(2, 3)
        gs = self.p * (gp - (gp * self.p).sum(-1, keepdims=True)) / self.root
        parts = [gs @ self.k, gs.swapaxes(2, 3) @ self.q, self.p.swapaxes(2, 3) @ g]
        parts = [self._join(part) for part in parts]
        self.gradients = [flat(self.x).T @ flat(part) for part in parts] + [output]
        return sum(part @ w.T for part, w in zip(parts, self.weights))

    def onnx(self, x, y, name):
        n = lambda part: f"{name}.{part}"
        nodes = []
        for part, permutation in [("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])]:
            nodes += [
                helper.make_node("MatMul", [x, n(part)], [n(part + ".all")], n(part + ".matmul")),
                helper.make_node("Reshape", [n(part + ".all"), "split"], [n(part + ".heads")], n(part + ".split")),
                helper.make_node("Transpose", [n(part + ".heads")], [n(part + ".t")], n(part + ".transpose"),
                                 perm=permutation)]
        return nodes + [
            helper.make_node("MatMul", [n("query.t"), n("key.t")], [n("raw")], n("scores")),
            helper.make_node("Div", [n("raw"), "root"], [n("scaled")], n("scale")),
            helper.make_node("Softmax", [n("scaled")], [n("p")], n("softmax"), axis=-1),
            helper.make_node("MatMul", [n("p"), n("value.t")], [n("o")], n("mix")),
            helper.make_node("Transpose", [n("o")], [n("o.t")], n("untranspose"), perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [n("o.t"), "join"], [n("mixed")], n("join")),
            helper.make_node("MatMul", [n("mixed"), n("output")], [y], name)]


class Residual:
    """x + the layers of x."""

    def __init__(self, *layers):
        self.layers = layers
        self.weights = [w for layer in layers for w in layer.weights]
        self.parts = [f"{i}.{part}" for i, layer in enumerate(layers) for part in layer.parts]

    def forward(self, x):
        y = x
        for layer in self.layers:
            y = layer.forward(y)
        return x + y

    def backward(self, g):
        own = g
        for layer in reversed(self.layers):
            own = layer.backward(own)
        self.gradients = [d for layer in self.layers for d in layer.gradients]
        return g + own

    def onnx(self, x, y, name):
        nodes, value = [], x
        for i, layer in enumerate(self.layers):
            nodes += layer.onnx(value, f"{name}.{i}.out", f"{name}.{i}")
            value = f"{name}.{i}.out"
        return nodes + [helper.make_node("Add", [x, value], [y], name)]


class RowTokens:
    """An image's eight rows as tokens of eight pixels, embedded, with learned positions."""

    parts = ["weight", "positions"]

    def __init__(self, rng, width):
        self.weights = [_linear(rng, 8, width), rng.normal(0, 0.1, (8, width))]

    def forward(self, x):
        self.x = x.reshape(-1, 8, 8)
        return self.x @ self.weights[0] + self.weights[1]

    def backward(self, g):
        self.gradients = [np.tensordot(self.x, g, ([0, 1], [0, 1])), g.sum(0)]
        return g @ self.weights[0].T

    def onnx(self, x, y, name):
        return [helper.make_node("Reshape", [x, "tokens"], [f"{name}.rows"], f"{name}.reshape"),
                helper.make_node("MatMul", [f"{name}.rows", f"{name}.weight"], [f"{name}.e"], f"{name}.embed"),
                helper.make_node("Add", [f"{name}.e", f"{name}.positions"], [y], name)]


class MeanToken:
    parts, weights, gradients = [], [], []

    def forward(self, x):
        self.count = x.shape[1]
        return x.mean(1)

    def backward(self, g):
        return np.repeat(g[:, None] / self.count, self.count, 1)

    def onnx(self, x, y, name):
        return [helper.make_node("ReduceMean", [x], [y], name, axes=[1], keepdims=0)]


WIDTH, HEADS = 32, 4

# The constants that the nodes above name.
CONSTANTS = {
    "root2": np.float32(np.sqrt(2)), "one": np.float32(1), "half": np.float32(0.5),
    "root": np.float32(np.sqrt(WIDTH // HEADS)), "tokens": np.array([-1, 8, 8], np.int64),
    "split": np.array([0, 0, HEADS, WIDTH // HEADS], np.int64),
    "join": np.array([0, 0, WIDTH], np.int64),
}


def transformer(rng):
    """Two blocks, as pre-normalised encoders have them."""
    layers = [RowTokens(rng, WIDTH)]
    for _ in range(2):
        layers += [
            Residual(LayerNorm(WIDTH), SelfAttention(rng, WIDTH, HEADS)),
            Residual(LayerNorm(WIDTH), Linear(rng, WIDTH, 2 * WIDTH), Gelu(),
                     Linear(rng, 2 * WIDTH, WIDTH))]
    return layers + [LayerNorm(WIDTH), MeanToken(), Linear(rng, WIDTH, 10)]
