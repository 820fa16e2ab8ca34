import Glibc

/// Who may read a file that we write.
public enum FilePrivacy: Sendable {
    /// What the user's umask says.
    case ordinary
    /// Only the user: mode 0600, from the first byte on.
    case secret

    var mode: mode_t { self == .secret ? 0o600 : 0o666 }
}

/// Writes a file whole or not at all: nobody ever sees half of it under its name.
public func writeFile(
    _ bytes: [UInt8], to path: String, privacy: FilePrivacy = .ordinary
) throws(FileError) {
    try writeFile(to: path, privacy: privacy) { (file) throws(FileError) in try file.write(bytes) }
}

/// Writes a file in pieces, whole or not at all.
///
/// The pieces go to a temporary file beside it, which is flushed to the disk and then renamed.
/// If `body` throws, the temporary file is removed and a former file stays as it was.
public func writeFile(
    to path: String, privacy: FilePrivacy = .ordinary,
    _ body: (inout FileWriter) throws(FileError) -> Void
) throws(FileError) {
    let temporary = temporaryName(beside: path)
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, privacy.mode)
    guard file >= 0 else { throw creationError(path) }
    do throws(FileError) {
        do throws(FileError) {
            var writer = FileWriter(file: file, path: path)
            try body(&writer)
            guard fsync(file) == 0 else { throw FileError(path: path, operation: "write") }
        } catch {
            close(file)
            throw error
        }
        guard close(file) == 0 else { throw FileError(path: path, operation: "write") }
        guard rename(temporary, path) == 0 else {
            throw FileError(path: path, operation: "replace")
        }
    } catch {
        unlink(temporary)
        throw error
    }
    flushFolder(parentFolder(path))
}

/// The error after something could not be made beside `path`.
private func creationError(_ path: String) -> FileError {
    let code = errno
    // What is missing is the folder, not the file.
    return FileError(
        path: code == ENOENT ? parentFolder(path) : path, operation: "create", code: code)
}

/// Appends to a file that is being written.
public struct FileWriter: ~Copyable {
    private let file: Int32
    private let path: String
    public private(set) var byteCount = 0

    fileprivate init(file: Int32, path: String) {
        self.file = file
        self.path = path
    }

    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
            try write(UnsafeRawBufferPointer(buffer))
        }
    }

    public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest)
            // The name Glibc.write is hidden by this method.
            let written = writeBytes(file, piece.baseAddress, min(piece.count, 1 << 30))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError(path: path, operation: "write") }
            rest = rest.dropFirst(written)
            byteCount += written
        }
    }
}

private func writeBytes(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(file, bytes, count)
}

/// A name that nobody else uses, in the folder of `path`.
func temporaryName(beside path: String) -> String {
    let suffix = String(UInt64.random(in: .min ... .max), radix: 36)
    return joinPath(parentFolder(path), ".\(lastComponent(path)).\(suffix).tmp")
}

/// Makes a rename durable; a file system that cannot do it is not an error.
func flushFolder(_ path: String) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
}

/// Writes a folder of files whole or not at all.
///
/// `body` gets the path of a temporary folder beside it. Where a folder of that name exists
/// already, it is replaced if it holds nothing but `names`, and left alone otherwise.
///
/// - Parameter names: The file names that we write into such a folder.
public func writeFolder(
    to path: String, names: Set<String>, _ body: (_ temporary: String) throws -> Void
) throws {
    try checkFolder(path, holdsOnly: names)
    let path = trimmingSlashes(path)
    let temporary = temporaryName(beside: path)
    guard mkdir(temporary, 0o777) == 0 else { throw creationError(path) }
    do {
        try body(temporary)
        flushFolder(temporary)
        if fileExists(path) {
            try checkFolder(path, holdsOnly: names)
            let former = temporaryName(beside: path)
            guard rename(path, former) == 0 else {
                throw FileError(path: path, operation: "replace")
            }
            guard rename(temporary, path) == 0 else {
                let code = errno
                rename(former, path)
                throw FileError(path: path, operation: "replace", code: code)
            }
            removeFolder(former)
        } else if rename(temporary, path) != 0 {
            throw FileError(path: path, operation: "create")
        }
    } catch {
        removeFolder(temporary)
        throw error
    }
    flushFolder(parentFolder(path))
}

/// Throws where `path` exists and is not a folder of nothing but these files.
public func checkFolder(_ path: String, holdsOnly names: Set<String>) throws(FileError) {
    guard fileExists(path) else { return }
    for name in try folderContents(path) where !names.contains(name) {
        throw FileError(path: path, problem: .foreignFile(name))
    }
}

/// Removes a folder of plain files, as far as that works.
private func removeFolder(_ path: String) {
    for name in (try? folderContents(path)) ?? [] { unlink(joinPath(path, name)) }
    rmdir(path)
}
