/// The directory of a zip archive, as far as numpy's `.npz` needs it: stored and deflated
/// entries, zip64, one part, no encryption.
///
/// Sizes, methods and checksums are those of the central directory; entries may not overlap, so
/// the archive cannot expand the same bytes twice.
/// Reference: PKWARE's APPNOTE.TXT 6.3, sections 4.3 and 4.4.
struct ZipArchive {
    struct Entry {
        var name: String
        var method: Int
        var checksum: UInt32
        var size: Int
        /// The compressed bytes.
        var data: ArraySlice<UInt8>
    }

    private(set) var entries: [Entry] = []

    static func looksLikeZip(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: [0x50, 0x4B, 3, 4]) || bytes.starts(with: [0x50, 0x4B, 5, 6])
    }

    init(_ bytes: ArraySlice<UInt8>) throws(TensorProblem) {
        let directory = try Directory(bytes)
        var reader = ByteReader(bytes, from: directory.offset)
        // Each entry takes 46 bytes or more, so `count` allocates nothing by itself.
        var used: [Range<Int>] = []
        var names: Set<String> = []
        for _ in 0..<directory.count {
            let (entry, range) = try Self.readEntry(&reader, directory: directory, of: bytes)
            guard names.insert(entry.name).inserted else {
                throw .inEntry(entry.name, .zip(.duplicateName))
            }
            used.append(range)
            entries.append(entry)
        }
        guard reader.position == directory.end else {
            throw .zip(.badSignature(part: "end of the directory", offset: reader.position))
        }
        used.sort { $0.lowerBound < $1.lowerBound }
        for (range, following) in zip(used, used.dropFirst())
        where range.upperBound > following.lowerBound {
            throw .zip(.overlap)
        }
    }

    /// Reads one record of the central directory and the entry's own header.
    private static func readEntry(
        _ reader: inout ByteReader, directory: Directory, of bytes: ArraySlice<UInt8>
    ) throws(TensorProblem) -> (Entry, Range<Int>) {
        let start = reader.position
        guard try reader.u32("directory record") == 0x0201_4B50 else {
            throw .zip(.badSignature(part: "directory record", offset: start))
        }
        try reader.skip(4, "directory record")
        let flags = try reader.u16("directory record")
        let method = Int(try reader.u16("directory record"))
        try reader.skip(4, "directory record")
        let checksum = try reader.u32("directory record")
        let sizes = [
            try reader.u32("directory record"), try reader.u32("directory record"),
        ]
        let nameLength = Int(try reader.u16("directory record"))
        let extraLength = Int(try reader.u16("directory record"))
        let commentLength = Int(try reader.u16("directory record"))
        let disk = try reader.u16("directory record")
        try reader.skip(6, "directory record")
        let offset = try reader.u32("directory record")
        let nameBytes = try reader.bytes(nameLength, "name")
        let extra = try reader.bytes(extraLength, "extra field")
        try reader.skip(commentLength, "comment")

        guard let name = String(validating: nameBytes, as: UTF8.self) else {
            throw .zip(.badName)
        }
        // zip64: the fields that do not fit in 32 bits, in this order.
        let wide: [Int]
        do throws(ZipProblem) {
            wide = try zip64Values([sizes[1], sizes[0], offset], in: extra)
        } catch {
            throw .inEntry(name, .zip(error))
        }
        guard flags & 1 == 0, flags & 0x40 == 0 else { throw .inEntry(name, .zip(.encrypted)) }
        guard disk == 0 else { throw .zip(.severalDisks) }
        guard method == 0 || method == 8 else {
            throw .inEntry(name, .zip(.unsupportedMethod(method)))
        }

        var local = ByteReader(bytes, from: wide[2])
        guard try local.u32("header of \(quoted(name))") == 0x0403_4B50 else {
            throw .zip(.badSignature(part: "header of \(quoted(name))", offset: wide[2]))
        }
        try local.skip(22, "header of \(quoted(name))")
        let localNameLength = Int(try local.u16("header of \(quoted(name))"))
        let localExtraLength = Int(try local.u16("header of \(quoted(name))"))
        guard try local.bytes(localNameLength, "name") == nameBytes else {
            throw .inEntry(name, .zip(.nameDiffers))
        }
        try local.skip(localExtraLength, "extra field")
        let data = try local.bytes(wide[1], "the data of \(quoted(name))")
        guard local.position <= directory.offset else { throw .inEntry(name, .zip(.overlap)) }
        if method == 0, wide[0] != wide[1] {
            throw .inEntry(name, .zip(.sizeMismatch(expected: wide[0], actual: wide[1])))
        }
        let entry = Entry(
            name: name, method: method, checksum: checksum, size: wide[0], data: data)
        return (entry, wide[2]..<local.position)
    }

    /// Replaces each value that is all ones by the next one of the zip64 field.
    private static func zip64Values(
        _ values: [UInt32], in extra: ArraySlice<UInt8>
    ) throws(ZipProblem) -> [Int] {
        var wide = values.map { Int($0) }
        guard values.contains(.max) else { return wide }
        var rest = extra
        while rest.count >= 4 {
            let id = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
            let length = Int(rest[rest.startIndex + 2]) | Int(rest[rest.startIndex + 3]) << 8
            var field = rest.dropFirst(4).prefix(length)
            guard field.count == length else { throw .badExtraField }
            rest = rest.dropFirst(4 + length)
            guard id == 1 else { continue }
            for i in wide.indices where values[i] == .max {
                let word = field.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                guard field.count >= 8, let value = Int(exactly: word) else {
                    throw .badExtraField
                }
                wide[i] = value
                field = field.dropFirst(8)
            }
            return wide
        }
        throw .badExtraField
    }

    /// The entry's contents, decompressed and checked.
    static func contents(
        of entry: Entry, limit: Int
    ) throws(TensorProblem) -> ArraySlice<UInt8> {
        guard entry.size <= limit else { throw .tooLarge(bytes: entry.size, limit: limit) }
        let contents: ArraySlice<UInt8>
        if entry.method == 0 {
            contents = entry.data
        } else {
            do throws(InflateError) {
                contents = try inflate(entry.data, size: entry.size)[...]
            } catch {
                throw .deflate(error)
            }
        }
        let checksum = CRC32.checksum(contents)
        guard checksum == entry.checksum else {
            throw .zip(.checksum(expected: entry.checksum, actual: checksum))
        }
        return contents
    }
}

