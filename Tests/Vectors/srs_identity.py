"""Known answers for Tests/CurveTests/SRSIdentityTests.swift; prints Swift literals.

Origin: py_ecc (curve) and pycryptodome (Keccak-256). Everything is derived here from the text of
the protocol page: H by counting, the development tau from its seed, the identity's digest.
"""
from Crypto.Hash import keccak
from py_ecc.bn128 import G1, G2, curve_order, field_modulus as q, multiply

H_NAME = b"zkml-blinding-H"
SEED = b"zkml-insecure-dev-srs-v1"


def hash256(data):
    return keccak.new(digest_bits=256, data=data).digest()


def le(n):
    return int(n).to_bytes(32, "little")


def compress_g1(point):
    x, y = int(point[0]), int(point[1])
    return le(x | (y & 1) << 255)


def compress_g2(point):
    (x0, x1), (y0, y1) = [[int(c) for c in coordinate.coeffs] for coordinate in point]
    sign = (y0 if y0 else y1) & 1
    return le(x0) + le(x1 | sign << 255)


counter = 0
while True:
    x = int.from_bytes(hash256(H_NAME + counter.to_bytes(4, "little")), "little") % q
    y = pow(x**3 + 3, (q + 1) // 4, q)
    if y * y % q == (x**3 + 3) % q:
        break
    counter += 1
h = (x, y if y % 2 == 0 else q - y)
tau = int.from_bytes(hash256(SEED + b"\0") + hash256(SEED + b"\1"), "little") % curve_order
tau_g1, tau_g2 = multiply(G1, tau), multiply(G2, tau)
print(f"  // counter {counter}")
print(f'  static let blindingX = "{h[0]:064x}"\n  static let blindingY = "{h[1]:064x}"')
print(f'  static let tau = "{tau:064x}"')
print(f'  static let tauG1 = "{compress_g1(tau_g1).hex()}"')
print(f'  static let tauG2 = "{compress_g2(tau_g2).hex()}"')
message = b"zkml-srs-identity-v1" + compress_g1(G1) + compress_g1(tau_g1) + compress_g2(G2)
message += compress_g2(tau_g2) + compress_g1(h)
print(f'  static let insecureDigest = "{hash256(message + bytes([1])).hex()}"')
print(f'  static let secureDigest = "{hash256(message + bytes([0])).hex()}"')

# The public ceremony: tau's points from kzg1.srs, as EZKL publishes it (Montgomery form).
import pathlib

data = (pathlib.Path(__file__).parent / "kzg1.srs").read_bytes()
words = [int.from_bytes(data[i : i + 32], "little") for i in range(4, len(data), 32)]
words = [w * pow(2**256, -1, q) % q for w in words]
point_g1 = (words[2], words[3])  # g[1]
x0, x1, y0, y1 = words[-4:]


class Pair:
    def __init__(self, *coeffs):
        self.coeffs = coeffs


print(f'  static let ceremonyTauG1 = "{compress_g1(point_g1).hex()}"')
print(f'  static let ceremonyTauG2 = "{compress_g2((Pair(x0, x1), Pair(y0, y1))).hex()}"')

# Hermez's ceremony: x * [1]_2 as 0xPolygonHermez/zkevm-contracts 06307025 has it in
# contracts/verifiers/FflonkVerifier.sol (X2x1, X2x2, X2y1, X2y2).
hermez = (
    Pair(
        21831381940315734285607113342023901060522397560371972897001948545212302161822,
        17231025384763736816414546592865244497437017442647097510447326538965263639101,
    ),
    Pair(
        2388026358213174446665280700919698872609886601280537296205114254867301080648,
        11507326595632554467052522095592665270651932854513688777769618397986436103170,
    ),
)
print(f'  static let hermezTauG2 = "{compress_g2(hermez).hex()}"')
