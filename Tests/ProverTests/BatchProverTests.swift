import Circuits
import Field
import Models
import Testing
import ZKMLTestSupport

@testable import ProofSystem
@testable import Prover

/// However much of the final batch is factored: the messages of its definition.
@Suite("Final batch") struct BatchProverTests {
    // MARK: Whole proofs

    static func check(_ model: TestModel, garbageSeed: UInt64? = nil) throws {
        let key = try HonestProofTests.key(model, log2Chunk: 3)
        let system = key.verifyingKey.system
        let witness = FieldWitness(
            system: system, constants: model.constants, inputs: model.inputs,
            garbageSeed: garbageSeed
        ).compute()
        let blindings = HonestProofTests.blindings(key, seed: 1)
        func proof(_ denseVariables: Int) throws -> NativeProof {
            try NativeProver(key: key).prove(
                witness, blindings: blindings, transcript: KeccakTranscript(), tamper: nil,
                denseVariables: denseVariables)
        }
        let dense = try proof(40)
        for denseVariables in [0, 1, 4, 9, BatchProver.denseVariables] {
            #expect(try proof(denseVariables) == dense, "2^\(denseVariables) cells not factored")
        }
    }

    @Test("random circuits", arguments: 0..<20 as Range<UInt64>)
    func randomCircuits(seed: UInt64) throws {
        try Self.check(RandomCircuits.make(seed: seed, gadgets: 3 + Int(seed % 9)))
    }

    @Test("field elements in the padding", arguments: 0..<10 as Range<UInt64>)
    func garbagePadding(seed: UInt64) throws {
        try Self.check(RandomCircuits.make(seed: seed, gadgets: 6), garbageSeed: seed + 1)
    }

    @Test("standard circuits")
    func standardCircuits() throws {
        for model in StandardCircuits.all(seed: 3) { try Self.check(model) }
    }

    // MARK: Random layouts

