"""Writes the tensor files that the tests read, into tensors/ beside this script.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6
    venv/bin/python make_vectors.py

expected.json says what each file holds. In deflate.npz every array is the same data, compressed
by zlib in another way; the first one is stored.
"""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parent / "tensors"
RNG = np.random.Generator(np.random.PCG64(7))


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def write_npy_files(expected):
    for name in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
        for order in "<>":
            dtype = np.dtype(order + name)
            if dtype.itemsize == 1 and order == ">":
                continue
            if name == "b1":
                values = RNG.integers(0, 2, (2, 3)).astype(dtype)
            elif name[0] == "f":
                values = (RNG.normal(0, 100, (2, 3))).astype(dtype)
                values[0, 0] = np.finfo(dtype).tiny / 4  # subnormal
                values[0, 1] = -np.finfo(dtype).max
            else:
                info = np.iinfo(dtype)
                top = min(info.max, 2**63 - 1)
                values = RNG.integers(max(info.min, -2**62), min(top, 2**62), (2, 3)).astype(dtype)
                values[0, 0], values[0, 1] = info.min, top
            label = name + ("-big" if order == ">" else "")
            (OUT / f"{label}.npy").write_bytes(npy(values))
            expected[label] = values.tolist()

    cube = np.arange(24, dtype="<i4").reshape(2, 3, 4)
    others = {
        "scalar": (np.array(2.5), (1, 0)),
        "vector": (np.array([1.5, -2.0, 1e300]), (1, 0)),
        "empty": (np.zeros((2, 0)), (1, 0)),
        "fortran": (np.asfortranarray(cube), (1, 0)),
        "version2": (cube, (2, 0)),
        "version3": (np.asfortranarray(cube.astype(">f4")), (3, 0)),
    }
    for name, (array, version) in others.items():
        (OUT / f"{name}.npy").write_bytes(npy(array, version))
        expected[name] = array.tolist()

    # Refused, each for its own reason.
    refused = {
        "nan": np.array([[1.0, 2.0], [3.0, np.nan]]),
        "infinity": np.array([1, -np.inf], dtype="<f2"),
        "u8-large": np.array([0, 2**63], dtype="<u8"),
        "complex": np.array([1j]),
        "text": np.array(["a"]),
        "record": np.zeros(1, dtype=[("a", "<f4"), ("b", "<i4")]),
    }
    for name, array in refused.items():
        (OUT / f"refused-{name}.npy").write_bytes(npy(array))


def write_npz_files(expected):
    arrays = {"image": RNG.normal(size=(2, 3)).astype("<f4"), "mask": np.array([True, False])}
    # numpy's own files carry 1980 as their date: the same bytes every time.
    np.savez(OUT / "stored.npz", **arrays)
    np.savez_compressed(OUT / "deflated.npz", **arrays)
    np.savez(OUT / "unnamed.npz", arrays["image"], arrays["mask"])
    expected["image"] = arrays["image"].tolist()
    expected["mask"] = arrays["mask"].astype(int).tolist()

    # Entries with data descriptors (a zip written to a stream) and a comment at the end.
    class Stream(io.RawIOBase):
        def __init__(self):
            self.data = bytearray()

        def writable(self):
            return True

        def write(self, block):
            self.data += block
            return len(block)

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as out:
        for name, array in arrays.items():
            out.writestr(zipfile.ZipInfo(f"{name}.npy"), npy(array), zipfile.ZIP_DEFLATED)
        out.comment = b"made in one go"
    (OUT / "streamed.npz").write_bytes(stream.data)

    # zip64 in every place, although nothing is large.
    body, name = npy(arrays["image"]), b"image.npy"
    crc = zlib.crc32(body)
    full, short = 0xFFFFFFFF, 0xFFFF
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 0x21, crc, full, full, len(name), 20)
    local += name + struct.pack("<HHQQ", 1, 16, len(body), len(body)) + body
    record = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 0x21, crc, full, full, len(name), 32, 0,
        0, 0, 0, full)
    # An unknown extra field first, to be passed over.
    record += name + struct.pack("<HHI", 0x7777, 4, 0) + struct.pack(
        "<HHQQQ", 1, 24, len(body), len(body), 0)
    record = record.replace(struct.pack("<HHH", len(name), 32, 0), struct.pack("<HHH", len(name), 36, 0))
    end64 = struct.pack(
        "<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, 1, 1, len(record), len(local))
    locator = struct.pack("<IIQI", 0x07064B50, 0, len(local) + len(record), 1)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, short, short, full, full, 0)
    (OUT / "zip64.npz").write_bytes(local + record + end64 + locator + end)


def raw_deflate(data, level=6, strategy=zlib.Z_DEFAULT_STRATEGY, flush=0):
    engine = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    if not flush:
        return engine.compress(data) + engine.flush()
    parts = [engine.compress(data[i:i + flush]) + engine.flush(zlib.Z_FULL_FLUSH)
             for i in range(0, len(data), flush)]
    return b"".join(parts) + engine.flush()


def write_zip(path, entries):
    """entries: (name, method, compressed bytes, original bytes)"""
    archive, directory = b"", b""
    for name, method, packed, body in entries:
        name = name.encode()
        common = struct.pack(
            "<HHHHHIIIHH", 20, 0, method, 0, 0x21, zlib.crc32(body), len(packed), len(body),
            len(name), 0)
        directory += struct.pack("<IH", 0x02014B50, 20) + common + bytes(10)
        directory += struct.pack("<I", len(archive)) + name
        archive += struct.pack("<I", 0x04034B50) + common + name + packed
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(entries), len(entries), len(directory),
                      len(archive), 0)
    path.write_bytes(archive + directory + end)


