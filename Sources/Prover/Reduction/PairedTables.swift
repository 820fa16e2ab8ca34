import Field

/// A stretch of a vector and its kernel on it, while the last variable is bound round by round.
/// Behind the stretch both are zero; it begins at an even place.
struct PairedTables {
    private(set) var cells: CellArray
    private(set) var kernel: [Fr]
    /// Σ V(X)·K(X) of the round in progress, once it is known.
    private var values: (at0: Fr, at2: Fr)?

    init(_ cells: CellArray, kernel: [Fr]) {
        FieldKernels.check(cells.count, kernel.count)
        (self.cells, self.kernel) = (cells, kernel)
    }

    var count: Int { kernel.count }

    /// Σ V(X)·K(X) at 0 and 2.
    mutating func roundValues() -> (at0: Fr, at2: Fr) {
        if let values { return values }
        let new =
            switch cells {
            case .integers(let cells): AdjacentSumcheckKernels.productRound(cells, kernel)
            case .elements(let cells): AdjacentSumcheckKernels.productRound(cells, kernel)
            }
        values = new
        return new
    }

    /// Fixes the last variable.
    mutating func bind(_ challenge: Fr) {
        let folded =
            switch cells {
            case .integers(let cells):
                AdjacentSumcheckKernels.foldThenProductRound(cells, kernel, by: challenge)
            case .elements(let cells):
                AdjacentSumcheckKernels.foldThenProductRound(cells, kernel, by: challenge)
            }
        cells = .elements(folded.a)
        kernel = folded.b
        values = (folded.at0, folded.at2)
    }

    /// Puts stretches that end where this one begins in front of it.
    mutating func prepend(_ stretches: [PairedTables]) {
        guard !stretches.isEmpty else { return }
        cells = .elements(
            stretches.flatMap { $0.cells.asElements() } + cells.asElements())
        kernel = stretches.flatMap(\.kernel) + kernel
        values = nil
    }
}
