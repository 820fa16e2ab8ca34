import Circuits
import Field
import ProofSystem

/// The prover's side of the LogUp-GKR tree: all layers, and the rounds of the current one.
///
/// Numerators of the leaves stay integers; a layer is dropped when its rounds begin. Padding is
/// carried as runs of one value for as many layers and rounds as it stays so.
struct FractionTreeProver {
    private enum Numerators {
        case integers([Int64])
        case elements([Fr])
    }

    private struct Layer {
        var numerators: Numerators
        var denominators: [Fr]
        var runs: TableRuns
    }

    /// layers[k] has 2^(k+1) fractions: the children of layer k's nodes.
    private var layers: [Layer?]

    // The layer in progress: four tables p0, s, q0, q1 with s = p1 + lambda·q1.
    private var p0 = Numerators.elements([])
    private var s: [Fr] = []
    private var q0: [Fr] = []
    private var q1: [Fr] = []
    private var runs = FractionTreeKernels.noRuns
    private var eq: [Fr] = []
    private var lambda = Fr.zero
    /// The layer's point, and its coordinates' inverses.
    private var point: [Fr] = []
    private var inverses: [Fr] = []
    private var claim = Fr.zero
    private var round = 0
    private var message = (linear: Fr.zero, quadratic: Fr.zero)
    private var sums: FractionTreeKernels.RoundSums?

    init(
        _ tree: FractionTree, alpha: Fr, beta: Fr, witness: Witness,
        multiplicities: [TensorID: CellArray]
    ) {
        let leaves = LeafBuilder(
            tree: tree, alpha: alpha, beta: beta, witness: witness, multiplicities: multiplicities)
        let (numerators, denominators, runs) = leaves.build()
        var layer: Layer
        switch numerators {
        case .integers(let cells):
            layer = Layer(numerators: .integers(cells), denominators: denominators, runs: runs)
        case .elements(let cells):
            layer = Layer(numerators: .elements(cells), denominators: denominators, runs: runs)
        }
        layers = [layer]
        for _ in 1..<max(1, tree.depth) {
            layer = Self.combine(layer)
            layers.append(layer)
        }
        layers.reverse()
    }

    private static func combine(_ layer: Layer) -> Layer {
        let half = layer.denominators.count / 2
        var denominators: [Fr] = []
        var numerators: [Fr] = .filled(half) { pOut in
            denominators = .filled(half) { qOut in
                layer.denominators.withUnsafeBufferPointer { q in
                    switch layer.numerators {
                    case .integers(let p):
                        p.withUnsafeBufferPointer {
                            FractionTreeKernels.combine(
                                numerators: $0, denominators: q, intoNumerators: pOut,
                                denominators: qOut, runs: layer.runs)
                        }
                    case .elements(let p):
                        p.withUnsafeBufferPointer {
                            FractionTreeKernels.combine(
                                numerators: $0, denominators: q, intoNumerators: pOut,
                                denominators: qOut, runs: layer.runs)
                        }
                    }
                }
            }
        }
        var runs = layer.runs.combined
        if half < 64 {
            runs.expand(&numerators)
            runs.expand(&denominators)
            runs = TableRuns()
        }
        return Layer(numerators: .elements(numerators), denominators: denominators, runs: runs)
    }

    /// - Parameters:
    ///   - claim: numerator + lambda · denominator at the point.
    mutating func beginLayer(_ index: Int, lambda: Fr, point: [Fr], claim: Fr) {
        guard let layer = layers[index] else { return }
        layers[index] = nil
        let half = 1 << index
        runs = layer.runs.halves
        // The lower halves stay where they are.
        q0 = layer.denominators
        let numerators = layer.numerators
        _ = consume layer
        q1 = Array(q0[half...])
        q0.removeLast(half)
        switch consume numerators {
        case .integers(var cells):
            s = cells[half...].withUnsafeBufferPointer { p1 in
                q1.withUnsafeBufferPointer { q1 in
                    .filled(half) {
                        FractionTreeKernels.prepare(
                            p1, lambda: lambda, denominators: q1, into: $0, runs: runs.second)
                    }
                }
            }
            cells.removeLast(half)
            p0 = .integers(cells)
        case .elements(var cells):
            s = cells[half...].withUnsafeBufferPointer { p1 in
                q1.withUnsafeBufferPointer { q1 in
                    .filled(half) {
                        FractionTreeKernels.prepare(
                            p1, lambda: lambda, denominators: q1, into: $0, runs: runs.second)
                    }
                }
            }
            cells.removeLast(half)
            p0 = .elements(cells)
        }
        self.lambda = lambda
        self.point = point
        inverses = point
        FieldKernels.invert(&inverses)
        self.claim = claim
        round = 0
        sums = nil
        eq = index > 0 ? FieldKernels.eq(Array(point.dropFirst())) : []
    }

    /// Coefficients of X and X² of the round polynomial without its eq factor.
    mutating func roundMessage() -> [Fr] {
        let sums = sums ?? firstSums()
        if point[round].isZero {
            // Never in practice: the eq factor then says nothing about the value at 1.
            message = sums.message(constantAtOne: constantAtOne())
        } else {
            message.quadratic = sums.quadratic
            message.linear =
                (claim - sums.constant) * inverses[round] - sums.quadratic
        }
        return [message.linear, message.quadratic]
    }

