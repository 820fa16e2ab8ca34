/// The header of a `.npy` file: magic, version, and a Python dictionary.
struct NpyHeader: Equatable {
    var elementType: NpyElementType
    var isFortranOrder: Bool
    var shape: [Int]
    /// Where the values begin, counted from the file's first byte.
    var dataOffset: Int

    static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    /// numpy's own limit is 64 axes; nothing we read needs more than this.
    static let maximumRank = 32

    init(elementType: NpyElementType, shape: [Int]) {
        self.elementType = elementType
        self.shape = shape
        isFortranOrder = false
        dataOffset = 0
    }

    init(decoding bytes: ArraySlice<UInt8>) throws(TensorProblem) {
        let start = bytes.startIndex
        func require(_ needed: Int, _ part: String) throws(TensorProblem) {
            guard bytes.count >= needed else {
                throw .truncated(part: part, needed: needed, available: bytes.count)
            }
        }
        guard bytes.starts(with: Self.magic.prefix(bytes.count)) else { throw .unknownFormat }
        try require(8, "npy magic and version")
        let (major, minor) = (Int(bytes[start + 6]), Int(bytes[start + 7]))
        guard (1...3).contains(major), minor == 0 else {
            throw .unsupportedNpyVersion(major: major, minor: minor)
        }
        let lengthBytes = major == 1 ? 2 : 4
        try require(8 + lengthBytes, "npy header length")
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[start + 8 + $1]) << (8 * $1) }
        dataOffset = 8 + lengthBytes + length
        try require(dataOffset, "npy header")

        let header = bytes[start + 8 + lengthBytes..<start + dataOffset]
        var parser = NpyDictionaryParser(header, fileStart: start)
        (elementType, isFortranOrder, shape) = try parser.parse()
    }
}

/// What one element of a `.npy` file is.
struct NpyElementType: Equatable {
    enum Kind: Character {
        case boolean = "b"
        case signed = "i"
        case unsigned = "u"
        case float = "f"
    }

    var kind: Kind
    var byteCount: Int
    var isBigEndian: Bool

    static let float64 = NpyElementType(kind: .float, byteCount: 8, isBigEndian: false)
    static let int64 = NpyElementType(kind: .signed, byteCount: 8, isBigEndian: false)

    init(kind: Kind, byteCount: Int, isBigEndian: Bool) {
        self.kind = kind
        self.byteCount = byteCount
        self.isBigEndian = isBigEndian
    }

    /// - Parameter name: numpy's name, such as `<f4`, `|u1` or `>i8`.
    init(name: String) throws(TensorProblem) {
        let characters = Array(name)
        // numpy writes "|" for single bytes; "=", this machine's byte order, it writes nowhere.
        guard characters.count == 3, "<>|".contains(characters[0]),
            let kind = Kind(rawValue: characters[1]),
            let byteCount = characters[2].wholeNumberValue,
            Self.byteCounts(kind).contains(byteCount), byteCount == 1 || characters[0] != "|"
        else { throw .unsupportedElementType(name) }
        self.init(kind: kind, byteCount: byteCount, isBigEndian: characters[0] == ">")
    }

    private static func byteCounts(_ kind: Kind) -> [Int] {
        switch kind {
        case .boolean: [1]
        case .signed, .unsigned: [1, 2, 4, 8]
        case .float: [2, 4, 8]
        }
    }

    var name: String {
        "\(byteCount == 1 ? "|" : isBigEndian ? ">" : "<")\(kind.rawValue)\(byteCount)"
    }
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
private struct NpyDictionaryParser {
    private let bytes: ArraySlice<UInt8>
    private let fileStart: Int
    private var next: Int

    init(_ bytes: ArraySlice<UInt8>, fileStart: Int) {
        self.bytes = bytes
        self.fileStart = fileStart
        next = bytes.startIndex
    }

    mutating func parse() throws(TensorProblem) -> (NpyElementType, Bool, [Int]) {
        var elementType: NpyElementType?
        var isFortranOrder: Bool?
        var shape: [Int]?
        try expect("{")
        while !skip("}") {
            let keyStart = next
            let key = try string()
            try expect(":")
            switch key {
            case "descr" where elementType == nil:
                skipSpace()
                // A list stands for a record of several fields.
                guard next < bytes.endIndex, bytes[next] != UInt8(ascii: "[") else {
                    throw .unsupportedElementType("record")
                }
                elementType = try NpyElementType(name: string())
            case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
            case "shape" where shape == nil: shape = try tuple()
            case "descr", "fortran_order", "shape":
                next = keyStart
                throw problem(.duplicateKey)
            default:
                next = keyStart
                throw problem(.unknownKey)
            }
            if !skip(",") {
                try expect("}")
                break
            }
        }
        skipSpace()
        guard next == bytes.endIndex else { throw problem(.syntax) }
        guard let elementType, let isFortranOrder, let shape else { throw problem(.missingKey) }
        return (elementType, isFortranOrder, shape)
    }

    private func problem(_ problem: NpyHeaderProblem) -> TensorProblem {
        .npyHeader(problem, offset: next - fileStart)
    }

    private mutating func skipSpace() {
        while next < bytes.endIndex, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[next]) { next += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next < bytes.endIndex, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(TensorProblem) {
        guard skip(character) else { throw problem(.syntax) }
    }

    private mutating func string() throws(TensorProblem) -> String {
        skipSpace()
        guard next < bytes.endIndex, bytes[next] == 0x27 || bytes[next] == 0x22 else {
            throw problem(.syntax)
        }
        let quote = bytes[next]
        let start = next + 1
        guard let end = bytes[start...].firstIndex(of: quote) else { throw problem(.syntax) }
        guard !bytes[start..<end].contains(UInt8(ascii: "\\")),
            let text = String(validating: bytes[start..<end], as: UTF8.self)
        else { throw problem(.syntax) }
        next = end + 1
        return text
    }

    private mutating func boolean() throws(TensorProblem) -> Bool {
        skipSpace()
        for (word, value) in [("True", true), ("False", false)]
        where bytes[next...].starts(with: word.utf8) {
            next += word.utf8.count
            return value
        }
        throw problem(.syntax)
    }

    private mutating func tuple() throws(TensorProblem) -> [Int] {
        try expect("(")
        var extents: [Int] = []
        while !skip(")") {
            let extent = try integer()
            guard extents.count < NpyHeader.maximumRank else { throw problem(.rank) }
            extents.append(extent)
            if !skip(",") {
                // Python: (3) is a number, (3,) a tuple.
                guard extents.count > 1 else { throw problem(.syntax) }
                try expect(")")
                break
            }
        }
        guard elementCount(of: extents) != nil else { throw problem(.shape) }
        return extents
    }

    private mutating func integer() throws(TensorProblem) -> Int {
        skipSpace()
        let start = next
        var value = 0
        while next < bytes.endIndex, (0x30...0x39).contains(bytes[next]) {
            let (tens, tooMany) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLarge) = tens.addingReportingOverflow(Int(bytes[next] - 0x30))
            guard !tooMany, !tooLarge else { throw problem(.shape) }
            value = sum
            next += 1
        }
        guard next > start else { throw problem(.syntax) }
        // Files written by Python 2 say 3L.
        if next < bytes.endIndex, bytes[next] == UInt8(ascii: "L") { next += 1 }
        return value
    }
}