    /// Every message, and what the verifier makes of the challenges, against all 2^n cells.
    @Test("random layouts and kernels", arguments: 0..<40 as Range<UInt64>)
    func randomLayouts(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (system, log2Chunk) = try Self.system(&generator)
        let layout = VectorLayout(system, log2Chunk: log2Chunk)
        #expect(layout.vectors.count >= 3)
        var slot = 0
        var stored: [TensorID: StoredCells] = [:]
        var kernels: [[FinalBatch<Fr>.BlockKernel]] = []
        var tables: [(cells: [Fr], kernel: [Fr])] = []
        let size = 1 << layout.variableCount
        for vector in layout.vectors {
            var table = (
                cells: [Fr](repeating: .zero, count: size),
                kernel: [Fr](repeating: .zero, count: size)
            )
            var blockKernels: [FinalBatch<Fr>.BlockKernel] = []
            for block in vector.blocks {
                let shape = system.shape(block.tensor)
                let cells = Self.cells(shape, &generator)
                stored[block.tensor] = cells.stored
                table.cells.replaceSubrange(
                    block.offset..<block.offset + shape.paddedCellCount, with: cells.padded)
                let terms = Self.kernels(shape, slot: &slot, &generator).map {
                    (weight: Fr.random(using: &generator), kernel: $0)
                }
                for (weight, kernel) in terms {
                    let values = kernel.factors.reduce([Fr.one]) { product, factor in
                        product.flatMap { a in factor.paddedValues().map { a * $0 } }
                    }
                    for (cell, value) in values.enumerated() {
                        table.kernel[block.offset + cell] += weight * value
                    }
                }
                blockKernels.append(.init(block: block, kernels: terms))
            }
            kernels.append(blockKernels)
            tables.append(table)
        }
        let claim = tables.reduce(Fr.zero) { $0 + Self.inner($1.cells, $1.kernel) }
        let batch = FinalBatch(layout: layout, kernels: kernels, claim: claim)
        let vectors = layout.vectors.map { VectorCells($0) { stored[$0]! } }
        let bounds = [0, 1, 3, 5, BatchProver.denseVariables, 40]
        var provers = bounds.map { BatchProver(batch, vectors: vectors, denseVariables: $0) }

        var running = claim
        var challenges: [Fr] = []
        for round in 0..<layout.variableCount {
            let expected = [Fr.zero, Fr(2)].map { x in
                tables.reduce(Fr.zero) {
                    $0 + Self.inner(Self.fold($1.cells, x), Self.fold($1.kernel, x))
                }
            }
            let challenge = Fr.random(using: &generator)
            for index in provers.indices {
                #expect(
                    provers[index].message() == expected,
                    "round \(round), 2^\(bounds[index]) cells not factored")
                provers[index].bind(challenge)
            }
            running = RoundPolynomial.evaluate(expected, sum: running, at: challenge)
            challenges.append(challenge)
            tables = tables.map {
                (Self.fold($0.cells, challenge), Self.fold($0.kernel, challenge))
            }
        }
        let z = Array(challenges.reversed())
        for (index, table) in tables.enumerated() {
            #expect(batch.kernel(index, at: z) == table.kernel[0])
        }
        #expect(running == tables.reduce(.zero) { $0 + $1.cells[0] * $1.kernel[0] })
    }

    /// Constants of all sizes, a committed input or two, advice.
    private static func system(
        _ generator: inout SeededGenerator
    ) throws -> (ConstraintSystem, log2Chunk: Int) {
        var draft = CircuitDraft(limbBits: 2)
        let letters = ["", "a", "ab", "abc", "abcd"]
        var wires: [Wire] = []
        for _ in 0...generator.integer(0...1) {
            let extents = [generator.integer(1...7), generator.integer(1...9)]
            wires.append(draft.input(extents, bits: 3, visibility: .committed))
        }
        for _ in 0..<generator.integer(1...12) {
            // Single cells, odd extents, one long axis, many blocks of one size.
            let rank = generator.integer(0...4)
            let largest = [1, 900, 40, 9, 5][rank]
            let extents = (0..<rank).map { _ in
                generator.oneIn(2)
                    ? 1 << generator.integer(0...log2Ceiling(largest))
                    : generator.integer(1...largest)
            }
            let copies = generator.oneIn(4) ? 3 : 1
            for _ in 0..<copies {
                wires.append(
                    draft.constant(
                        extents, [Int64](repeating: 0, count: extents.reduce(1, *))))
            }
        }
        for wire in wires {
            let sum = draft.einsum("", (wire, letters[draft.extents(wire).count]))
            draft.output(generator.oneIn(2) ? sum : draft.requantise(sum, shift: 1, bits: 4))
        }
        let model = draft.finish("layout", inputs: [])
        let system = try model.system()
        let smallest = VectorLayout.smallestLog2Chunk(system)
        return (system, smallest + generator.integer(0...3))
    }

    /// Integers, or field elements in true cells and padding.
    private static func cells(
        _ shape: TensorShape, _ generator: inout SeededGenerator
    ) -> (stored: StoredCells, padded: [Fr]) {
        if generator.oneIn(4) {
            let padded = (0..<shape.paddedCellCount).map { _ in Fr.random(using: &generator) }
            return (StoredCells(padded: .elements(padded)), padded)
        }
        let cells = (0..<shape.cellCount).map { _ in
            Int64.random(in: .min ... .max, using: &generator)
        }
        var padded = [Fr](repeating: .zero, count: shape.paddedCellCount)
        for (cell, index) in zip(cells, indices(shape.extents)) {
            padded[zip(index, shape.paddedStrides).reduce(0) { $0 + $1.0 * $1.1 }] = Fr(Int(cell))
        }
        return (StoredCells(cells, shape: shape), padded)
    }

    /// None to four kernels of a tensor; some share factors.
    private static func kernels(
        _ shape: TensorShape, slot: inout Int, _ generator: inout SeededGenerator
    ) -> [Kernel<Fr>] {
        func point(_ count: Int) -> Point<Fr> {
            (0..<count).map { _ in
                slot += 1
                return Challenge(slot: slot, value: Fr.random(using: &generator))
            }
        }
        func factor(_ extent: Int) -> KernelFactor<Fr> {
            switch generator.integer(0...4) {
            case 0: return .maskedEq(point(log2Ceiling(extent)), extent: extent)
            case 1:
                let inner = generator.integer(1...extent)
                return .window(
                    extent: extent, offset: generator.integer(0...2),
                    terms: [
                        WindowTerm(
                            coefficient: generator.integer(1...2), extent: inner,
                            factor: .eq(point(log2Ceiling(inner)), extent: inner))
                    ])
            default: return .eq(point(log2Ceiling(extent)), extent: extent)
            }
        }
        var kernels: [Kernel<Fr>] = []
        for _ in 0..<generator.integer(0...4) {
            var factors: [KernelFactor<Fr>] = []
            var axis = 0
            while axis < shape.rank {
                let previous = kernels.last?.factors
                if let previous, generator.oneIn(2), previous.count == shape.rank,
                    previous.allSatisfy({ $0.axisCount == 1 })
                {
                    factors.append(previous[axis])
                    axis += 1
                } else if generator.oneIn(8) {
                    let count = generator.integer(1...shape.rank - axis)
                    let group = Array(shape.extents[axis..<axis + count])
                    factors.append(.merged(extents: group, factor(group.reduce(1, *))))
                    axis += count
                } else {
                    factors.append(factor(shape.extents[axis]))
                    axis += 1
                }
            }
            kernels.append(Kernel(factors))
        }
        return kernels
    }

    /// Binds the last variable.
    private static func fold(_ table: [Fr], _ x: Fr) -> [Fr] {
        stride(from: 0, to: table.count, by: 2).map {
            table[$0] + x * (table[$0 + 1] - table[$0])
        }
    }

    private static func inner(_ a: [Fr], _ b: [Fr]) -> Fr {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }
}