    mutating func bind(_ challenge: Fr) {
        let constant = claim - point[round] * (message.linear + message.quadratic)
        claim = constant + challenge * (message.linear + challenge * message.quadratic)
        round += 1
        if round < point.count {
            let half = eq.count / 2
            eq.withUnsafeMutableBufferPointer {
                FractionTreeKernels.dropFirstVariable(ofEq: $0)
            }
            eq.removeLast(half)
            expandSmallRuns()
            sums = foldThenSums(challenge)
            s.removeLast(s.count / 2)
            runs = (runs.first.combined, runs.second.combined)
        } else {
            switch p0 {
            case .integers(let cells): p0 = .elements(FieldKernels.fold(cells, by: challenge))
            case .elements(var cells):
                FieldKernels.fold(&cells, by: challenge)
                p0 = .elements(cells)
            }
            FieldKernels.fold(&s, by: challenge)
            FieldKernels.fold(&q0, by: challenge)
            FieldKernels.fold(&q1, by: challenge)
        }
    }

    /// p0, p1, q0, q1 at the layer's point.
    func layerValues() -> [Fr] {
        let numerator: Fr
        switch p0 {
        case .integers(let cells): numerator = Fr(Int(cells[0]))
        case .elements(let cells): numerator = cells[0]
        }
        return [numerator, s[0] - lambda * q1[0], q0[0], q1[0]]
    }

    /// A fold pairs quarters of a table: when they are no longer whole runs, every entry is stored.
    private mutating func expandSmallRuns() {
        guard q0.count < 4 * TableRuns.length else { return }
        if case .elements(var cells) = p0 {
            p0 = .elements([])
            runs.first.expand(&cells)
            p0 = .elements(cells)
        }
        runs.first.expand(&q0)
        runs.second.expand(&s)
        runs.second.expand(&q1)
        runs = FractionTreeKernels.noRuns
    }

    private func firstSums() -> FractionTreeKernels.RoundSums {
        s.withUnsafeBufferPointer { s in
            q0.withUnsafeBufferPointer { q0 in
                q1.withUnsafeBufferPointer { q1 in
                    eq.withUnsafeBufferPointer { eq in
                        switch p0 {
                        case .integers(let cells):
                            cells.withUnsafeBufferPointer {
                                FractionTreeKernels.round(
                                    p0: $0, s: s, q0: q0, q1: q1, weights: eq, runs: runs)
                            }
                        case .elements(let cells):
                            cells.withUnsafeBufferPointer {
                                FractionTreeKernels.round(
                                    p0: $0, s: s, q0: q0, q1: q1, weights: eq, runs: runs)
                            }
                        }
                    }
                }
            }
        }
    }

    /// Folds the four tables and sums the next round in one pass; the tables' upper halves are
    /// stale afterwards.
    private mutating func foldThenSums(_ challenge: Fr) -> FractionTreeKernels.RoundSums {
        let half = q0.count / 2
        let (sums, folded) = s.withUnsafeMutableBufferPointer { s in
            q0.withUnsafeMutableBufferPointer { q0 in
                q1.withUnsafeMutableBufferPointer { q1 in
                    eq.withUnsafeBufferPointer { eq in
                        Self.foldThenSums(
                            &p0, s: s, q0: q0, q1: q1, eq: eq, runs: runs, by: challenge,
                            half: half)
                    }
                }
            }
        }
        p0 = .elements(folded)
        q0.removeLast(half)
        q1.removeLast(half)
        return sums
    }

    private static func foldThenSums(
        _ p0: inout Numerators, s: UnsafeMutableBufferPointer<Fr>,
        q0: UnsafeMutableBufferPointer<Fr>, q1: UnsafeMutableBufferPointer<Fr>,
        eq: UnsafeBufferPointer<Fr>, runs: FractionTreeKernels.Runs, by challenge: Fr, half: Int
    ) -> (FractionTreeKernels.RoundSums, [Fr]) {
        var sums: FractionTreeKernels.RoundSums?
        switch p0 {
        case .integers(let cells):
            let folded: [Fr] = cells.withUnsafeBufferPointer { cells in
                .filled(half) {
                    sums = FractionTreeKernels.foldThenRound(
                        p0: cells, foldedInto: $0, s: s, q0: q0, q1: q1, weights: eq,
                        by: challenge, runs: runs)
                }
            }
            return (sums!, folded)
        case .elements(var cells):
            p0 = .elements([])
            let result = cells.withUnsafeMutableBufferPointer {
                FractionTreeKernels.foldThenRound(
                    p0: $0, s: s, q0: q0, q1: q1, weights: eq, by: challenge, runs: runs)
            }
            cells.removeLast(half)
            return (result, cells)
        }
    }

    /// Σ e · h(1): the halves exchanged.
    private func constantAtOne() -> Fr {
        let half = q0.count / 2
        func swapped<T>(_ table: [T]) -> [T] { Array(table[half...]) + Array(table[..<half]) }
        var other = self
        switch p0 {
        case .integers(let cells): other.p0 = .integers(swapped(cells))
        case .elements(let cells): other.p0 = .elements(swapped(cells))
        }
        other.s = swapped(s)
        other.q0 = swapped(q0)
        other.q1 = swapped(q1)
        other.runs = (runs.first.exchanged, runs.second.exchanged)
        return other.firstSums().constant
    }
}
