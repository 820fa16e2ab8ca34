import Glibc

/// Why a file could not be read or written.
public struct FileError: Error, Equatable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        case missing
        case isFolder
        case notAFolder
        case tooLarge(limit: Int)
        /// A folder that is to be replaced holds something that we did not write.
        case foreignFile(String)
        case noHomeFolder
        /// A link leads out of the folder that the file is to be in.
        case outsideFolder
        /// A folder, a pipe or a device where a file is expected.
        case notRegular
        /// A system call failed; what it was for and the system's reason.
        case system(operation: String, reason: String)
    }

    public var path: String
    public var problem: Problem

    public init(path: String, problem: Problem) {
        self.path = path
        self.problem = problem
    }

    /// The error that `errno` names.
    init(path: String, operation: String, code: Int32 = errno) {
        self.path = path
        switch code {
        case ENOENT: problem = .missing
        case EISDIR: problem = .isFolder
        case ENOTDIR: problem = .notAFolder
        default: problem = .system(operation: operation, reason: String(cString: strerror(code)))
        }
    }

    public var description: String {
        switch problem {
        case .missing: "\(path): no such file or folder"
        case .isFolder: "\(path): is a folder"
        case .notAFolder: "\(path): is not a folder"
        case .tooLarge(let limit): "\(path): larger than the limit of \(humanSize(limit))"
        case .foreignFile(let name):
            "\(path): exists and holds \(quoted(name)), which is none of ours; nothing was replaced"
        case .noHomeFolder:
            "no folder for the cache: neither XDG_CACHE_HOME nor HOME is an absolute path"
        case .outsideFolder: "\(path): leads out of the folder"
        case .notRegular: "\(path): is not a regular file"
        case .system(let operation, let reason): "\(path): cannot \(operation): \(reason)"
        }
    }
}

/// Reads a whole file.
///
/// - Parameter limit: The most bytes that are read; a longer file is an error.
public func readFile(_ path: String, limit: Int = .max) throws(FileError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw FileError(path: path, operation: "open") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw FileError(path: path, operation: "read") }
    guard status.st_mode & S_IFMT != S_IFDIR else {
        throw FileError(path: path, problem: .isFolder)
    }
    let size = max(0, Int(status.st_size))
    guard size <= limit else { throw FileError(path: path, problem: .tooLarge(limit: limit)) }

    // The size is only a hint: a pipe has none, and a file may grow while it is read.
    var bytes: [UInt8] = []
    var failure: Int32 = 0
    var wanted = size + 1
    while true {
        let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            // SAFETY: read writes at most buffer.count bytes and says how many.
            let result = read(file, buffer.baseAddress, buffer.count)
            failure = result < 0 ? errno : 0
            count = max(0, result)
        }
        if failure == EINTR { continue }
        guard failure == 0 else {
            throw FileError(path: path, operation: "read", code: failure)
        }
        if chunk.isEmpty { return bytes }
        guard chunk.count <= limit - bytes.count else {
            throw FileError(path: path, problem: .tooLarge(limit: limit))
        }
        if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
        wanted = bytes.count < size ? size - bytes.count + 1 : 1 << 16
    }
}

/// True where something of that name exists.
public func fileExists(_ path: String) -> Bool { access(path, F_OK) == 0 }

/// The names in a folder, sorted.
public func folderContents(_ path: String) throws(FileError) -> [String] {
    guard let folder = opendir(path) else { throw FileError(path: path, operation: "list") }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
        // SAFETY: d_name ends with a zero byte and lives until the next readdir.
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// `folder/name`.
public func joinPath(_ folder: String, _ name: String) -> String {
    folder.isEmpty ? name : folder.hasSuffix("/") ? folder + name : folder + "/" + name
}

/// The part before the last component, `.` where there is none.
public func parentFolder(_ path: String) -> String {
    let trimmed = trimmingSlashes(path)
    guard let slash = trimmed.lastIndex(of: "/") else { return "." }
    return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
}

/// The last component.
func lastComponent(_ path: String) -> String {
    let trimmed = trimmingSlashes(path)
    guard let slash = trimmed.lastIndex(of: "/") else { return trimmed }
    return String(trimmed[trimmed.index(after: slash)...])
}

func trimmingSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    return String(path)
}
