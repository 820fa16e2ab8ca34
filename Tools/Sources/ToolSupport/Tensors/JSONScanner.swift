/// Walks JSON text (RFC 8259) by position, so that a value can be read twice.
struct JSONScanner {
    enum Number {
        case integer(Int64)
        case real(Double)
    }

    static let maximumDepth = 64

    private let bytes: ArraySlice<UInt8>
    /// Index of the next byte.
    var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    var isAtEnd: Bool { position == bytes.endIndex }

    private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    func lineAndColumn(at position: Int) -> (line: Int, column: Int) {
        let before = bytes[..<min(position, bytes.endIndex)]
        let newline = UInt8(ascii: "\n")
        let lineStart = before.lastIndex(of: newline).map { $0 + 1 } ?? before.startIndex
        return (before.count { $0 == newline } + 1, before.endIndex - lineStart + 1)
    }

    private func failure(_ problem: JSONProblem) -> JSONFailure {
        .json(isAtEnd ? .unexpectedEnd : problem, position: position)
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    /// Skips white space, and the character if it comes next.
    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar, as what: String) throws(JSONFailure) {
        guard skip(character) else { throw failure(.expected(what)) }
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        if matches { position += word.utf8CodeUnitCount }
        return matches
    }

    /// The words that Python writes for values which JSON does not have.
    func nonFiniteWord() -> String? {
        guard let next, next > UInt8(ascii: "9") || next == UInt8(ascii: "-") else { return nil }
        return ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"].first {
            bytes[position...].starts(with: $0.utf8)
        }
    }

    mutating func skipValue(depth: Int = 0) throws(JSONFailure) {
        guard depth < Self.maximumDepth else {
            throw failure(.nestedTooDeep(limit: Self.maximumDepth))
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "["):
            position += 1
            if skip("]") { return }
            repeat { try skipValue(depth: depth + 1) } while skip(",")
            try expect("]", as: "\",\" or \"]\"")
        case UInt8(ascii: "{"):
            position += 1
            if skip("}") { return }
            repeat {
                _ = try string()
                try expect(":", as: "\":\"")
                try skipValue(depth: depth + 1)
            } while skip(",")
            try expect("}", as: "\",\" or \"}\"")
        case UInt8(ascii: "\""): _ = try string()
        default:
            if skipWord("null") { return }
            // What a tensor may not hold is told apart when the tensor is read.
            if let word = nonFiniteWord() {
                position += word.utf8.count
            } else {
                _ = try number()
            }
        }
    }

    /// A number; `true` and `false` count as 1 and 0.
    mutating func number() throws(JSONFailure) -> Number {
        if skipWord("true") { return .integer(1) }
        if skipWord("false") { return .integer(0) }
        let start = position
        let isNegative = next == UInt8(ascii: "-")
        if isNegative { position += 1 }

        // The digits as an integer while they fit, and the power of ten that goes with them.
        var magnitude: UInt64 = 0
        var fits = true
        var exponent = 0
        func digits(_ scanner: inout JSONScanner, isFraction: Bool) -> Int {
            let first = scanner.position
            while let byte = scanner.next, byte >= 0x30, byte <= 0x39 {
                let (tens, tooMany) = magnitude.multipliedReportingOverflow(by: 10)
                let (sum, tooLarge) = tens.addingReportingOverflow(UInt64(byte - 0x30))
                if tooMany || tooLarge { fits = false }
                if fits { magnitude = sum }
                if isFraction { exponent -= 1 }
                scanner.position += 1
            }
            return scanner.position - first
        }
        let wholeStart = position
        let wholeDigits = digits(&self, isFraction: false)
        guard wholeDigits > 0 else { throw failure(.notANumber) }
        guard wholeDigits == 1 || bytes[wholeStart] != 0x30 else { throw failure(.notANumber) }
        var isInteger = true
        if next == UInt8(ascii: ".") {
            position += 1
            isInteger = false
            guard digits(&self, isFraction: true) > 0 else { throw failure(.notANumber) }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            isInteger = false
            exponent += try exponentDigits()
        }
        if isInteger, fits {
            if let value = Int64(exactly: magnitude) {
                return .integer(isNegative ? -value : value)
            }
            if isNegative, magnitude == 1 << 63 { return .integer(.min) }
        }
        // Both factors exact, one correctly rounded operation (Clinger's fast path).
        if fits, magnitude <= 1 << 53, abs(exponent) <= 22 {
            let ten = Self.powersOfTen[abs(exponent)]
            let value = exponent < 0 ? Double(magnitude) / ten : Double(magnitude) * ten
            return .real(isNegative ? -value : value)
        }
        guard let text = String(validating: bytes[start..<position], as: UTF8.self),
            let value = Double(text)
        else { throw .json(.notANumber, position: start) }
        return .real(value)
    }

    /// The exponent, cut off at ±100,000: beyond that a double is 0 or infinite anyway.
    private mutating func exponentDigits() throws(JSONFailure) -> Int {
        let isNegative = next == UInt8(ascii: "-")
        if isNegative || next == UInt8(ascii: "+") { position += 1 }
        let first = position
        var value = 0
        while let byte = next, byte >= 0x30, byte <= 0x39 {
            value = min(10 * value + Int(byte - 0x30), 100_000)
            position += 1
        }
        guard position > first else { throw failure(.notANumber) }
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
        1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    mutating func string() throws(JSONFailure) -> String {
        skipSpace()
        let start = position
        guard next == UInt8(ascii: "\"") else { throw failure(.expected("a string")) }
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw .json(.badString, position: start)
                }
                return string
            case UInt8(ascii: "\\"): try appendEscape(to: &text)
            case 0..<0x20: throw .json(.badString, position: position - 1)
            default: text.append(byte)
            }
        }
        throw failure(.unexpectedEnd)
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(JSONFailure) {
        guard let byte = next else { throw failure(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexUnit()
            if code & 0xFC00 == 0xD800 {
                // A pair of surrogates stands for one scalar.
                guard skipWord("\\u") else { throw failure(.badString) }
                let low = try hexUnit()
                guard low & 0xFC00 == 0xDC00 else { throw failure(.badString) }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure(.badString) }
            text += String(Character(scalar)).utf8
        default: throw .json(.badString, position: position - 1)
        }
    }

    private mutating func hexUnit() throws(JSONFailure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw failure(.badString)
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
