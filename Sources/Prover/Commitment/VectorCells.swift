import Circuits
import Curve
import Field
import ProofSystem

/// The cells of a committed vector: blocks laid out one behind the other, read stretch by stretch.
struct VectorCells {
    let vector: CommittedVector
    let blocks: [StoredCells]
    private let areIntegers: Bool

    /// - Parameter block: the cells of a tensor.
    init(_ vector: CommittedVector, block: (TensorID) -> StoredCells) {
        self.vector = vector
        blocks = vector.blocks.map { block($0.tensor) }
        areIntegers = blocks.allSatisfy(\.areIntegers)
    }

    /// The cells of a range.
    func cells(_ range: Range<Int>) -> CellArray {
        guard areIntegers else {
            var elements = [Fr](repeating: .zero, count: range.count)
            elements.withUnsafeMutableBufferPointer { accumulate(range, times: .one, into: $0) }
            return .elements(elements)
        }
        return .integers(
            [Int64](unsafeUninitializedCapacity: range.count) { buffer, count in
                buffer.initialize(repeating: 0)
                vector.forEachBlock(in: range) { block, part, places in
                    blocks[block].copy(
                        part, to: UnsafeMutableBufferPointer(rebasing: buffer[places]))
                }
                count = range.count
            })
    }

    /// target += coefficient · cells of a range, which may end beyond the last block.
    func accumulate(
        _ range: Range<Int>, times coefficient: Fr, into target: UnsafeMutableBufferPointer<Fr>
    ) {
        vector.forEachBlock(in: range) { block, part, places in
            blocks[block].accumulate(
                part, times: coefficient,
                into: UnsafeMutableBufferPointer(rebasing: target[places]))
        }
    }

    private func chunkRange(_ index: Int, log2Chunk: Int) -> Range<Int> {
        let start = index << log2Chunk
        return start..<min(start + 1 << log2Chunk, vector.cellCount)
    }

    /// One commitment a chunk, with blinding 0.
    func commitments(log2Chunk: Int, powers: [G1Affine]) -> [G1Affine] {
        let count = vector.chunkCount(log2Chunk: log2Chunk)
        let together = max(1, Self.cellsTogether >> log2Chunk)
        return powers.withUnsafeBufferPointer { powers in
            stride(from: 0, to: count, by: together).flatMap { first in
                let ranges = (first..<min(first + together, count)).map {
                    chunkRange($0, log2Chunk: log2Chunk)
                }
                let start = ranges[0].lowerBound
                let end = ranges[ranges.count - 1].upperBound
                func rows<Cell>(_ cells: UnsafeBufferPointer<Cell>) -> [UnsafeBufferPointer<Cell>] {
                    ranges.map {
                        UnsafeBufferPointer(
                            rebasing: cells[$0.lowerBound - start..<$0.upperBound - start])
                    }
                }
                return switch cells(start..<end) {
                case .integers(let cells):
                    cells.withUnsafeBufferPointer {
                        MSMKernel.multiply(bases: powers, rows: rows($0))
                    }
                case .elements(let cells):
                    cells.withUnsafeBufferPointer {
                        MSMKernel.multiply(bases: powers, rows: rows($0))
                    }
                }
            }
        }
    }

    /// Cells that are committed to at once: 8 MB of integers.
    private static let cellsTogether = 1 << 20

    /// accumulator += Σ coefficient · chunk, one coefficient a chunk. One multiply-add a true cell:
    /// a block of several chunks is contracted where it lies.
    func addChunks(log2Chunk: Int, times coefficients: [Fr], to accumulator: inout [Fr]) {
        accumulator.withUnsafeMutableBufferPointer { accumulator in
            for (block, stored) in zip(vector.blocks, blocks) {
                let end = block.offset + 1 << block.variableCount
                let chunks = block.offset >> log2Chunk...(end - 1) >> log2Chunk
                if chunks.count > 1,
                    let matrix = CellMatrix(stored, columnVariables: log2Chunk)
                {
                    matrix.combinedRows(Array(coefficients[chunks])).withUnsafeBufferPointer {
                        FieldKernels.add(UnsafeBufferPointer(accumulator), $0, into: accumulator)
                    }
                    continue
                }
                let first = block.offset & (1 << log2Chunk - 1)
                let count = min(1 << block.variableCount, 1 << log2Chunk)
                for (index, chunk) in chunks.enumerated() {
                    stored.accumulate(
                        index << log2Chunk..<index << log2Chunk + count,
                        times: coefficients[chunk],
                        into: UnsafeMutableBufferPointer(
                            rebasing: accumulator[first..<first + count]))
                }
            }
        }
    }
}

extension CommittedVector {
    /// The blocks that a range meets: the index, the part of the block, where that lies in the range.
    func forEachBlock(
        in range: Range<Int>,
        _ body: (_ block: Int, _ part: Range<Int>, _ places: Range<Int>) -> Void
    ) {
        for index in blocks(meeting: range) {
            let block = blocks[index]
            let common = range.clamped(to: block.offset..<block.offset + 1 << block.variableCount)
            body(
                index, common.lowerBound - block.offset..<common.upperBound - block.offset,
                common.lowerBound - range.lowerBound..<common.upperBound - range.lowerBound)
        }
    }

    /// The indices of the blocks that a range meets.
    private func blocks(meeting range: Range<Int>) -> Range<Int> {
        /// The first block that ends behind a cell.
        func first(endingAfter cell: Int) -> Int {
            var (low, high) = (0, blocks.count)
            while low < high {
                let middle = (low + high) / 2
                if blocks[middle].offset + 1 << blocks[middle].variableCount > cell {
                    high = middle
                } else {
                    low = middle + 1
                }
            }
            return low
        }
        guard !range.isEmpty, range.lowerBound < cellCount else { return 0..<0 }
        let last = first(endingAfter: min(range.upperBound, cellCount) - 1)
        return first(endingAfter: range.lowerBound)..<last + 1
    }
}
