/// Reading and writing of tensor files: `.npz`, `.npy` and JSON.
///
/// The format is told from the contents, not from the name. No bytes make the readers trap, and
/// nothing that a file says decides by itself how much memory is taken.
public enum TensorFile {
    /// Reads a file.
    ///
    /// - Throws: ``FileError`` where the file cannot be read, ``TensorFileError`` where its
    ///   contents are not tensors.
    public static func read(
        _ path: String, limits: TensorLimits = TensorLimits()
    ) throws -> NamedTensors {
        let bytes = try readFile(path, limit: limits.fileBytes)
        do throws(TensorProblem) {
            return try decode(bytes, limits: limits)
        } catch {
            throw TensorFileError(file: path, problem: error)
        }
    }

    private enum Format {
        case npy
        case npz
        case json
    }

    private static func format(_ bytes: ArraySlice<UInt8>) -> Format? {
        if bytes.starts(with: NpyHeader.magic) { return .npy }
        if ZipArchive.looksLikeZip(bytes) { return .npz }
        let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        return bytes.first { !space.contains($0) } == UInt8(ascii: "{") ? .json : nil
    }

    /// Whether bytes begin as those of a tensor file do.
    public static func isRecognised(_ bytes: [UInt8]) -> Bool { format(bytes[...]) != nil }

    /// Decodes the bytes of a file in any of the formats.
    public static func decode(
        _ bytes: [UInt8], limits: TensorLimits = TensorLimits()
    ) throws(TensorProblem) -> NamedTensors {
        let bytes = bytes[...]
        switch format(bytes) {
        case .npy:
            return NamedTensors([.init(name: nil, tensor: try Npy.decode(bytes, limits: limits))])
        case .npz: return try Npz.decode(bytes, limits: limits)
        case .json: return try JSONTensors.decode(bytes, limits: limits)
        case nil: throw .unknownFormat
        }
    }

    /// The bytes of an `.npz` file of these tensors, the same for the same tensors.
    public static func npz(_ tensors: NamedTensors) throws(TensorProblem) -> [UInt8] {
        try Npz.encode(tensors)
    }

    /// The bytes of an `.npy` file of this tensor.
    public static func npy(_ tensor: TensorData) -> [UInt8] { Npy.encode(tensor) }

    /// Writes an `.npz` file, whole or not at all.
    public static func writeNpz(_ tensors: NamedTensors, to path: String) throws {
        let bytes: [UInt8]
        do throws(TensorProblem) {
            bytes = try npz(tensors)
        } catch {
            throw TensorFileError(file: path, problem: error)
        }
        try writeFile(bytes, to: path)
    }
}
