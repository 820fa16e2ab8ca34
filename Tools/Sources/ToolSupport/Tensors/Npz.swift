/// numpy's `.npz` format: a zip archive of `.npy` arrays.
enum Npz {
    private static let suffix = ".npy"

    static func decode(
        _ bytes: ArraySlice<UInt8>, limits: TensorLimits
    ) throws(TensorProblem) -> NamedTensors {
        var remaining = limits
        var entries: [NamedTensors.Entry] = []
        for entry in try ZipArchive(bytes).entries {
            guard entry.name.hasSuffix(suffix) else {
                throw .inEntry(entry.name, .zip(.notAnArray))
            }
            let name = String(entry.name.dropLast(suffix.count))
            do throws(TensorProblem) {
                let contents = try ZipArchive.contents(of: entry, limit: remaining.arrayBytes)
                let tensor = try Npy.decode(contents, limits: remaining)
                remaining.arrayBytes -= 8 * tensor.count
                entries.append(.init(name: isNumbered(name) ? nil : name, tensor: tensor))
            } catch {
                throw .inEntry(name, error)
            }
        }
        return NamedTensors(entries)
    }

    /// `arr_0`, `arr_1`, …: what `np.savez` calls arrays that were given no name.
    private static func isNumbered(_ name: String) -> Bool {
        name.hasPrefix("arr_") && name.count > 4
            && name.dropFirst(4).allSatisfy { $0.isASCII && $0.isNumber }
    }

    /// Encodes as stored entries with fixed dates: the same tensors give the same bytes.
    ///
    /// - Throws: ``TensorProblem`` beyond 4 GiB, or beyond 64 Ki arrays or bytes of a name.
    static func encode(_ tensors: NamedTensors) throws(TensorProblem) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (i, entry) in tensors.entries.enumerated() {
            let name = Array(((entry.name ?? "arr_\(i)") + suffix).utf8)
            guard name.count <= 0xFFFF, i < 0xFFFE else { throw .zip(.badName) }
            let body = Npy.encode(entry.tensor)
            let limit = Int(UInt32.max) - 1
            guard archive.count + directory.count + body.count + 256 + 2 * name.count < limit else {
                throw .tooLarge(bytes: archive.count + body.count, limit: limit)
            }
            var common: [UInt8] = []
            common.append(littleEndian: UInt16(20))  // version needed: 2.0
            common.append(littleEndian: UInt16(0x800))  // the name is UTF-8
            common.append(littleEndian: UInt16(0))  // stored
            common.append(littleEndian: UInt16(0))  // midnight
            common.append(littleEndian: UInt16(0x21))  // of 1 January 1980
            common.append(littleEndian: CRC32.checksum(body[...]))
            common.append(littleEndian: UInt32(body.count))
            common.append(littleEndian: UInt32(body.count))
            common.append(littleEndian: UInt16(name.count))
            common.append(littleEndian: UInt16(0))  // no extra field

            directory.append(littleEndian: UInt32(0x0201_4B50))
            directory.append(littleEndian: UInt16(20))  // made by version 2.0
            directory += common
            directory += [UInt8](repeating: 0, count: 10)  // no comment, part 0, no attributes
            directory.append(littleEndian: UInt32(archive.count))
            directory += name

            archive.append(littleEndian: UInt32(0x0403_4B50))
            archive += common
            archive += name
            archive += body
        }
        let directoryOffset = archive.count
        archive += directory
        archive.append(littleEndian: UInt32(0x0605_4B50))
        archive += [0, 0, 0, 0]
        archive.append(littleEndian: UInt16(tensors.entries.count))
        archive.append(littleEndian: UInt16(tensors.entries.count))
        archive.append(littleEndian: UInt32(directory.count))
        archive.append(littleEndian: UInt32(directoryOffset))
        archive.append(littleEndian: UInt16(0))
        return archive
    }
}
