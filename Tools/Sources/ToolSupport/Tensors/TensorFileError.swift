/// Why a file holds no tensors that we can read: which file, which array in it, what and where.
public struct TensorFileError: Error, Equatable, CustomStringConvertible {
    public var file: String
    /// The array's name inside the file, where the format has names.
    public var entry: String?
    public var problem: TensorProblem

    public init(file: String, problem: TensorProblem) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "\(file): \(problem)" }
}

/// What is wrong with the bytes of a tensor file.
public indirect enum TensorProblem: Error, Equatable, CustomStringConvertible {
    /// Neither npz, npy nor JSON.
    case unknownFormat
    case truncated(part: String, needed: Int, available: Int)
    case trailingBytes(Int)
    /// The values would take more than the limit.
    case tooLarge(bytes: Int, limit: Int)
    case notFinite(index: [Int], value: String)
    case integerOutOfRange(index: [Int])
    case inEntry(String, TensorProblem)

    // npy
    case unsupportedNpyVersion(major: Int, minor: Int)
    case npyHeader(NpyHeaderProblem, offset: Int)
    case unsupportedElementType(String)

    // npz
    case zip(ZipProblem)
    case deflate(InflateError)

    case json(JSONProblem, line: Int, column: Int)

    public var description: String {
        switch self {
        case .unknownFormat:
            "not a tensor file: neither .npz, .npy nor a JSON object"
        case .truncated(let part, let needed, let available):
            "cut short: \(part) needs \(needed) bytes, \(available) are there"
        case .trailingBytes(let count):
            "\(count) bytes too many at the end"
        case .tooLarge(let bytes, let limit):
            "\(humanSize(bytes)) of values are more than the limit of \(humanSize(limit))"
        case .notFinite(let index, let value):
            "\(value) at index \(index); values must be finite"
        case .integerOutOfRange(let index):
            "the integer at index \(index) does not fit in 64 bits, signed"
        case .inEntry(let name, let problem):
            "array \(quoted(name)): \(problem)"
        case .unsupportedNpyVersion(let major, let minor):
            "npy version \(major).\(minor); 1.0, 2.0 and 3.0 are read"
        case .npyHeader(let problem, let offset):
            "npy header, byte \(offset): \(problem)"
        case .unsupportedElementType(let name):
            "element type \(quoted(name)); bool, integers and floats of 16, 32 and 64 bits are read"
        case .zip(let problem):
            "\(problem)"
        case .deflate(let problem):
            "compressed data: \(problem)"
        case .json(let problem, let line, let column):
            "line \(line), column \(column): \(problem)"
        }
    }
}

public enum NpyHeaderProblem: String, Error, Equatable, CustomStringConvertible {
    case syntax = "not a Python dictionary of descr, fortran_order and shape"
    case missingKey = "descr, fortran_order or shape is missing"
    case unknownKey = "a key that is not descr, fortran_order or shape"
    case duplicateKey = "a key twice"
    case shape = "the shape's extents do not multiply to a size"
    case rank = "more than 32 axes"

    public var description: String { rawValue }
}

public enum ZipProblem: Error, Equatable, CustomStringConvertible {
    case noEndRecord
    case severalDisks
    case badSignature(part: String, offset: Int)
    case encrypted
    case unsupportedMethod(Int)
    case notAnArray
    case duplicateName
    case overlap
    case nameDiffers
    case badExtraField
    case sizeMismatch(expected: Int, actual: Int)
    case checksum(expected: UInt32, actual: UInt32)
    case badName

    public var description: String {
        switch self {
        case .noEndRecord: "not a complete zip archive (no end-of-directory record)"
        case .severalDisks: "a zip archive in several parts"
        case .badSignature(let part, let offset): "zip \(part) expected at byte \(offset)"
        case .encrypted: "encrypted"
        case .unsupportedMethod(let method):
            "compression method \(method); stored (0) and deflate (8) are read"
        case .notAnArray: "not an .npy array"
        case .duplicateName: "the same name twice"
        case .overlap: "overlaps another part of the archive"
        case .nameDiffers: "named differently in its own header and in the directory"
        case .badExtraField: "zip64 field that is too short or too large"
        case .sizeMismatch(let expected, let actual):
            "\(actual) bytes where the directory says \(expected)"
        case .checksum(let expected, let actual):
            "checksum \(hex(actual)) where the directory says \(hex(expected))"
        case .badName: "a name that is not UTF-8, too long, or one of too many"
        }
    }
}

public enum JSONProblem: Error, Equatable, CustomStringConvertible {
    case expected(String)
    case unexpectedEnd
    case nestedTooDeep(limit: Int)
    case duplicateKey(String)
    /// Lists that do not form a rectangular tensor.
    case ragged(expected: Int, actual: Int)
    case notANumber
    case badString
    case numberTooLarge

    public var description: String {
        switch self {
        case .expected(let what): "\(what) expected"
        case .unexpectedEnd: "the file ends in the middle"
        case .nestedTooDeep(let limit): "nested deeper than \(limit)"
        case .duplicateKey(let key): "the key \(quoted(key)) twice"
        case .ragged(let expected, let actual):
            "lists of unequal length or depth: \(expected) elements expected, not \(actual)"
        case .notANumber: "only numbers and lists of numbers are tensors"
        case .badString: "not a JSON string"
        case .numberTooLarge: "the number is beyond the range of a double"
        }
    }
}

/// How much a tensor file may take in memory.
public struct TensorLimits: Sendable {
    /// Bytes of the file itself.
    public var fileBytes: Int
    /// Bytes of all decompressed arrays together.
    public var arrayBytes: Int

    public init(fileBytes: Int = 2 << 30, arrayBytes: Int = 4 << 30) {
        self.fileBytes = fileBytes
        self.arrayBytes = arrayBytes
    }
}

func hex(_ word: UInt32) -> String {
    let digits = String(word, radix: 16)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
}
