"""Known answers for BN254: prints Tests/CurveTests/PairingVectors.swift (then swift format -i).

Origin: py_ecc 8.0.0 (plain Python implementation of the Ethereum Foundation), bn128 module.
Its F_q^12 is F_q[w] / (w^12 - 18 w^6 + 82), so w^6 = 9 + u: coefficient i of the tower is
(c_i + 9 c_{i+6}) + c_{i+6} u at w^i. Points are printed as decimal-free hex, x then y.
"""
from py_ecc.bn128 import FQ12, G1, G2, curve_order, multiply, pairing, add, neg


def fq(value):
    return f"{int(value):064x}"


def g1(point):
    return ", ".join(f'"{fq(c)}"' for c in point)


def g2(point):
    return ", ".join(f'"{fq(c)}"' for coordinate in point for c in coordinate.coeffs)


def gt(value):
    c = [int(x) for x in value.coeffs]
    q = 21888242871839275222246405745257275088696311157297823662689037894645226208583
    pairs = [((c[i] + 9 * c[i + 6]) % q, c[i + 6]) for i in range(6)]
    return ",\n".join(f'      "{fq(x)}", "{fq(y)}"' for x, y in pairs)


SCALARS = [1, 2, 3, 0x1234567890ABCDEF, curve_order - 1, pow(7, 100, curve_order)]

print("// Printed by Tests/Vectors/pairing.py from py_ecc; do not edit.\n")
print("enum PairingVectors {")
print("  /// k, then k · generator of G1 as x, y.")
print("  static let g1: [[String]] = [")
for k in SCALARS:
    print(f'    ["{fq(k)}", {g1(multiply(G1, k))}],')
print("  ]\n\n  /// k, then k · generator of G2 as x.c0, x.c1, y.c0, y.c1.")
print("  static let g2: [[String]] = [")
for k in SCALARS:
    print(f'    ["{fq(k)}", {g2(multiply(G2, k))}],')
print("  ]\n\n  /// a, b, then e(a G1, b G2): coefficients c0, c1 of w^0, w^1, …, w^5.")
print("  static let pairings: [(a: String, b: String, value: [String])] = [")
for a, b in [(1, 1), (5, 11), (pow(3, 77, curve_order), pow(5, 91, curve_order))]:
    value = pairing(multiply(G2, b), multiply(G1, a))
    print(f'    (\n      "{fq(a)}", "{fq(b)}",\n      [\n{gt(value)},\n      ]\n    ),')
print("  ]\n}")
