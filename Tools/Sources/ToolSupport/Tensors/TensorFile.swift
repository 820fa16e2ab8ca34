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

    /// Whether bytes begin as those of a tensor file do.
    public static func isRecognised(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: NpyHeader.magic) || ZipArchive.looksLikeZip(bytes[...])
            || looksLikeJSON(bytes[...])
    }

    private static func looksLikeJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
        let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
        return bytes.first { !space.contains($0) } == UInt8(ascii: "{")
    }

    /// Decodes the bytes of a file in any of the formats.
    public static func decode(
        _ bytes: [UInt8], limits: TensorLimits = TensorLimits()
    ) throws(TensorProblem) -> NamedTensors {
        let bytes = bytes[...]
        if bytes.starts(with: NpyHeader.magic) {
            return NamedTensors([.init(name: nil, tensor: try Npy.decode(bytes, limits: limits))])
        }
        if ZipArchive.looksLikeZip(bytes) { return try Npz.decode(bytes, limits: limits) }
        guard looksLikeJSON(bytes) else { throw .unknownFormat }
        return try JSONTensors.decode(bytes, limits: limits)
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
