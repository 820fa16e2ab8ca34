"""Writes small SRS files of the development tau, in the formats of other tools:

    dev3_raw.ptau       as snarkjs writes it: sections 1 to 7, header of 44 bytes
    dev3_prepared.ptau  prepared for phase 2: sections 12 to 15 too, in another order
    dev3_pruned.ptau    as Nova writes it: sections 3, 2, 1, header of 40 bytes
    dev3.srs            halo2 ParamsKZG, RawBytes, k = 3
    dev3.zksrs          our own, from the layout at the top of Sources/Prover/SRS/SRSFile.swift

and of a tau that somebody chose and that no file says anything of:

    homemade7_pruned.ptau   2^7 powers

Origin: py_ecc for the points; the formats from snarkjs (src/powersoftau_utils.js), Nova
(src/provider/ptau.rs) and halo2 (ParamsKZG::write_custom). Sections 4 to 7 and 12 to 15, which
nobody reads, hold points and zeros of the right length.
"""
import pathlib
import struct

from Crypto.Hash import keccak
from py_ecc.bn128 import G1, G2, curve_order as r, field_modulus as q, multiply

HERE = pathlib.Path(__file__).parent
POWER = 3
SEED = b"zkml-insecure-dev-srs-v1"


def hash256(data):
    return keccak.new(digest_bits=256, data=data).digest()


def secret(seed):
    return int.from_bytes(hash256(seed + b"\0") + hash256(seed + b"\1"), "little") % r


TAU = secret(SEED)
ALPHA, BETA = 123456789, 987654321


def fq(value):
    return (int(value) * 2**256 % q).to_bytes(32, "little")


def g1(scalar):
    return b"".join(fq(c) for c in multiply(G1, scalar % r))


def g2(scalar):
    return b"".join(fq(c) for coordinate in multiply(G2, scalar % r) for c in coordinate.coeffs)


def section(number, content):
    return struct.pack("<IQ", number, len(content)) + content


def container(sections):
    return b"ptau" + struct.pack("<II", 1, len(sections)) + b"".join(sections)


def ptau_header(power):
    return struct.pack("<I", 32) + q.to_bytes(32, "little") + struct.pack("<I", power)


N = 2**POWER
header = ptau_header(POWER)
parts = {
    1: header + struct.pack("<I", 28),
    2: b"".join(g1(pow(TAU, i, r)) for i in range(2 * N - 1)),
    3: b"".join(g2(pow(TAU, i, r)) for i in range(N)),
    4: b"".join(g1(ALPHA * pow(TAU, i, r)) for i in range(N)),
    5: b"".join(g1(BETA * pow(TAU, i, r)) for i in range(N)),
    6: g2(BETA),
    7: struct.pack("<I", 0),
    12: bytes(64 * (2**(POWER + 2) - 1)),
    13: bytes(128 * (2**(POWER + 1) - 1)),
    14: bytes(64 * (2**(POWER + 1) - 1)),
    15: bytes(64 * (2**(POWER + 1) - 1)),
}
raw = container([section(i, parts[i]) for i in range(1, 8)])
prepared = container([section(i, parts[i]) for i in (7, 12, 3, 13, 2, 14, 15, 1, 4, 5, 6)])
pruned = container([section(3, parts[3][:256]), section(2, parts[2][: 64 * N]), section(1, header)])

omega = pow(5, (r - 1) // N, r)
lagrange = []
for i in range(N):
    w = pow(omega, i, r)
    lagrange.append(w * (pow(TAU, N, r) - 1) * pow(N * (TAU - w), -1, r) % r)
halo2 = struct.pack("<I", POWER) + parts[2][: 64 * N] + b"".join(map(g1, lagrange))
halo2 += g2(1) + g2(TAU)

def canonical(point):
    return b"".join(int(c).to_bytes(32, "little") for c in point)


def compressed_g2(point):
    (x0, x1), (y0, y1) = [[int(c) for c in coordinate.coeffs] for coordinate in point]
    sign = (y0 if y0 else y1) & 1
    return x0.to_bytes(32, "little") + (x1 | sign << 255).to_bytes(32, "little")


x, y = (int(c) for c in multiply(G1, TAU))
own = b"ZKSRS\0\0\0" + struct.pack("<IQI", 1, 192 + 64 * N, POWER)
own += (x | (y & 1) << 255).to_bytes(32, "little") + compressed_g2(multiply(G2, TAU)) + b"\1"
own = own.ljust(160, b"\0")
own += hash256(own)
own += b"".join(canonical(multiply(G1, pow(TAU, i, r))) for i in range(N))

home_made = secret(b"home-made")
home_made_g1 = b"".join(g1(pow(home_made, i, r)) for i in range(2**7))
home_made_file = container(
    [section(3, g2(1) + g2(home_made)), section(2, home_made_g1), section(1, ptau_header(7))])

for name, content in {
    "homemade7_pruned.ptau": home_made_file,
    "dev3.zksrs": own,
    "dev3_raw.ptau": raw,
    "dev3_prepared.ptau": prepared,
    "dev3_pruned.ptau": pruned,
    "dev3.srs": halo2,
}.items():
    (HERE / name).write_bytes(content)
