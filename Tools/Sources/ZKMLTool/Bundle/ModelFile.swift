import Models
import ToolSupport

/// Reads an ONNX file, and the files beside it that hold its tensors.
///
/// - Throws: Exit status 3 for a malformed file, 4 for a model that is not supported.
func readModel(_ path: String) throws -> ModelGraph {
    let bytes = try readFile(path)
    let folder = ExternalDataFolder(parentFolder(path))
    do {
        return try ModelGraph(onnx: bytes, externalData: folder.read)
    } catch {
        throw ToolFailure(exitStatus(of: error), "\(path): \(error)")
    }
}

/// The folder of a model.
private final class ExternalDataFolder {
    private let folder: String
    /// Checksums of whole files, each computed once.
    private var checksums: [[String]: String] = [:]

    init(_ folder: String) { self.folder = folder }

    func read(_ data: ExternalData) throws(ExternalDataProblem) -> [UInt8] {
        let name = data.path.joined(separator: "/")
        let (bytes, checksum): ([UInt8], String?)
        do throws(FileError) {
            let file = try ConfinedFile(data.path, within: folder)
            if data.checksum != nil, checksums[data.path] == nil {
                checksums[data.path] = try file.sha1()
            }
            checksum = checksums[data.path]
            bytes = try file.read(offset: data.offset, count: data.length)
        } catch {
            if error.problem == .outsideFolder { throw .outsideFolder(name) }
            throw .unreadable(name, reason: "\(error)")
        }
        guard data.checksum == nil || data.checksum == checksum else { throw .checksum(name) }
        guard bytes.count == data.length else { throw .tooShort(name, expected: data.length) }
        return bytes
    }
}
