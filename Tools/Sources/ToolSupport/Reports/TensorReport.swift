/// One input or output of an inference, as a proof or a run tells it.
public struct TensorReport: Sendable, Equatable {
    public enum Content: Sendable, Equatable {
        /// Real numbers, row-major.
        case values([Double])
        /// A commitment, in hexadecimal: the proof is about the values, but does not show them.
        case commitment(String)
    }

    public var name: String
    /// The model's shape, with one more leading axis where there are several samples.
    public var shape: [Int]
    public var content: Content
    /// The width of the integers behind the values; nil where it is not known.
    public var bits: Int?
    /// An integer q stands for q / 2^fractionalBits.
    public var fractionalBits: Int?
    /// Of an input: whether the model takes a real out of range for the nearest end of the range,
    /// or takes no such real.
    public var saturates: Bool?
    /// How many of the reals that were given for it are out of range and saturated; nil where none
    /// were given, or the model takes none.
    public var saturatedCount: Int?

    public init(
        name: String, shape: [Int], content: Content, bits: Int? = nil, fractionalBits: Int? = nil
    ) {
        self.name = name
        self.shape = shape
        self.content = content
        self.bits = bits
        self.fractionalBits = fractionalBits
    }

    public init(name: String, tensor: TensorData, bits: Int? = nil, fractionalBits: Int? = nil) {
        self.init(
            name: name, shape: tensor.shape, content: .values(tensor.doubles), bits: bits,
            fractionalBits: fractionalBits)
    }

    /// Where the largest value stands, the lowest such place; nil unless all values but those of
    /// the last axis are one row, and there are several.
    public var topClass: Int? {
        guard case .values(let values) = content, values.count > 1, values.count == shape.last,
            let largest = values.max()
        else { return nil }
        return values.firstIndex(of: largest)
    }

    public var json: JSONValue {
        var object: JSONValue = ["shape": .array(shape.map { .integer($0) })]
        object = object.adding([
            "topClass": topClass.map { .integer($0) }, "bits": bits.map { .integer($0) },
            "fractionalBits": fractionalBits.map { .integer($0) },
            "saturates": saturates.map { .bool($0) },
            "saturated": saturatedCount.map { .integer($0) },
        ])
        switch content {
        case .values(let values): return object.adding(["values": .numbers(values)])
        case .commitment(let hex): return object.adding(["commitment": .string(hex)])
        }
    }

    /// One line: shape, the first values, the top class, what was saturated.
    public var text: String {
        guard let saturatedCount, saturatedCount > 0 else { return contentText }
        return "\(contentText); \(saturatedText(saturatedCount))"
    }

    private var contentText: String {
        let place = "\(name) \(shape)"
        switch content {
        case .commitment(let hex): return "\(place): committed, \(hex)"
        case .values(let values):
            let shown = values.prefix(12).map { humanNumber($0, digits: 5) }.joined(separator: " ")
            let rest = values.count > 12 ? " … (\(values.count) values)" : ""
            let top = topClass.map { "  (top class \($0))" } ?? ""
            return "\(place): \(shown)\(rest)\(top)"
        }
    }
}

extension [TensorReport] {
    /// `{name: {…}}`, in order.
    public var json: JSONValue { .object(map { .init($0.name, $0.json) }) }
}

/// What happened to values that a model's inputs have no room for.
func saturatedText(_ count: Int) -> String {
    "\(humanCount(count)) of the given values \(count == 1 ? "is" : "are") out of range and "
        + "saturated, as this model does"
}

/// Which powers of tau stand behind a key or a proof.
public struct SRSReport: Sendable, Equatable {
    /// Where it comes from: `development`, or a ceremony's name where the digest is a known one.
    public var source: String
    /// False for a development SRS, whose secret is known to everybody; nil where the powers are of
    /// no ceremony that is known here, so that only their maker knows who knows the secret.
    public var isSecure: Bool?
    public var log2Size: Int
    /// In hexadecimal.
    public var digest: String

    public init(source: String, isSecure: Bool?, log2Size: Int, digest: String) {
        self.source = source
        self.isSecure = isSecure
        self.log2Size = log2Size
        self.digest = digest
    }

    public var json: JSONValue {
        [
            "source": .string(source), "secure": isSecure.map { .bool($0) } ?? .null,
            "log2Size": .integer(log2Size), "digest": .string(digest),
        ]
    }

    public var text: String {
        let powers = "\(source), 2^\(log2Size) powers"
        switch isSecure {
        case true?: return powers
        case false?:
            return "\(powers), INSECURE: anybody can forge proofs; for trials only"
        case nil:
            return "\(powers), digest \(digest): trust it only if you know who made it"
        }
    }
}

/// Lines of `label  value`, the values aligned.
func labelled(_ rows: [(label: String, value: String?)]) -> String {
    let rows = rows.filter { $0.value != nil }
    let width = rows.map(\.label.count).max() ?? 0
    return rows.map { label, value in
        label + String(repeating: " ", count: width - label.count + 2) + (value ?? "")
    }.joined(separator: "\n")
}
