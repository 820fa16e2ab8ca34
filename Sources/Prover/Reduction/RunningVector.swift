import Field
import ProofSystem

/// A vector of the final batch and its kernel, the variables of the rounds so far fixed.
struct RunningVector {
    private enum Tables {
        /// Read from the source, folded by the challenges so far.
        case streamed
        /// The cells that are given, and the kernel on them; both are zero from there up to
        /// 2^variables.
        case resident(cells: CellArray, kernel: [Fr])
    }

    private let source: VectorCells
    private let kernel: BatchKernel
    private let residentVariables: Int
    /// Cells of a stretch, a power of two: 1/16 of what may be held.
    private let stretch: Int
    private var tables = Tables.streamed
    private var variableCount: Int
    /// Of its own rounds.
    private var challenges: [Fr] = []
    /// The round at which its own variables begin.
    let entry: Int
    /// Σ V·K, needed while the vector waits.
    private(set) var sum = Fr.zero
    /// Π (1 − r) over the rounds it waited: V and K are zero-extended at the front.
    var head = Fr.one
    /// Σ V(X)·K(X) of the round in progress, once it is known.
    private var values: (at0: Fr, at2: Fr)?

    init(_ source: VectorCells, _ kernel: BatchKernel, entry: Int, residentVariables: Int) {
        (self.source, self.kernel, self.entry) = (source, kernel, entry)
        self.residentVariables = residentVariables
        stretch = 1 << max(0, residentVariables - 4)
        variableCount = source.vector.variableCount
        if variableCount <= residentVariables {
            let count = source.vector.cellCount
            let cells = source.cells(0..<count)
            var elements = [Fr](repeating: .zero, count: count)
            elements.withUnsafeMutableBufferPointer { elements in
                kernel.accumulate(0..<1 << variableCount, times: .one, into: elements)
            }
            if entry > 0 {
                sum =
                    switch cells {
                    case .integers(let cells): FieldKernels.innerProduct(cells, elements)
                    case .elements(let cells): FieldKernels.innerProduct(cells, elements)
                    }
            }
            tables = .resident(cells: cells, kernel: elements)
        } else if entry > 0 {
            forEachPair { cells, kernel in sum += FieldKernels.innerProduct(cells, kernel) }
        }
    }

    /// Σ V(X)·K(X) at 0 and 2.
    mutating func roundValues() -> (at0: Fr, at2: Fr) {
        if let values { return values }
        let half = 1 << (variableCount - 1)
        switch tables {
        case .resident(.integers(let cells), let kernel):
            return SumcheckKernels.productRound(cells, kernel, half: half)
        case .resident(.elements(let cells), let kernel):
            return SumcheckKernels.productRound(cells, kernel, half: half)
        case .streamed:
            var sums = (at0: Fr.zero, at2: Fr.zero)
            forEachPair { cells, kernel in
                let part = SumcheckKernels.productRound(cells, kernel)
                sums.at0 += part.at0
                sums.at2 += part.at2
            }
            return sums
        }
    }

    /// Fixes the first variable.
    mutating func bind(_ challenge: Fr) {
        variableCount -= 1
        challenges.append(challenge)
        guard variableCount > 0 else { return }
        if case .resident = tables {
            foldTables(by: challenge)
        } else if variableCount <= residentVariables {
            tables = folded()
        }
    }

    /// Folds and sums the next round in one pass.
    private mutating func foldTables(by challenge: Fr) {
        guard case .resident(let cells, var kernel) = tables else { return }
        tables = .streamed
        let quarter = 1 << (variableCount - 1)
        switch consume cells {
        case .integers(let integers):
            let folded: [Fr] = integers.withUnsafeBufferPointer { integers in
                kernel.withUnsafeMutableBufferPointer { kernel in
                    .filled(2 * quarter) {
                        values = SumcheckKernels.foldThenProductRound(
                            integers, foldedInto: $0, kernel, quarter: quarter, by: challenge)
                    }
                }
            }
            kernel.removeLast(kernel.count - 2 * quarter)
            tables = .resident(cells: .elements(folded), kernel: kernel)
        case .elements(var elements):
            values = elements.withUnsafeMutableBufferPointer { elements in
                kernel.withUnsafeMutableBufferPointer { kernel in
                    SumcheckKernels.foldThenProductRound(
                        elements, kernel, quarter: quarter, by: challenge)
                }
            }
            elements.removeLast(elements.count - 2 * quarter)
            kernel.removeLast(kernel.count - 2 * quarter)
            tables = .resident(cells: .elements(elements), kernel: kernel)
        }
    }
}

// MARK: - Streaming

extension RunningVector {
    /// Both tables, folded by all challenges so far.
    private func folded() -> Tables {
        let count = 1 << variableCount
        var cells = [Fr](repeating: .zero, count: count)
        var kernel = cells
        let weights = FieldKernels.eq(challenges)
        cells.withUnsafeMutableBufferPointer { cells in
            kernel.withUnsafeMutableBufferPointer { kernel in
                for start in stride(from: 0, to: count, by: stretch) {
                    let range = start..<min(start + stretch, count)
                    fold(
                        range, weights, cells: .init(rebasing: cells[range]),
                        kernel: .init(rebasing: kernel[range]))
                }
            }
        }
        return .resident(cells: .elements(cells), kernel: kernel)
    }

    /// Stretches of both folded tables, each the lower ends of lines and then the upper ones.
    private func forEachPair(
        _ body: (UnsafeBufferPointer<Fr>, UnsafeBufferPointer<Fr>) -> Void
    ) {
        let half = 1 << (variableCount - 1)
        let length = min(stretch, half)
        let weights = FieldKernels.eq(challenges)
        withUnsafeTemporaryFr(4 * length) { scratch in
            for start in stride(from: 0, to: half, by: length) {
                scratch.initialize(repeating: .zero)
                for (side, first) in [start, start + half].enumerated() {
                    let cells = side * length..<(side + 1) * length
                    let kernel = (side + 2) * length..<(side + 3) * length
                    fold(
                        first..<first + length, weights, cells: .init(rebasing: scratch[cells]),
                        kernel: .init(rebasing: scratch[kernel]))
                }
                body(
                    UnsafeBufferPointer(rebasing: scratch[..<(2 * length)]),
                    UnsafeBufferPointer(rebasing: scratch[(2 * length)...]))
            }
        }
    }

    /// Adds to each table the same range of every part that the challenges have folded together.
    private func fold(
        _ range: Range<Int>, _ weights: [Fr], cells: UnsafeMutableBufferPointer<Fr>,
        kernel: UnsafeMutableBufferPointer<Fr>
    ) {
        for (part, weight) in weights.enumerated() {
            let first = part << variableCount + range.lowerBound
            guard first < source.vector.cellCount else { return }
            let range = first..<first + range.count
            source.accumulate(range, times: weight, into: cells)
            self.kernel.accumulate(range, times: weight, into: kernel)
        }
    }
}
