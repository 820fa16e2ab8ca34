import Glibc

/// A regular file in or below a folder; links may be followed, but not out of the folder.
public struct ConfinedFile: ~Copyable {
    /// The resolved path, for messages.
    public let path: String
    private let file: Int32

    /// - Parameter parts: The path below the folder.
    /// - Throws: ``FileError``, with `outsideFolder` where links lead out of it.
    public init(_ parts: [String], within folder: String) throws(FileError) {
        let asked = parts.reduce(folder, joinPath)
        let root = try Self.resolved(folder)
        let path = try Self.resolved(asked)
        guard !parts.isEmpty, path.hasPrefix(root == "/" ? root : root + "/") else {
            throw FileError(path: asked, problem: .outsideFolder)
        }
        // What was resolved is no link any more; should it be one by now, it is not followed.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw FileError(path: path, operation: "open") }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw FileError(path: path, problem: .notRegular)
        }
        self.path = path
        self.file = file
    }

    deinit { close(file) }

    private static func resolved(_ path: String) throws(FileError) -> String {
        guard let pointer = realpath(path, nil) else {
            throw FileError(path: path, operation: "open")
        }
        defer { free(pointer) }
        return String(cString: pointer)
    }

    /// Some bytes of the file; fewer where it ends before.
    public func read(offset: Int, count: Int) throws(FileError) -> [UInt8] {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FileError(path: path, operation: "read") }
        // No more memory than there is file.
        let available = min(count, max(0, Int(status.st_size) - offset))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(available)
        while bytes.count < available {
            var failure: Int32 = 0
            let (place, wanted) = (offset + bytes.count, min(available - bytes.count, 1 << 24))
            let chunk = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                // SAFETY: pread writes at most buffer.count bytes and says how many.
                let result = pread(file, buffer.baseAddress, buffer.count, off_t(place))
                failure = result < 0 ? errno : 0
                count = max(0, result)
            }
            if failure == EINTR { continue }
            guard failure == 0 else {
                throw FileError(path: path, operation: "read", code: failure)
            }
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }

    /// SHA-1 of the whole file in lower-case hexadecimal digits.
    public func sha1() throws(FileError) -> String {
        var hash = SHA1()
        var offset = 0
        while true {
            let chunk = try read(offset: offset, count: 1 << 20)
            if chunk.isEmpty { break }
            hash.update(chunk)
            offset += chunk.count
        }
        return hash.hexadecimal()
    }
}
