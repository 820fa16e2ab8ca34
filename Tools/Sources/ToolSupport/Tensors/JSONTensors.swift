/// Tensors in JSON: `{"name": nested lists}`, or EZKL's `{"input_data": [[flat], …]}`.
enum JSONTensors {
    static func decode(
        _ bytes: ArraySlice<UInt8>, limits: TensorLimits
    ) throws(TensorProblem) -> NamedTensors {
        var scanner = JSONScanner(bytes)
        do throws(JSONFailure) {
            return try decode(&scanner, limits: limits)
        } catch {
            switch error {
            case .tensor(let problem): throw problem
            case .json(let problem, let position):
                let (line, column) = scanner.lineAndColumn(at: position)
                throw .json(problem, line: line, column: column)
            }
        }
    }

    private static func decode(
        _ scanner: inout JSONScanner, limits: TensorLimits
    ) throws(JSONFailure) -> NamedTensors {
        // One walk over the whole object finds the keys; tensors are read in a second one.
        var members: [(key: String, position: Int)] = []
        try scanner.expect("{", as: "a JSON object")
        if !scanner.skip("}") {
            repeat {
                scanner.skipSpace()
                let start = scanner.position
                let key = try scanner.string()
                guard !members.contains(where: { $0.key == key }) else {
                    throw .json(.duplicateKey(key), position: start)
                }
                try scanner.expect(":", as: "\":\"")
                members.append((key, scanner.position))
                try scanner.skipValue()
            } while scanner.skip(",")
            try scanner.expect("}", as: "\",\" or \"}\"")
        }
        scanner.skipSpace()
        guard scanner.isAtEnd else {
            throw .json(.expected("the end of the file"), position: scanner.position)
        }

        var remaining = limits.arrayBytes / 8
        func read(_ member: (key: String, position: Int)) throws(JSONFailure) -> TensorData {
            scanner.position = member.position
            var reader = JSONTensorReader(key: member.key, limit: remaining)
            let tensor = try reader.read(&scanner)
            remaining -= tensor.count
            return tensor
        }
        if let member = members.first(where: { $0.key == "input_data" }) {
            if let entries = try flatLists(member, &scanner, limit: remaining) {
                return NamedTensors(entries)
            }
        }
        var entries: [NamedTensors.Entry] = []
        for member in members { entries.append(.init(name: member.key, tensor: try read(member))) }
        return NamedTensors(entries)
    }

    /// EZKL's form: a list of flat lists, one for each input of the model, in the model's order.
    ///
    /// - Returns: Nil where the value is not a list of lists of numbers.
    private static func flatLists(
        _ member: (key: String, position: Int), _ scanner: inout JSONScanner, limit: Int
    ) throws(JSONFailure) -> [NamedTensors.Entry]? {
        scanner.position = member.position
        guard scanner.skip("["), !scanner.skip("]") else { return nil }
        var entries: [NamedTensors.Entry] = []
        var remaining = limit
        repeat {
            scanner.skipSpace()
            var reader = JSONTensorReader(
                key: "\(member.key)[\(entries.count)]", limit: remaining)
            let tensor = try reader.read(&scanner)
            guard tensor.shape.count == 1 else { return nil }
            remaining -= tensor.count
            entries.append(.init(name: nil, tensor: tensor, isFlat: true))
        } while scanner.skip(",")
        return entries
    }
}

/// What stops a JSON walk; positions become lines and columns at the top.
enum JSONFailure: Error {
    case json(JSONProblem, position: Int)
    case tensor(TensorProblem)
}

/// Reads one number or nested list of numbers.
private struct JSONTensorReader {
    private let key: String
    /// The most elements this tensor may have.
    private let limit: Int
    /// The extents, outermost first, as the first list of each depth set them.
    private var shape: [Int] = []
    private var index: [Int] = []
    private var integers: [Int64] = []
    /// Replaces `integers` from the first number on that is not a 64-bit integer.
    private var reals: [Double]?

    init(key: String, limit: Int) {
        self.key = key
        self.limit = limit
    }

    mutating func read(_ scanner: inout JSONScanner) throws(JSONFailure) -> TensorData {
        // The first path down says how deep the lists are.
        let start = scanner.position
        var depth = 0
        while scanner.skip("[") {
            depth += 1
            guard depth <= NpyHeader.maximumRank else {
                throw .json(
                    .nestedTooDeep(limit: NpyHeader.maximumRank), position: scanner.position)
            }
        }
        scanner.position = start
        shape = [Int](repeating: -1, count: depth)
        try readList(&scanner, depth: 0)
        for axis in shape.indices where shape[axis] < 0 { shape[axis] = 0 }
        if let reals { return TensorData(shape: shape, reals: reals) }
        return TensorData(shape: shape, integers: integers)
    }

    private mutating func readList(
        _ scanner: inout JSONScanner, depth: Int
    ) throws(JSONFailure) {
        guard depth < shape.count else { return try readNumber(&scanner) }
        scanner.skipSpace()
        let start = scanner.position
        guard scanner.skip("[") else {
            throw .json(.expected("a list, as beside it,"), position: start)
        }
        var count = 0
        if !scanner.skip("]") {
            index.append(0)
            repeat {
                index[depth] = count
                try readList(&scanner, depth: depth + 1)
                count += 1
            } while scanner.skip(",")
            index.removeLast()
            try scanner.expect("]", as: "\",\" or \"]\"")
        }
        if shape[depth] < 0 { shape[depth] = count }
        guard shape[depth] == count else {
            throw .json(.ragged(expected: shape[depth], actual: count), position: start)
        }
    }

    private mutating func readNumber(_ scanner: inout JSONScanner) throws(JSONFailure) {
        guard (reals?.count ?? integers.count) < limit else {
            throw .tensor(.tooLarge(bytes: 8 * (limit + 1), limit: 8 * limit))
        }
        scanner.skipSpace()
        let start = scanner.position
        if let word = scanner.nonFiniteWord() {
            throw .tensor(.inEntry(key, .notFinite(index: index, value: word)))
        }
        switch try scanner.number() {
        case .integer(let value) where reals == nil: integers.append(value)
        case .integer(let value): reals?.append(Double(value))
        case .real(let value):
            guard value.isFinite else { throw .json(.numberTooLarge, position: start) }
            if reals == nil { reals = integers.map(Double.init) }
            reals?.append(value)
        }
    }
}
