import Circuits
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// No claim is ever dropped, and nothing that is committed goes unread.
@Suite struct ReductionInvariantTests {
    static let models =
        StandardCircuits.all(seed: 5)
        + (UInt64(400)..<440).map { RandomCircuits.make(seed: $0, gadgets: 8) }

    /// Every einsum result is reduced exactly once, every zero constraint is an instance, and every
    /// committed tensor has a claim in the final batch.
    @Test(arguments: models) func everythingIsClaimed(model: TestModel) throws {
        let forge = try Forge(model)
        let log = ProverLog()
        _ = try forge.prove(forge.witness(), log: log)
        var reduced: [TensorID] = []
        var merged: [TensorID] = []
        var zeros = 0
        var claimed: [TensorID] = []
        for case .step(let step) in log.events {
            switch step {
            case .sumcheck(let instances, let weights):
                #expect(instances.count == weights.count)
                for instance in instances {
                    switch instance.content {
                    case .merge(let tensor, let kernels):
                        merged.append(tensor)
                        #expect(!kernels.isEmpty)
                    case .einsum(let tensor, _, _): reduced.append(tensor)
                    case .zero: zeros += 1
                    }
                }
            case .batch(let batch):
                for block in batch.kernels.joined() where !block.kernels.isEmpty {
                    claimed.append(block.block.tensor)
                }
            default: break
            }
        }
        let system = forge.system
        let einsums = system.tensorIDs.filter {
            if case .einsum = system[$0].role { true } else { false }
        }
        #expect(Set(reduced) == Set(einsums))
        #expect(reduced.count == einsums.count)
        #expect(Set(merged).count == merged.count)
        #expect(zeros == system.zeroConstraints.count)
        let committed = system.tensorIDs.filter {
            switch system[$0].role {
            case .advice, .multiplicity, .constant, .committedInput, .committedOutput: true
            default: false
            }
        }
        #expect(Set(claimed) == Set(committed))
    }

    /// Claims flow from low levels to high ones only.
    @Test(arguments: models) func levels(model: TestModel) throws {
        let system = try model.system()
        let levels = Levels(system).levels
        /// The einsum results that a claim on a tensor dissolves into.
        func einsums(below tensor: TensorID) -> [TensorID] {
            switch system[tensor].role {
            case .einsum: [tensor]
            case .view(let view): einsums(below: view.operand.source)
            case .merge(let merge): einsums(below: merge.source)
            case .affine(let affine): affine.terms.flatMap { einsums(below: $0.source) }
            default: []
            }
        }
        for tensor in system.tensorIDs {
            guard case .einsum(let einsum) = system[tensor].role else { continue }
            for operand in einsum.operands {
                for below in einsums(below: operand.source) {
                    #expect(levels[below.index] > levels[tensor.index])
                }
            }
        }
        for factor in system.zeroConstraints.flatMap({ $0.terms.flatMap(\.factors) }) {
            for below in einsums(below: factor.tensor) { #expect(levels[below.index] >= 1) }
        }
    }

    /// Blocks are aligned, largest first, and do not overlap; chunks cover them.
    @Test(arguments: models) func layout(model: TestModel) throws {
        let system = try model.system()
        let smallest = VectorLayout.smallestLog2Chunk(system)
        for log2Chunk in [smallest, smallest + 2] {
            let layout = VectorLayout(system, log2Chunk: log2Chunk)
            for vector in layout.vectors {
                var end = 0
                var last = Int.max
                for block in vector.blocks {
                    #expect(block.offset == end)
                    #expect(block.offset % (1 << block.variableCount) == 0)
                    #expect(block.variableCount <= last)
                    #expect(
                        block.variableCount == system.shape(block.tensor).variableCount)
                    last = block.variableCount
                    end += 1 << block.variableCount
                }
                #expect(vector.cellCount == end)
                let chunks = vector.chunkCount(log2Chunk: log2Chunk)
                #expect(chunks << log2Chunk >= end)
                #expect((chunks - 1) << log2Chunk < end)
                if case .port = vector.kind { #expect(chunks == 1) }
            }
        }
        guard let tree = FractionTree(system) else {
            #expect(system.lookups.isEmpty)
            return
        }
        var end = 0
        for block in tree.blocks {
            #expect(block.offset == end)
            #expect(block.offset % (1 << block.variableCount) == 0)
            end += 1 << block.variableCount
        }
        #expect(end <= 1 << tree.depth)
        #expect(tree.blocks.count == system.lookups.count + system.tables.count)
        let tags = system.tables.indices.map { FractionTree.tag(table: $0) }
        #expect(Set(tags).count == tags.count)
        #expect(!tags.contains(.zero))
    }
}