def write_deflate_file():
    # Words, runs, smooth floats, noise, and a far repetition (distance 32768, length 258).
    words = b" ".join([b"proof", b"circuit", b"tensor", b"claim"][i] for i in RNG.integers(0, 4, 600))
    runs = b"".join(bytes([v]) * n for v, n in zip(RNG.integers(0, 9, 60), RNG.integers(1, 400, 60)))
    floats = np.sin(np.arange(512) / 50).astype("<f4").tobytes()
    noise = RNG.integers(0, 256, 3000).astype("u1").tobytes()
    data = words + runs + floats + noise
    body = npy(np.frombuffer(data, "u1"))
    ways = {f"level{level}": raw_deflate(body, level) for level in range(10)}
    ways["fixed"] = raw_deflate(body, 9, zlib.Z_FIXED)
    ways["huffman"] = raw_deflate(body, 9, zlib.Z_HUFFMAN_ONLY)
    ways["rle"] = raw_deflate(body, 9, zlib.Z_RLE)
    ways["filtered"] = raw_deflate(body, 9, zlib.Z_FILTERED)
    ways["blocks"] = raw_deflate(body, 9, flush=997)
    entries = [("stored.npy", 0, body, body)]
    entries += [(f"{name}.npy", 8, packed, body) for name, packed in ways.items()]
    write_zip(OUT / "deflate.npz", entries)

    # Code lengths up to 15 bits: symbol k occurs fib(k) times, so that one side of the tree is long.
    fib = [1, 1]
    while len(fib) < 22:
        fib.append(fib[-1] + fib[-2])
    skewed = RNG.permutation(np.repeat(np.arange(22, dtype="u1"), fib)).tobytes()
    far = noise[:300] + bytes(32768 - 300) + noise[:300]
    cases = {"skewed": (skewed, zlib.Z_HUFFMAN_ONLY), "far": (far, zlib.Z_DEFAULT_STRATEGY)}
    entries = []
    for name, (data, strategy) in cases.items():
        body = npy(np.frombuffer(data, "u1"))
        entries.append((f"{name}.npy", 8, raw_deflate(body, 9, strategy), body))
    write_zip(OUT / "deflate-long.npz", entries)
    assert max(code_lengths(entries[0][2])) >= 14
    return [np.frombuffer(skewed, "u1"), np.frombuffer(far, "u1")]


def code_lengths(packed):
    """The code lengths that the first, dynamic, block declares."""
    bits = int.from_bytes(packed, "little") >> 3
    def take(n):
        nonlocal bits
        value = bits & ((1 << n) - 1)
        bits >>= n
        return value
    counts = take(5) + 257 + take(5) + 1
    lengths = [0] * 19
    codes = take(4) + 4
    for i in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][:codes]:
        lengths[i] = take(3)
    table, code = {}, 0
    for n in range(1, 8):
        for symbol in range(19):
            if lengths[symbol] == n:
                table[n, code] = symbol
                code += 1
        code <<= 1
    out = []
    while len(out) < counts:
        n = code = 0
        while (n, code) not in table:
            code, n = code << 1 | take(1), n + 1
        symbol = table[n, code]
        out += ([symbol] if symbol < 16 else [out[-1]] * (3 + take(2)) if symbol == 16
                else [0] * (3 + take(3)) if symbol == 17 else [0] * (11 + take(7)))
    return out


def write_json_files(expected):
    image = expected["image"]
    (OUT / "named.json").write_text(
        json.dumps({"image": image, "mask": [1, 0], "weird \u00e9\U0001F600\"": 3}, indent=1))
    (OUT / "ezkl.json").write_text(json.dumps(
        {"input_data": [sum(image, []), [1, 0]], "output_data": [["0x00ff"]], "x": None}))
    # Doubles by many routes, each beside the bits that Python reads.
    texts = ["0", "-0.0", "1", "-1", "0.1", "1e22", "1e23", "123456789012345678", "1E-7",
             "9007199254740993", "9223372036854775807", "-9223372036854775808",
             "9223372036854775808", "18446744073709551616", "2.2250738585072014e-308", "5e-324",
             "1.7976931348623157e308", "0.000000000000000000000000000001", "1e-400",
             "179769313486231570000000000000000000000e270", "3.141592653589793238462643383279",
             "100000000000000000000000.0e-23", "12345678901234567890123e-5"]
    texts += [repr(float(v)) for v in RNG.normal(0, 1, 40) * 10.0 ** RNG.integers(-30, 30, 40)]
    bits = [struct.unpack("<q", struct.pack("<d", float(text)))[0] for text in texts]
    (OUT / "numbers.json").write_text(
        '{"values": [' + ", ".join(texts) + '], "bits": ' + json.dumps(bits) + "}\n")


def main():
    OUT.mkdir(exist_ok=True)
    for file in OUT.iterdir():
        file.unlink()
    expected = {}
    write_npy_files(expected)
    write_npz_files(expected)
    skewed, far = write_deflate_file()
    expected["deflate-long-sums"] = [
        int((array.astype(np.int64) * (1 + np.arange(len(array)) % 1009)).sum())
        for array in (skewed, far)]
    write_json_files(expected)
    (OUT / "expected.json").write_text(json.dumps(expected, indent=0) + "\n")


if __name__ == "__main__":
    main()
