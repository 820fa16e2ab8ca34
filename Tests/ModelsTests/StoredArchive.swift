import Foundation
import Models

/// Arrays of a .npz file that is not compressed: little-endian float32 and int64 in C order.
struct StoredArchive {
    private(set) var tensors: [String: FloatTensor] = [:]

    init(_ url: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: url))
        func number(_ offset: Int, _ count: Int) -> Int {
            (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        }
        var offset = 0
        // Local file headers, one after another.
        while number(offset, 4) == 0x0403_4b50 {
            let size = number(offset + 18, 4)
            let nameLength = number(offset + 26, 2)
            let nameStart = offset + 30
            let name = String(decoding: bytes[nameStart..<nameStart + nameLength], as: UTF8.self)
            let start = nameStart + nameLength + number(offset + 28, 2)
            tensors[String(name.dropLast(4))] = Self.array(Array(bytes[start..<start + size]))
            offset = start + size
        }
    }

    private static func array(_ bytes: [UInt8]) -> FloatTensor {
        let headerLength = Int(bytes[8]) | Int(bytes[9]) << 8
        let header = String(decoding: bytes[10..<10 + headerLength], as: UTF8.self)
        let digits = header.split(separator: "(")[1].split(separator: ")")[0]
        let shape = digits.split(separator: ",").compactMap {
            Int($0.trimmingCharacters(in: .whitespaces))
        }
        let content = bytes[(10 + headerLength)...]
        let size = header.contains("<f4") ? 4 : 8
        var values: [Double] = []
        for start in stride(from: content.startIndex, to: content.endIndex, by: size) {
            let word = (0..<size).reduce(UInt64(0)) {
                $0 | UInt64(content[start + $1]) << UInt64(8 * $1)
            }
            values.append(
                size == 4
                    ? Double(Float(bitPattern: UInt32(word))) : Double(Int64(bitPattern: word)))
        }
        return FloatTensor(shape: shape, values: values)
    }

    /// The slices of an array along its first axis, as samples of one input.
    func samples(_ name: String) -> [[String: FloatTensor]] {
        guard let tensor = tensors[name] else { return [] }
        let shape = Array(tensor.shape.dropFirst())
        let size = shape.reduce(1, *)
        return (0..<tensor.shape[0]).map { index in
            [
                name: FloatTensor(
                    shape: shape, values: Array(tensor.values[index * size..<(index + 1) * size]))
            ]
        }
    }
}
