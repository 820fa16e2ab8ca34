"""Known answers for Fr and Fq: prints Tests/FieldTests/FieldVectors.swift (then swift format -i).

Origin: Python's integers.
"""
import random

R = 21888242871839275222246405745257275088548364400416034343698204186575808495617
Q = 21888242871839275222246405745257275088696311157297823662689037894645226208583

print("// Printed by Tests/Vectors/field.py from Python's integers; do not edit.\n")
print("enum FieldVectors {")
for name, p in (("fr", R), ("fq", Q)):
    rng = random.Random(name)
    pairs = [(p - 1, p - 1), (p - 1, 2), (2**64 - 1, 2**192), (2**253, 2**253), ((p + 1) // 2, 2)]
    pairs += [(rng.randrange(p), rng.randrange(p)) for _ in range(8)]
    print(f"  /// a, b, a + b, a - b, a · b, 1 / a.\n  static let {name}: [[String]] = [")
    for a, b in pairs:
        row = (a, b, (a + b) % p, (a - b) % p, a * b % p, pow(a, -1, p))
        print("    [\n" + "".join(f'      "{v:064x}",\n' for v in row) + "    ],")
    print("  ]")
print("}")
