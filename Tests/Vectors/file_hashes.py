"""Known answers for Tests/ProverTests/SRSFileHashTests.swift; prints Swift literals.

Origin: Python's hashlib. `chain` hashes the digests of every length from 0 to 299, of the bytes
7 i mod 251, so that every case of padding has its part in it.
"""
import hashlib
import pathlib

HERE = pathlib.Path(__file__).parent
message = bytes(7 * i % 251 for i in range(300))

for name, function in {"sha256": hashlib.sha256, "blake2b": hashlib.blake2b}.items():
    digests = b"".join(function(message[:n]).digest() for n in range(300))
    print(f'  static let {name}Chain = "{function(digests).hexdigest()}"')
for path in ["dev3_raw.ptau", "dev3.srs"]:
    function = hashlib.blake2b if path.endswith("ptau") else hashlib.sha256
    print(f'  "{path}": "{function((HERE / path).read_bytes()).hexdigest()}"')
