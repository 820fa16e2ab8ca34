import Circuits

/// A polynomial of the final batch: V_a, V_c, or one committed input or output.
public struct CommittedVector: Sendable {
    public struct Block: Sendable {
        public var tensor: TensorID
        /// A multiple of 2^variableCount.
        public var offset: Int
        public var variableCount: Int
    }

    public enum Kind: Sendable, Hashable {
        case advice
        case constants
        case port(Int)
    }

    public let kind: Kind
    public let blocks: [Block]
    /// Cells up to the end of the last block.
    public let cellCount: Int
    public var variableCount: Int { log2Ceiling(cellCount) }

    /// Aligned power-of-two blocks, largest first, ties in declaration order.
    init(_ kind: Kind, _ tensors: [TensorID], in system: ConstraintSystem) {
        self.kind = kind
        let sizes = tensors.map { system.shape($0).variableCount }
        let order = tensors.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
        var blocks: [Block] = []
        var end = 0
        for index in order {
            blocks.append(
                Block(tensor: tensors[index], offset: end, variableCount: sizes[index]))
            end += 1 << sizes[index]
        }
        self.blocks = blocks
        cellCount = end
    }

    /// How many chunks of 2^log2Chunk cells are committed: none lies wholly beyond the last block.
    public func chunkCount(log2Chunk: Int) -> Int {
        (cellCount + (1 << log2Chunk) - 1) >> log2Chunk
    }

    public func chunkReference(_ index: Int) -> PointReference {
        switch kind {
        case .advice: .adviceChunk(index)
        case .constants: .constantChunk(index)
        case .port(let port): .committedPort(port)
        }
    }
}

/// Where every committed tensor lies (protocol.md section 5).
public struct VectorLayout: Sendable {
    /// Those that are not empty: advice, constants, then ports in order.
    public let vectors: [CommittedVector]
    public let log2Chunk: Int

    public init(_ system: ConstraintSystem, log2Chunk: Int) {
        let advice = system.tensorIDs.filter { system[$0].isAdvice }
        let constants = system.tensorIDs.filter {
            if case .constant = system[$0].role { true } else { false }
        }
        var vectors = [
            CommittedVector(.advice, advice, in: system),
            CommittedVector(.constants, constants, in: system),
        ]
        for (index, tensor) in system.committedPorts.enumerated() {
            vectors.append(CommittedVector(.port(index), [tensor], in: system))
        }
        self.vectors = vectors.filter { !$0.blocks.isEmpty }
        self.log2Chunk = log2Chunk
    }

    /// The smallest chunk a circuit can have: a committed port is one polynomial.
    public static func smallestLog2Chunk(_ system: ConstraintSystem) -> Int {
        system.committedPorts.reduce(1) { max($0, system.shape($1).variableCount) }
    }

    public func vector(_ kind: CommittedVector.Kind) -> CommittedVector? {
        vectors.first { $0.kind == kind }
    }

    public func chunkCount(_ kind: CommittedVector.Kind) -> Int {
        vector(kind)?.chunkCount(log2Chunk: log2Chunk) ?? 0
    }

    /// The variables of the final batch: those of the longest vector, at least log2Chunk.
    public var variableCount: Int {
        vectors.reduce(log2Chunk) { max($0, $1.variableCount) }
    }
}
