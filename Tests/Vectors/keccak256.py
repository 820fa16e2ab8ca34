"""Known answers for Keccak-256: prints the Swift literals of Tests/FieldTests/Keccak256Tests.swift.

Origin: pycryptodome (Crypto.Hash.keccak), independent of our code.
Message of length n: bytes (7 i + n) mod 256 for i < n.
"""
from Crypto.Hash import keccak

for n in (0, 1, 3, 8, 31, 32, 55, 64, 134, 135, 136, 137, 143, 144, 271, 272, 273, 1000, 4096):
    message = bytes((7 * i + n) % 256 for i in range(n))
    digest = keccak.new(digest_bits=256, data=message).hexdigest()
    print(f'        ({n}, "{digest}"),')