/// Where the central directory lies, from the record at the archive's end.
private struct Directory {
    /// Offset of the first record, of the first byte after the last one, and their number.
    var offset: Int
    var end: Int
    var count: Int

    init(_ bytes: ArraySlice<UInt8>) throws(TensorProblem) {
        guard let endRecord = Self.findEndRecord(bytes) else { throw .zip(.noEndRecord) }
        var reader = ByteReader(bytes, from: endRecord + 4)
        let part = "end-of-directory record"
        guard try reader.u16(part) == 0, try reader.u16(part) == 0 else {
            throw .zip(.severalDisks)
        }
        let countHere = try reader.u16(part)
        let count = try reader.u16(part)
        let size = try reader.u32(part)
        let offset = try reader.u32(part)
        guard countHere == count else { throw .zip(.severalDisks) }
        (self.offset, self.count) = (Int(offset), Int(count))
        var byteCount = Int(size)
        var limit = endRecord
        if count == .max || size == .max || offset == .max, endRecord >= 20 {
            var locator = ByteReader(bytes, from: endRecord - 20)
            if try locator.u32(part) == 0x0706_4B50 {
                (self.offset, byteCount, self.count, limit) = try Self.readZip64(bytes, &locator)
            }
        }
        let (end, overflow) = self.offset.addingReportingOverflow(byteCount)
        guard !overflow, end <= limit else {
            throw .truncated(part: "zip directory", needed: byteCount, available: limit)
        }
        self.end = end
    }

    private static func readZip64(
        _ bytes: ArraySlice<UInt8>, _ locator: inout ByteReader
    ) throws(TensorProblem) -> (offset: Int, byteCount: Int, count: Int, limit: Int) {
        let part = "zip64 end-of-directory record"
        let disk = try locator.u32(part)
        let position = try locator.u64(part)
        guard disk == 0, try locator.u32(part) == 1 else { throw .zip(.severalDisks) }
        var record = ByteReader(bytes, from: position)
        guard try record.u32(part) == 0x0606_4B50 else {
            throw .zip(.badSignature(part: part, offset: position))
        }
        try record.skip(20, part)
        let countHere = try record.u64(part)
        let count = try record.u64(part)
        let byteCount = try record.u64(part)
        let offset = try record.u64(part)
        guard countHere == count else { throw .zip(.severalDisks) }
        return (offset, byteCount, count, position)
    }

    /// The last place where an end record fits exactly with its comment.
    private static func findEndRecord(_ bytes: ArraySlice<UInt8>) -> Int? {
        let latest = bytes.count - 22
        guard latest >= 0 else { return nil }
        for offset in stride(from: latest, through: max(0, latest - 0xFFFF), by: -1) {
            let at = bytes.startIndex + offset
            if bytes[at] == 0x50, bytes[at + 1] == 0x4B, bytes[at + 2] == 5, bytes[at + 3] == 6,
                Int(bytes[at + 20]) | Int(bytes[at + 21]) << 8 == latest - offset
            {
                return offset
            }
        }
        return nil
    }
}

/// Reads little-endian integers, each bounds-checked.
private struct ByteReader {
    private let all: ArraySlice<UInt8>
    /// Offset of the next byte from the start of the file; it may lie beyond the end.
    private(set) var position: Int

    init(_ all: ArraySlice<UInt8>, from position: Int) {
        self.all = all
        self.position = position
    }

    mutating func bytes(_ count: Int, _ part: String) throws(TensorProblem) -> ArraySlice<UInt8> {
        let available = max(0, all.count - position)
        guard count <= available else {
            throw .truncated(part: part, needed: count, available: available)
        }
        defer { position += count }
        let start = all.startIndex + position
        return all[start..<start + count]
    }

    mutating func skip(_ count: Int, _ part: String) throws(TensorProblem) {
        _ = try bytes(count, part)
    }

    private mutating func word(_ count: Int, _ part: String) throws(TensorProblem) -> UInt64 {
        try bytes(count, part).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func u16(_ part: String) throws(TensorProblem) -> UInt16 { UInt16(try word(2, part)) }

    mutating func u32(_ part: String) throws(TensorProblem) -> UInt32 { UInt32(try word(4, part)) }

    /// A 64-bit field that must fit in `Int`.
    mutating func u64(_ part: String) throws(TensorProblem) -> Int {
        guard let value = Int(exactly: try word(8, part)) else { throw .zip(.badExtraField) }
        return value
    }
}
