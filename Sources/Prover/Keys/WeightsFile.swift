import Circuits
import Field

/// The bundle's `weights`: the constants of a circuit, each at the narrowest of 1, 2, 4, 8 bytes
/// that holds all its integers.
public enum WeightsFile {
    public static let magic = "ZKMLWGTS"
    public static let version: UInt64 = 1

    /// `constants` in the order of ``Circuits/Circuit/constantShapes``.
    public static func encoded(_ constants: [[Int64]]) -> [UInt8] {
        let widths = constants.map(byteWidth)
        let cellBytes = zip(constants, widths).reduce(0) { $0 + 9 + $1.0.count * $1.1 }
        let length = magic.utf8.count + 12 + 4 + cellBytes
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var rest = UnsafeMutableRawBufferPointer(buffer)
            func store<T: FixedWidthInteger>(_ value: T) {
                // SAFETY: `length` counts every value that is stored.
                rest.storeBytes(of: value.littleEndian, as: T.self)
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[MemoryLayout<T>.size...])
            }
            func store<T: FixedWidthInteger>(_ cells: [Int64], as type: T.Type) {
                let size = MemoryLayout<T>.size
                for (index, cell) in cells.enumerated() {
                    rest.storeBytes(
                        of: T(truncatingIfNeeded: cell).littleEndian, toByteOffset: index * size,
                        as: type)
                }
                rest = UnsafeMutableRawBufferPointer(rebasing: rest[(cells.count * size)...])
            }
            for byte in magic.utf8 { store(byte) }
            store(UInt32(version))
            store(UInt64(length))
            store(UInt32(constants.count))
            for (cells, width) in zip(constants, widths) {
                store(UInt8(width))
                store(UInt64(cells.count))
                switch width {
                case 1: store(cells, as: Int8.self)
                case 2: store(cells, as: Int16.self)
                case 4: store(cells, as: Int32.self)
                default: store(cells, as: Int64.self)
                }
            }
            count = length - rest.count
        }
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
        func load<T: FixedWidthInteger>(_ type: T.Type) -> [Int64] {
            let size = MemoryLayout<T>.size
            return bytes.withUnsafeBytes { bytes in
                // SAFETY: every load ends at or before the buffer's end.
                (0..<bytes.count / size).map {
                    Int64(
                        T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * size, as: type)))
                }
            }
        }
        return switch width {
        case 1: load(Int8.self)
        case 2: load(Int16.self)
        case 4: load(Int32.self)
        default: load(Int64.self)
        }
    }

    /// The fewest of 1, 2, 4, 8 bytes that hold all integers.
    private static func byteWidth(_ cells: [Int64]) -> Int {
        var (low, high): (Int64, Int64) = (0, 0)
        for cell in cells {
            low = min(low, cell)
            high = max(high, cell)
        }
        if Int8(exactly: low) != nil, Int8(exactly: high) != nil { return 1 }
        if Int16(exactly: low) != nil, Int16(exactly: high) != nil { return 2 }
        return Int32(exactly: low) != nil && Int32(exactly: high) != nil ? 4 : 8
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
