import Circuits
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

@testable import Prover

@Suite("Stored cells") struct StoredCellsTests {
    /// Every kind of padding: before, between and behind axes that have none.
    static let shapes = [
        [3, 5, 7], [4, 3, 2], [3, 1, 4], [1, 1, 3], [4, 8], [5], [1], [2, 3, 1, 1], [12, 4, 2],
        [37],
    ]

    static func stored(_ shape: TensorShape) -> (stored: StoredCells, padded: [Int64]) {
        let cells = (0..<shape.cellCount).map { Int64($0 + 1) }
        var padded = [Int64](repeating: 0, count: shape.paddedCellCount)
        for (cell, index) in zip(cells, indices(shape.extents)) {
            padded[zip(index, shape.paddedStrides).reduce(0) { $0 + $1.0 * $1.1 }] = cell
        }
        return (StoredCells(cells, shape: shape), padded)
    }

    @Test("stretches of a vector", arguments: shapes)
    func stretches(extents: [Int]) throws {
        let shape = try #require(TensorShape(extents))
        let (stored, expected) = Self.stored(shape)
        let count = shape.paddedCellCount
        #expect(1 << stored.variableCount == count)
        guard case .integers(expected) = stored.paddedCells else {
            Issue.record("padded cells differ")
            return
        }
        for length in [1, 2, 8, count] where length <= count {
            for start in stride(from: 0, to: count, by: length) {
                let range = start..<start + length
                var copied = [Int64](repeating: -1, count: length)
                copied.withUnsafeMutableBufferPointer { stored.copy(range, to: $0) }
                #expect(copied == Array(expected[range]))
                var sums = [Fr](repeating: .one, count: length)
                sums.withUnsafeMutableBufferPointer {
                    stored.accumulate(range, times: Fr(3), into: $0)
                }
                #expect(sums == expected[range].map { Fr(Int(1 + 3 * $0)) })
            }
        }
    }

    /// Wherever true cells can be cut into rows, and at every axis.
    @Test("matrices", arguments: shapes)
    func matrices(extents: [Int]) throws {
        let shape = try #require(TensorShape(extents))
        let (integers, padded) = Self.stored(shape)
        let elements = StoredCells(padded: .elements(padded.map { Fr(Int($0)) }))
        var generator = SeededGenerator(seed: 1)
        var cuts = 0
        for columnVariables in 0...shape.variableCount {
            let width = 1 << columnVariables
            let height = shape.paddedCellCount / width
            let rowWeights = (0..<height).map { _ in Fr.random(using: &generator) }
            let columnWeights = (0..<width).map { _ in Fr.random(using: &generator) }
            var rowSums = [Fr](repeating: .zero, count: width)
            var columnSums = [Fr](repeating: .zero, count: height)
            for (cell, value) in padded.enumerated() {
                let (row, column) = (cell / width, cell % width)
                rowSums[column] += rowWeights[row] * Fr(Int(value))
                columnSums[row] += columnWeights[column] * Fr(Int(value))
            }
            for stored in [integers, elements] {
                guard let matrix = CellMatrix(stored, columnVariables: columnVariables) else {
                    continue
                }
                cuts += 1
                #expect(matrix.rows.variableCount == shape.variableCount - columnVariables)
                #expect(matrix.columns.variableCount == columnVariables)
                #expect(matrix.combinedRows(rowWeights) == rowSums, "\(columnVariables)")
                #expect(matrix.combinedColumns(columnWeights) == columnSums, "\(columnVariables)")
            }
        }
        // Of padded elements every cut is one, of integers the axes are.
        let axes = Set(
            shape.axisVariableCounts.indices.map { axis in
                shape.axisVariableCounts[axis...].reduce(0, +)
            }
        ).union([0])
        #expect(cuts >= shape.variableCount + 1 + axes.count)
    }

    /// The combination of chunks, whatever their size.
    @Test("combined chunks", arguments: shapes, [0, 1, 2, 3, 8])
    func chunks(extents: [Int], log2Chunk: Int) throws {
        let shape = try #require(TensorShape(extents))
        let small = try #require(TensorShape([3]))
        var draft = CircuitDraft(limbBits: 2)
        for extents in [extents, [3]] {
            let wire = draft.constant(
                extents, [Int64](repeating: 0, count: extents.reduce(1, *)))
            draft.output(
                draft.einsum("", (wire, ["", "a", "ab", "abc", "abcd"][extents.count])))
        }
        let system = try draft.finish("chunks", inputs: []).system()
        let vector = try #require(
            VectorLayout(system, log2Chunk: log2Chunk).vector(.constants))
        var all: [Fr] = []
        let cells = VectorCells(vector) {
            let (stored, padded) = Self.stored(system.shape($0) == small ? small : shape)
            all += padded.map { Fr(Int($0)) }
            return stored
        }
        let size = 1 << log2Chunk
        let coefficients = (0..<vector.chunkCount(log2Chunk: log2Chunk)).map { Fr(7 + $0 * $0) }
        var expected = [Fr](repeating: .one, count: size)
        for (cell, value) in all.enumerated() {
            expected[cell % size] += coefficients[cell / size] * value
        }
        var sums = [Fr](repeating: .one, count: size)
        cells.addChunks(log2Chunk: log2Chunk, times: coefficients, to: &sums)
        #expect(sums == expected)
    }
}
