/// A readable account of a file.
public struct InspectReport: Sendable, Equatable {
    /// A part of a file: `offset` and `byteCount` say where it lies.
    public struct Section: Sendable, Equatable {
        public var name: String
        public var offset: Int
        public var byteCount: Int

        public init(name: String, offset: Int, byteCount: Int) {
            self.name = name
            self.offset = offset
            self.byteCount = byteCount
        }
    }

    /// `proof`, `verifying key`, `circuit`, `weights`, `powers`, `srs`, `openings`, `bundle`,
    /// `onnx`, `tensors`.
    public var kind: String
    /// What is in it, for programs: an object.
    public var contents: JSONValue
    /// The same for people.
    public var lines: [String]
    /// The file's parts in order; empty where they say nothing.
    public var sections: [Section]

    public init(kind: String, contents: JSONValue, lines: [String], sections: [Section] = []) {
        self.kind = kind
        self.contents = contents
        self.lines = lines
        self.sections = sections
    }

    public var json: JSONValue {
        let sections = sections.map { section -> JSONValue in
            [
                "name": .string(section.name), "offset": .integer(section.offset),
                "bytes": .integer(section.byteCount),
            ]
        }
        return (["kind": .string(kind)] as JSONValue).adding(members: contents)
            .adding(["sections": sections.isEmpty ? nil : .array(sections)])
    }

    public var text: String {
        let parts = sections.map {
            "\($0.name): \(humanCount($0.byteCount)) bytes at \(humanCount($0.offset))"
        }
        return ([kind] + lines + parts).joined(separator: "\n")
    }
}

/// The file that `srs import` read, by its hash.
public struct ImportedFileReport: Sendable, Equatable {
    /// `SHA-256` or `BLAKE2b-512`, of the whole file.
    public var algorithm: String
    /// In hexadecimal.
    public var digest: String
    /// The published file that has this hash, and who publishes it; nil for a file that nobody
    /// known here publishes.
    public var published: Published?

    public struct Published: Sendable, Equatable {
        public var name: String
        public var publisher: String

        public init(name: String, publisher: String) {
            self.name = name
            self.publisher = publisher
        }
    }

    public init(algorithm: String, digest: String, published: Published?) {
        self.algorithm = algorithm
        self.digest = digest
        self.published = published
    }

    public var json: JSONValue {
        [
            "algorithm": .string(algorithm), "digest": .string(digest),
            "published": published.map { .string($0.name) } ?? .null,
            "publisher": published.map { .string($0.publisher) } ?? .null,
        ]
    }

    public var text: String {
        let hash = "\(algorithm) \(digest)"
        guard let published else { return "no published file known here has its \(hash)" }
        return "\(published.name), as \(published.publisher) publishes it by \(hash)"
    }
}

/// What `srs new`, `import` and `check` found.
public struct SRSFileReport: Sendable, Equatable {
    public var file: String
    public var srs: SRSReport
    public var byteCount: Int
    /// What was checked, for people.
    public var checks: [String]
    /// Nil where nothing was imported.
    public var imported: ImportedFileReport?
    public var seconds: Double

    public init(
        file: String, srs: SRSReport, byteCount: Int, checks: [String],
        imported: ImportedFileReport? = nil, seconds: Double
    ) {
        self.file = file
        self.srs = srs
        self.byteCount = byteCount
        self.checks = checks
        self.imported = imported
        self.seconds = seconds
    }

    public var json: JSONValue {
        (["file": .string(file)] as JSONValue).adding(members: srs.json).adding([
            "bytes": .integer(byteCount), "checks": .array(checks.map { .string($0) }),
            "imported": imported?.json, "seconds": .number(seconds),
        ])
    }

    public var text: String {
        labelled(
            [
                ("file", "\(file), \(humanSize(byteCount))"), ("SRS", srs.text),
                ("digest", srs.digest), ("imported", imported?.text),
            ]
                + checks.map { ("checked", $0) } + [("time", humanTime(seconds))])
    }
}
