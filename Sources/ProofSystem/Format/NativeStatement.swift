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

    /// What the reduction reads of it.
    public var publicValues: Statement<Fr> { Statement(inputs: inputs, outputs: outputs) }
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
            // Byte by byte: the first one's high bits, then whole ones, what is too much cut off.
            var pattern = UInt64(bytes[base + position >> 3]) >> UInt64(position & 7)
            var filled = 8 - position & 7
            while filled < bits {
                pattern |= UInt64(bytes[base + (position + filled) >> 3]) << UInt64(filled)
                filled += 8
            }
            position += bits
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

    /// As many integers to an element as fit into 253 bits, the first one lowest, B bits each: for
    /// integers of B bits and a number of them that is known, one list of elements each.
    static func elements(_ values: [Int], bits: Int) -> [Fr] {
        let perElement = max(1, 253 / bits)
        return stride(from: 0, to: values.count, by: perElement).map { start in
            var words = InlineArray<5, UInt64>(repeating: 0)
            var position = 0
            for value in values[start..<min(start + perElement, values.count)] {
                let pattern = UInt64(bitPattern: Int64(value)) & (UInt64.max >> UInt64(64 - bits))
                let shift = UInt64(position & 63)
                words[position >> 6] |= pattern << shift
                words[position >> 6 + 1] |= pattern >> (64 - shift)
                position += bits
            }
            // Below 2^253 < r.
            let limbs = Limbs256(words[0], words[1], words[2], words[3])
            return Fr(canonicalLimbs: limbs) ?? .zero
        }
    }
}
