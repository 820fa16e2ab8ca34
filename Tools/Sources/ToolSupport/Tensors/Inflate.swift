/// Why a byte string is no deflate stream of the promised length.
public enum InflateError: String, Error, Equatable, CustomStringConvertible {
    case truncated = "it ends in the middle of a block"
    case badBlockType = "a block of the reserved type"
    case badStoredLength = "a stored block whose length and its complement disagree"
    case badCodeLengths = "code lengths that form no prefix code"
    case badSymbol = "a code that stands for nothing"
    case badDistance = "a distance that reaches before the start"
    case tooLong = "more output than the directory says"
    case tooShort = "less output than the directory says"
    case trailingBytes = "bytes left over after the last block"

    public var description: String { rawValue }
}

/// Decompresses a raw deflate stream that must hold exactly `size` bytes.
///
/// Allocates no more than `size`, and no more than the input can produce (1032 bytes for each
/// byte of input). Reference: RFC 1951; the strictness about incomplete codes is zlib's.
public func inflate(_ input: ArraySlice<UInt8>, size: Int) throws(InflateError) -> [UInt8] {
    var inflater = Inflater(input: input, size: size)
    return try inflater.run()
}

private struct Inflater {
    private var bits: BitReader
    private let size: Int
    private var output: [UInt8] = []

    init(input: ArraySlice<UInt8>, size: Int) {
        bits = BitReader(input)
        self.size = size
        let (most, overflow) = input.count.multipliedReportingOverflow(by: 1032)
        output.reserveCapacity(overflow ? size : min(size, most))
    }

    mutating func run() throws(InflateError) -> [UInt8] {
        var isLast = false
        while !isLast {
            isLast = try bits.take(1) == 1
            switch try bits.take(2) {
            case 0: try copyStoredBlock()
            case 1: try decodeBlock(literals: .fixedLiterals, distances: .fixedDistances)
            case 2:
                let codes = try readCodes()
                try decodeBlock(literals: codes.literals, distances: codes.distances)
            default: throw .badBlockType
            }
        }
        guard bits.isAtLastByte else { throw .trailingBytes }
        guard output.count == size else { throw .tooShort }
        return output
    }

    private mutating func copyStoredBlock() throws(InflateError) {
        bits.skipToByte()
        let length = try bits.take(16)
        guard try bits.take(16) == length ^ 0xFFFF else { throw .badStoredLength }
        guard length <= size - output.count else { throw .tooLong }
        for _ in 0..<length { output.append(UInt8(try bits.take(8))) }
    }

    private mutating func decodeBlock(
        literals: PrefixCode, distances: PrefixCode
    ) throws(InflateError) {
        while true {
            let symbol = try literals.decode(&bits)
            if symbol < 256 {
                guard output.count < size else { throw .tooLong }
                output.append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol - 257 < Inflater.lengths.count else { throw .badSymbol }
            let (lengthBase, lengthBits) = Inflater.lengths[symbol - 257]
            let length = lengthBase + (try bits.take(lengthBits))
            let code = try distances.decode(&bits)
            guard code < Inflater.distances.count else { throw .badSymbol }
            let (distanceBase, distanceBits) = Inflater.distances[code]
            let distance = distanceBase + (try bits.take(distanceBits))
            guard distance <= output.count else { throw .badDistance }
            guard length <= size - output.count else { throw .tooLong }
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }

    private mutating func readCodes() throws(InflateError) -> (
        literals: PrefixCode, distances: PrefixCode
    ) {
        let literalCount = try bits.take(5) + 257
        let distanceCount = try bits.take(5) + 1
        let lengthCodeCount = try bits.take(4) + 4
        guard literalCount <= 286, distanceCount <= 30 else { throw .badCodeLengths }

        var lengthLengths = [UInt8](repeating: 0, count: 19)
        for symbol in Inflater.lengthOrder.prefix(lengthCodeCount) {
            lengthLengths[symbol] = UInt8(try bits.take(3))
        }
        let lengthCode = try PrefixCode(lengths: lengthLengths[...], mayBeIncomplete: false)

        var lengths: [UInt8] = []
        while lengths.count < literalCount + distanceCount {
            let symbol = try lengthCode.decode(&bits)
            let value: UInt8
            let times: Int
            switch symbol {
            case 0..<16: (value, times) = (UInt8(symbol), 1)
            case 16:
                guard let last = lengths.last else { throw .badCodeLengths }
                (value, times) = (last, 3 + (try bits.take(2)))
            case 17: (value, times) = (0, 3 + (try bits.take(3)))
            default: (value, times) = (0, 11 + (try bits.take(7)))
            }
            guard times <= literalCount + distanceCount - lengths.count else {
                throw .badCodeLengths
            }
            lengths.append(contentsOf: repeatElement(value, count: times))
        }
        guard lengths[256] != 0 else { throw .badCodeLengths }  // a block must be able to end
        return (
            try PrefixCode(lengths: lengths[..<literalCount], mayBeIncomplete: true),
            try PrefixCode(lengths: lengths[literalCount...], mayBeIncomplete: true)
        )
    }

    private static let lengthOrder = [
        16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
    ]

    /// Base and extra bits of the length symbols 257 to 285.
    private static let lengths: [(Int, Int)] = bases(count: 28, perStep: 4, first: 3) + [(258, 0)]
    /// Base and extra bits of the distance symbols 0 to 29.
    private static let distances: [(Int, Int)] = bases(count: 30, perStep: 2, first: 1)

    /// Values in consecutive ranges: the first two groups of `perStep` hold one value each, then
    /// ranges double from group to group.
    private static func bases(count: Int, perStep: Int, first: Int) -> [(Int, Int)] {
        var bases: [(Int, Int)] = []
        var base = first
        for symbol in 0..<count {
            let extraBits = max(0, symbol / perStep - 1)
            bases.append((base, extraBits))
            base += 1 << extraBits
        }
        return bases
    }
}

/// Reads bits from the least significant end of each byte.
private struct BitReader {
    private let bytes: ArraySlice<UInt8>
    private var next: Int
    private var window: UInt64 = 0
    private(set) var available = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        next = bytes.startIndex
    }

    /// True when less than one byte of input is left.
    var isAtLastByte: Bool { available < 8 && next == bytes.endIndex }

    private mutating func refill() {
        while available <= 56, next < bytes.endIndex {
            window |= UInt64(bytes[next]) << UInt64(available)
            next += 1
            available += 8
        }
    }

    /// The next 16 bits, with zeros beyond the end, without consuming them.
    mutating func peek() -> Int {
        if available < 16 { refill() }
        return Int(window & 0xFFFF)
    }

    mutating func skip(_ count: Int) throws(InflateError) {
        guard count <= available else { throw .truncated }
        window >>= UInt64(count)
        available -= count
    }

    /// - Parameter count: At most 16.
    mutating func take(_ count: Int) throws(InflateError) -> Int {
        let value = peek() & ((1 << count) - 1)
        try skip(count)
        return value
    }

    mutating func skipToByte() {
        let partial = available % 8
        window >>= UInt64(partial)
        available -= partial
    }
}

/// A canonical prefix code: a table for codes of up to nine bits, counting for longer ones.
private struct PrefixCode {
    private static let tableBits = 9
    /// Length << 9 | symbol, by the next nine bits; 0 where the code is longer.
    private var table = [UInt16](repeating: 0, count: 1 << tableBits)
    /// The number of codes of each length.
    private var counts = [Int](repeating: 0, count: 16)
    /// Symbols by length, then by value.
    private var symbols: [Int] = []

