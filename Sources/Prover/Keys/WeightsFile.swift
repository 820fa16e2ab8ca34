import Circuits
import Field

/// The bundle's `weights`: the constants of a circuit, each at the narrowest of 1, 2, 4, 8 bytes
/// that holds all its integers.
public enum WeightsFile {
    public static let magic = "ZKMLWGTS"
    public static let version: UInt64 = 1

    /// `constants` in the order of ``Circuits/Circuit/constantShapes``.
    public static func encoded(_ constants: [[Int64]]) -> [UInt8] {
        var writer = ByteWriter()
        writer.count(constants.count)
        for cells in constants {
            let width = cells.reduce(1) { max($0, byteWidth($1)) }
            writer.count(width, byteCount: 1)
            writer.count(cells.count, byteCount: 8)
            for cell in cells {
                writer.unsigned(
                    UInt64(bitPattern: cell) & (width == 8 ? .max : (1 << UInt64(8 * width)) - 1),
                    byteCount: width)
            }
        }
        return ByteWriter.file(magic: magic, version: version, body: writer.bytes)
    }

    /// Decodes constants that must have exactly the circuit's shapes.
    ///
    /// - Throws: ``Field/DecodingError``; counts come from the circuit, not from the bytes.
    public static func decode(
        _ bytes: [UInt8], circuit: Circuit
    ) throws(DecodingError) -> [[Int64]] {
        var reader = ByteReader(bytes)
        try reader.header(magic: magic, version: version)
        let shapes = circuit.constantShapes
        try reader.expect(shapes.count, try reader.unsigned(byteCount: 4, "constants"), "constants")
        var constants: [[Int64]] = []
        for shape in shapes {
            let width = try byteWidth(&reader)
            try reader.expect(shape.cellCount, try reader.unsigned(byteCount: 8, "cells"), "cells")
            guard shape.cellCount <= reader.remaining / width else {
                throw .truncated(
                    field: "cells", offset: reader.offset, needed: shape.cellCount,
                    available: reader.remaining / width)
            }
            let slice = try reader.bytes(shape.cellCount * width, "cells")
            constants.append(signedIntegers(slice, width: width))
        }
        try reader.finish()
        return constants
    }

    /// For each constant of a file how many bytes an integer takes, and how many there are.
    ///
    /// - Throws: ``Field/DecodingError``.
    public static func layout(
        of bytes: [UInt8]
    ) throws(DecodingError) -> [(byteWidth: Int, cellCount: Int)] {
        var reader = ByteReader(bytes)
        try reader.header(magic: magic, version: version)
        let count = try reader.count(limit: CircuitLimits.tensors, "constants")
        var layout: [(byteWidth: Int, cellCount: Int)] = []
        for _ in 0..<count {
            let width = try byteWidth(&reader)
            let cells = try reader.count(
                byteCount: 8, limit: reader.remaining / width, "cells")
            _ = try reader.bytes(cells * width, "cells")
            layout.append((width, cells))
        }
        try reader.finish()
        return layout
    }

    private static func byteWidth(_ reader: inout ByteReader) throws(DecodingError) -> Int {
        let start = reader.offset
        let width = try reader.count(byteCount: 1, limit: 8, "width")
        guard [1, 2, 4, 8].contains(width) else {
            throw .outOfRange(field: "width", offset: start, value: width, limit: 8)
        }
        return width
    }

    private static func signedIntegers(_ bytes: ArraySlice<UInt8>, width: Int) -> [Int64] {
        let unused = Int64(64 - 8 * width)
        return stride(from: bytes.startIndex, to: bytes.endIndex, by: width).map { start in
            var pattern: UInt64 = 0
            for byte in 0..<width { pattern |= UInt64(bytes[start + byte]) << UInt64(8 * byte) }
            return (Int64(bitPattern: pattern) << unused) >> unused
        }
    }

    private static func byteWidth(_ value: Int64) -> Int {
        if Int64(Int8(truncatingIfNeeded: value)) == value { return 1 }
        if Int64(Int16(truncatingIfNeeded: value)) == value { return 2 }
        return Int64(Int32(truncatingIfNeeded: value)) == value ? 4 : 8
    }
}

extension ByteReader {
    /// A count that the circuit fixes.
    fileprivate func expect(
        _ expected: Int, _ found: UInt64, _ field: String
    ) throws(DecodingError) {
        guard found == UInt64(expected) else {
            throw .outOfRange(
                field: field, offset: offset, value: Int(clamping: found), limit: expected)
        }
    }
}
