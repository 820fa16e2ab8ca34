#!/usr/bin/env python3
"""Makes Tests/Vectors/elementary_functions.csv: exactly rounded values of functions.

Each line: function, h, input fraction bits f, output fraction bits k, floor(F(h / 2^f) * 2^k + 1/2).
mpmath computes with 2,000 bits, so far more than any of these needs to be decided.

    venv/bin/python elementary_functions.py     (see requirements.txt)
"""
import pathlib
import random

from mpmath import mp, mpf

mp.prec = 2000
FUNCTIONS = {
    "exp": mp.exp,
    "sigmoid": lambda x: 1 / (1 + mp.exp(-x)),
    "tanh": mp.tanh,
}
OTHERS = {
    "log": mp.log,
    "erf": mp.erf,
    "gelu": lambda x: x * (1 + mp.erf(x / mp.sqrt(2))) / 2,
    "geluTanh": lambda x: x / 2 * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (x + mpf(44715) / 10**6 * x**3))),
    "softplus": lambda x: mp.log(1 + mp.exp(x)),
    "mish": lambda x: x * mp.tanh(mp.log(1 + mp.exp(x))),
    "elu": lambda x: x if x >= 0 else mpf(3) / 4 * mp.expm1(x),
    "hardSwish": lambda x: x * max(0, min(1, x / 6 + mpf(1) / 2)),
    "sin": mp.sin,
    "cos": mp.cos,
    "sqrt": mp.sqrt,
    "reciprocal": lambda x: 1 / x,
    "power": lambda x: x ** (mpf(7) / 4),
    "softsign": lambda x: x / (1 + abs(x)),
}
POSITIVE = ["log", "sqrt", "power", "reciprocal"]


def rounded(name, h, f, k):
    function = FUNCTIONS.get(name) or OTHERS[name]
    return int(mp.floor(function(mpf(h) / 2**f) * 2**k + mpf(1) / 2))


def cases():
    generator = random.Random(2024)
    for name in FUNCTIONS:
        # Every argument of a small table.
        for h in range(-40, 41):
            yield name, h, 3, 4
        # Zero, where sigmoid is a tie at k = 0.
        for k in [0, 1, 16, 40]:
            yield name, 0, 5, k
        # Arguments beside zero: values beside ties and beside integers.
        for f in [8, 20, 40, 62]:
            for k in [0, 1, f - 1, f // 2]:
                yield name, 1, f, k
                yield name, -1, f, k
                yield name, 3, f, k
        # The ends, where values saturate.
        for h in [-(2**40), -200, -127, -128, -129, 127, 128, 200, 2**40]:
            if name != "exp" or h < 0:
                yield name, h, 0, 30
        for _ in range(500):
            f, k = generator.randrange(0, 30), generator.randrange(0, 30)
            limit = 20 if name == "exp" else 60
            h = generator.randrange(-limit * 2**f, limit * 2**f + 1)
            yield name, h, f, k


def other_cases():
    generator = random.Random(2025)
    for name in OTHERS:
        low = 1 if name in POSITIVE else -40
        for h in range(low, 41):
            yield name, h, 3, 4
            yield name, h, 3, -1
        for h in [1, 3, 1000, 2**15]:
            for k in [0, 7, 30]:
                yield name, h, -2, k
                yield name, h, 30, k
                if name not in POSITIVE:
                    yield name, -h, -2, k
                    yield name, -h, 30, k
        for _ in range(150):
            f, k = generator.randrange(0, 24), generator.randrange(0, 24)
            h = generator.randrange(1 if name in POSITIVE else -30 * 2**f, 30 * 2**f + 1)
            yield name, h, f, k


def table_ties():
    """Arguments whose values lie closest to a tie among 2^16 of a common format."""
    for name in FUNCTIONS:
        def distance(h):
            y = FUNCTIONS[name](mpf(h) / 2**12) * 2**12
            return abs(y - mp.floor(y) - mpf(1) / 2)
        mp.prec = 100
        closest = sorted((h for h in range(-(2**15), 2**15, 5) if h), key=distance)[:40]
        mp.prec = 2000
        for h in closest:
            yield name, h, 12, 12


if __name__ == "__main__":
    path = pathlib.Path(__file__).parent / "elementary_functions.csv"
    lines = [f"{n},{h},{f},{k},{rounded(n, h, f, k)}"
             for n, h, f, k in list(cases()) + list(table_ties()) + list(other_cases())]
    path.write_text("\n".join(lines) + "\n")
    print(len(lines), "lines")