    init(lengths: ArraySlice<UInt8>, mayBeIncomplete: Bool) throws(InflateError) {
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var left = 1
        for length in 1...15 {
            left = 2 * left - counts[length]
            guard left >= 0 else { throw .badCodeLengths }
        }
        // zlib's rule: an incomplete code has at most one symbol, of one bit.
        let longest = counts.lastIndex { $0 > 0 } ?? 0
        guard left == 0 || (mayBeIncomplete && longest <= 1) else { throw .badCodeLengths }

        // Canonical order: by length, then by symbol; codes of one length are consecutive.
        var nextCode = [Int](repeating: 0, count: 16)
        var nextIndex = [Int](repeating: 0, count: 16)
        for length in 1..<15 {
            nextCode[length + 1] = (nextCode[length] + counts[length]) << 1
            nextIndex[length + 1] = nextIndex[length] + counts[length]
        }
        symbols = [Int](repeating: 0, count: counts.reduce(0, +))
        for (symbol, length) in lengths.lazy.map(Int.init).enumerated() where length > 0 {
            symbols[nextIndex[length]] = symbol
            nextIndex[length] += 1
            if length <= Self.tableBits { enter(symbol, code: nextCode[length], length: length) }
            nextCode[length] += 1
        }
    }

    /// Fills every entry whose low bits are the code, first bit lowest.
    private mutating func enter(_ symbol: Int, code: Int, length: Int) {
        var reversed = 0
        for bit in 0..<length where code >> bit & 1 == 1 { reversed |= 1 << (length - 1 - bit) }
        for index in stride(from: reversed, to: table.count, by: 1 << length) {
            table[index] = UInt16(length << 9 | symbol)
        }
    }

    func decode(_ bits: inout BitReader) throws(InflateError) -> Int {
        let ahead = bits.peek()
        let entry = Int(table[ahead & (table.count - 1)])
        if entry != 0 {
            try bits.skip(entry >> 9)
            return entry & 0x1FF
        }
        var code = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            code |= ahead >> (length - 1) & 1
            let count = counts[length]
            if code - first < count {
                try bits.skip(length)
                return symbols[index + code - first]
            }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        throw bits.available < 15 ? .truncated : .badSymbol
    }

    static let fixedLiterals = fixed(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    static let fixedDistances = fixed([UInt8](repeating: 5, count: 32))

    private static func fixed(_ lengths: [UInt8]) -> PrefixCode {
        guard let code = try? PrefixCode(lengths: lengths[...], mayBeIncomplete: false) else {
            preconditionFailure("RFC 1951's own codes are complete")
        }
        return code
    }
}
