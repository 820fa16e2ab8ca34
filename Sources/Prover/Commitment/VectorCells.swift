import Circuits
import Curve
import Field
import ProofSystem

/// The cells of a committed vector: blocks laid out one behind the other.
struct VectorCells {
    let vector: CommittedVector
    /// `vector.cellCount` cells.
    let cells: CellArray

    /// - Parameter block: the padded cells of a tensor.
    init(_ vector: CommittedVector, block: (TensorID) -> CellArray) {
        self.vector = vector
        let blocks = vector.blocks.map { block($0.tensor) }
        let allIntegers = blocks.allSatisfy { if case .integers = $0 { true } else { false } }
        if allIntegers {
            var cells: [Int64] = []
            cells.reserveCapacity(vector.cellCount)
            for case .integers(let block) in blocks { cells += block }
            self.cells = .integers(cells)
        } else {
            var cells: [Fr] = []
            cells.reserveCapacity(vector.cellCount)
            for block in blocks { cells += block.asElements() }
            self.cells = .elements(cells)
        }
    }

    private func chunkRange(_ index: Int, log2Chunk: Int) -> Range<Int> {
        let start = index << log2Chunk
        return start..<min(start + 1 << log2Chunk, vector.cellCount)
    }

    /// One commitment a chunk, with blinding 0.
    func commitments(log2Chunk: Int, powers: [G1Affine]) -> [G1Affine] {
        powers.withUnsafeBufferPointer { powers in
            (0..<vector.chunkCount(log2Chunk: log2Chunk)).map { chunk in
                let range = chunkRange(chunk, log2Chunk: log2Chunk)
                let bases = UnsafeBufferPointer(rebasing: powers[..<range.count])
                return switch cells {
                case .integers(let cells):
                    cells[range].withUnsafeBufferPointer {
                        MSMKernel.multiply(bases: bases, scalars: $0)
                    }
                case .elements(let cells):
                    cells[range].withUnsafeBufferPointer {
                        MSMKernel.multiply(bases: bases, scalars: $0)
                    }
                }
            }
        }
    }

    /// accumulator += coefficient · chunk.
    func addChunk(_ index: Int, log2Chunk: Int, times coefficient: Fr, to accumulator: inout [Fr]) {
        let range = chunkRange(index, log2Chunk: log2Chunk)
        accumulator.withUnsafeMutableBufferPointer { accumulator in
            let target = UnsafeMutableBufferPointer(rebasing: accumulator[..<range.count])
            switch cells {
            case .integers(let cells):
                cells[range].withUnsafeBufferPointer {
                    FieldKernels.accumulate(coefficient, times: $0, into: target)
                }
            case .elements(let cells):
                cells[range].withUnsafeBufferPointer {
                    FieldKernels.accumulate(coefficient, times: $0, into: target)
                }
            }
        }
    }
}
