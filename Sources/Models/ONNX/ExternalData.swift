/// Where the elements of a tensor lie outside the model's file: little-endian, one after another.
///
/// Reference: onnx/docs/ExternalData.md.
public struct ExternalData: Sendable, Equatable {
    /// A file beside the model or in a folder below it: parts of a relative path, none of them
    /// empty, "." or "..". Where links lead is for the reader to check.
    public let path: [String]
    public let offset: Int
    /// How many bytes the tensor's shape and type take.
    public let length: Int
    /// SHA-1 of the whole file in lower-case hexadecimal digits, where the model gives it.
    public let checksum: String?
}

/// Reads exactly ``ExternalData/length`` bytes; the model's decoder opens no files itself.
public typealias ExternalDataReader = (ExternalData) throws(ExternalDataProblem) -> [UInt8]

/// Why data outside the model's file cannot be had.
public enum ExternalDataProblem: Error, Equatable, Sendable {
    /// Nothing was given to read it with.
    case noReader
    /// A key of the tensor's external_data that is unknown, given twice or without meaning.
    case entry(key: String, value: String)
    /// No key "location".
    case missingLocation
    /// A path that is absolute or leads out of the model's folder, by itself or through a link.
    case outsideFolder(String)
    case unreadable(String, reason: String)
    case tooShort(String, expected: Int)
    /// "length" is not what the tensor's shape takes.
    case length(expected: Int, actual: Int)
    case checksum(String)
}

extension ExternalData {
    /// From the entries of a tensor.
    init(
        _ entries: [(key: String, value: String)], byteCount: Int
    ) throws(ExternalDataProblem) {
        var (location, offset, checksum): (String?, Int?, String?)
        var length: Int?
        for (key, value) in entries {
            let problem = ExternalDataProblem.entry(key: key, value: value)
            switch key {
            case "location" where location == nil: location = value
            case "checksum" where checksum == nil: checksum = value.lowercased()
            case "offset" where offset == nil:
                guard let number = Int(value), number >= 0 else { throw problem }
                offset = number
            case "length" where length == nil:
                guard let number = Int(value), number >= 0 else { throw problem }
                length = number
            default: throw problem
            }
        }
        guard let location else { throw .missingLocation }
        guard length == nil || length == byteCount else {
            throw .length(expected: byteCount, actual: length ?? 0)
        }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false).filter {
            $0 != "."
        }
        let isInside = parts.allSatisfy { part in
            !part.isEmpty && part != ".."
                && !part.contains { $0 == "\\" || $0 == ":" || $0 == "\0" }
        }
        guard isInside, !parts.isEmpty else { throw .outsideFolder(location) }
        self.init(
            path: parts.map(String.init), offset: offset ?? 0, length: byteCount,
            checksum: checksum)
    }
}

extension ExternalDataProblem: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noReader:
            "its data lies in another file, and none is read here; save the model with "
                + "save_as_external_data=False"
        case .entry(let key, let value): "external data with \(key) = \"\(value)\" is not valid"
        case .missingLocation: "external data without a location"
        case .outsideFolder(let location):
            "external data at \"\(location)\" lies outside the model's folder; keep it beside the "
                + "model"
        case .unreadable(let path, let reason): "\(path): \(reason)"
        case .tooShort(let path, let expected): "\(path) ends before its \(expected) bytes"
        case .length(let expected, let actual):
            "external data of \(actual) bytes, its shape takes \(expected)"
        case .checksum(let path): "\(path) does not have the checksum that the model gives"
        }
    }
}
