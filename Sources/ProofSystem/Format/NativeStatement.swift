import Circuits
import Curve
import Field

/// What a native proof says: public inputs and outputs, and commitments to the others.
public struct NativeStatement: Sendable, Hashable {
    /// For each input its integers, row-major; empty for a committed one.
    public var inputs: [[Int]]
    /// For each output its integers, row-major; empty for a committed one.
    public var outputs: [[Int]]
    /// Committed inputs, then committed outputs.
    public var commitments: [G1Affine]

    public init(inputs: [[Int]], outputs: [[Int]], commitments: [G1Affine]) {
        self.inputs = inputs
        self.outputs = outputs
        self.commitments = commitments
    }

    /// The values as field elements.
    public var fieldValues: Statement<Fr> {
        Statement(
            inputs: inputs.map { $0.map { Fr($0) } }, outputs: outputs.map { $0.map { Fr($0) } })
    }
}

/// B-bit two's complement integers, packed without gaps, lowest bit first.
enum PackedIntegers {
    static func byteCount(_ count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    static func pack(_ values: [Int], bits: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: byteCount(values.count, bits: bits))
        var position = 0
        for value in values {
            let pattern = UInt64(bitPattern: Int64(value))
            for bit in 0..<bits {
                bytes[position >> 3] |= UInt8(pattern >> UInt64(bit) & 1) << UInt8(position & 7)
                position += 1
            }
        }
        return bytes
    }

    /// nil when the padding bits of the last byte are not zero.
    static func unpack(_ bytes: ArraySlice<UInt8>, count: Int, bits: Int) -> [Int]? {
        let base = bytes.startIndex
        var values: [Int] = []
        values.reserveCapacity(count)
        var position = 0
        for _ in 0..<count {
            var pattern: UInt64 = 0
            for bit in 0..<bits {
                let byte = bytes[base + position >> 3]
                pattern |= UInt64(byte >> UInt8(position & 7) & 1) << UInt64(bit)
                position += 1
            }
            // Sign extension from bit B − 1.
            let shift = Int64(64 - bits)
            values.append(Int((Int64(bitPattern: pattern) << shift) >> shift))
        }
        while position & 7 != 0 {
            guard bytes[base + position >> 3] >> UInt8(position & 7) & 1 == 0 else { return nil }
            position += 1
        }
        return values
    }
}
