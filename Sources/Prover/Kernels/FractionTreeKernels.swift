import CKernels
import Field

/// The LogUp-GKR fraction tree: leaves, layers, and the sum-check of a layer.
///
/// A layer's claim is about p0·q1 + p1·q0 + λ·q0·q1 over the halves p0, p1 and q0, q1 of its
/// children. With s = p1 + λ·q1 that is p0·q1 + q0·s, so the rounds run on the four tables p0, s,
/// q0, q1 (``prepare(_:lambda:denominators:runs:with:)``); at the end p1 = s − λ·q1.
enum FractionTreeKernels {
    typealias Table = UnsafeBufferPointer<Fr>
    typealias MutableTable = UnsafeMutableBufferPointer<Fr>
    typealias Integers = UnsafeBufferPointer<Int64>

    // MARK: Layers

    /// out_i = constant − Σ_j weights_j · columns_j,i: at most four columns of integers.
    ///
    /// - Parameter runs: Of the columns.
    static func leafDenominators(
        constant: Fr, columns: [Integers], weights: [Fr], into out: MutableTable,
        runs: TableRuns = TableRuns(), with k: KernelSet = .best
    ) {
        precondition(
            columns.count == weights.count && columns.count <= 4,
            "\(columns.count) columns, \(weights.count) weights, at most 4 expected")
        for column in columns { FieldKernels.check(column.count, out.count) }
        runs.check(out.count)
        withPointers(columns, \.c) { columns in
            weights.withUnsafeBufferPointer { weights in
                runs.withPointer {
                    k.c.i64_leaf_denominators(
                        out.c, constant.c, columns, weights.c, weights.count, out.count, $0)
                }
            }
        }
    }

    /// The parents of a layer: p_i·q_{i+h} + p_{i+h}·q_i over q_i·q_{i+h}.
    ///
    /// - Parameter runs: Of the layer; the parents' are ``TableRuns/combined``.
    static func combine(
        numerators p: Table, denominators q: Table, intoNumerators pOut: MutableTable,
        denominators qOut: MutableTable, runs: TableRuns = TableRuns(), with k: KernelSet = .best
    ) {
        checkCombine(p.count, q.count, pOut.count, qOut.count, runs)
        runs.withPointer { k.c.fr_fraction_combine(pOut.c, qOut.c, p.c, q.c, pOut.count, $0) }
    }

    /// The same for leaves with integers above the line; 0 and 1 cost nothing.
    static func combine(
        numerators p: Integers, denominators q: Table, intoNumerators pOut: MutableTable,
        denominators qOut: MutableTable, runs: TableRuns = TableRuns(), with k: KernelSet = .best
    ) {
        checkCombine(p.count, q.count, pOut.count, qOut.count, runs)
        runs.withPointer { k.c.i64_fraction_combine(pOut.c, qOut.c, p.c, q.c, pOut.count, $0) }
    }

    // MARK: A layer's sum-check

    /// The runs of p0 and q0, and those of s and q1.
    typealias Runs = (first: TableRuns, second: TableRuns)
    static let noRuns: Runs = (TableRuns(), TableRuns())

    /// s = p1 + λ·q1; s may be p1.
    static func prepare(
        _ p1: Table, lambda: Fr, denominators q1: Table, into s: MutableTable,
        runs: TableRuns = TableRuns(), with k: KernelSet = .best
    ) {
        FieldKernels.check(p1.count, q1.count, s.count)
        runs.check(q1.count)
        runs.withPointer {
            k.c.fr_fraction_prepare(s.c, p1.c, lambda.c, q1.c, q1.count, $0)
        }
    }

    /// The same for integers p1.
    static func prepare(
        _ p1: Integers, lambda: Fr, denominators q1: Table, into s: MutableTable,
        runs: TableRuns = TableRuns(), with k: KernelSet = .best
    ) {
        FieldKernels.check(p1.count, q1.count, s.count)
        runs.check(q1.count)
        runs.withPointer {
            k.c.i64_fraction_prepare(s.c, p1.c, lambda.c, q1.c, q1.count, $0)
        }
    }

    /// What a pass over the tables gives: Σ e·h(0), and Σ e times the coefficient of X² in h.
    struct RoundSums {
        var constant: Fr
        var quadratic: Fr

        /// The message (b, c): coefficients of X and X² of the round polynomial without its eq
        /// factor, from the running claim = constant + z·(b + c).
        ///
        /// nil for z = 0: use ``RoundSums/message(constantAtOne:)``.
        func message(claim: Fr, z: Fr) -> (linear: Fr, quadratic: Fr)? {
            guard let inverse = z.inverse() else { return nil }
            return ((claim - constant) * inverse - quadratic, quadratic)
        }

        /// The message from the value at X = 1, which is the constant with halves exchanged.
        func message(constantAtOne: Fr) -> (linear: Fr, quadratic: Fr) {
            (constantAtOne - constant - quadratic, quadratic)
        }
    }

    /// One round over tables of 2n entries; e: n weights.
    ///
    /// Four unreduced products, two reductions and two more products a pair.
    static func round(
        p0: Table, s: Table, q0: Table, q1: Table, weights e: Table, runs: Runs = noRuns,
        with k: KernelSet = .best
    ) -> RoundSums {
        for table in [p0, s, q0, q1] { FieldKernels.check(table.count, 2 * e.count) }
        return sums(runs, 2 * e.count) {
            k.c.fr_fraction_round(p0.c, s.c, q0.c, q1.c, e.c, e.count, $0, $1, $2)
        }
    }

    /// The first round at the leaves, whose numerators are integers.
    static func round(
        p0: Integers, s: Table, q0: Table, q1: Table, weights e: Table, runs: Runs = noRuns,
        with k: KernelSet = .best
    ) -> RoundSums {
        FieldKernels.check(p0.count, 2 * e.count)
        for table in [s, q0, q1] { FieldKernels.check(table.count, 2 * e.count) }
        return sums(runs, 2 * e.count) {
            k.c.i64_fraction_round(p0.c, s.c, q0.c, q1.c, e.c, e.count, $0, $1, $2)
        }
    }

    /// Fixes the first variable of all four tables (4n entries) to r in place, and gives the next
    /// round with n weights, in one pass.
    ///
    /// - Parameter runs: Of the tables before; afterwards they are ``TableRuns/combined``.
    static func foldThenRound(
        p0: MutableTable, s: MutableTable, q0: MutableTable, q1: MutableTable, weights e: Table,
        by r: Fr, runs: Runs = noRuns, with k: KernelSet = .best
    ) -> RoundSums {
        for table in [p0, s, q0, q1] { FieldKernels.check(table.count, 4 * e.count) }
        return sums(runs, 4 * e.count) {
            k.c.fr_fraction_fold_round(p0.c, s.c, q0.c, q1.c, e.c, e.count, r.c, $0, $1, $2)
        }
    }

    /// The same after the first round at the leaves; the folded numerators go to `folded`.
    static func foldThenRound(
        p0: Integers, foldedInto folded: MutableTable, s: MutableTable, q0: MutableTable,
        q1: MutableTable, weights e: Table, by r: Fr, runs: Runs = noRuns,
        with k: KernelSet = .best
    ) -> RoundSums {
        FieldKernels.check(p0.count, 4 * e.count)
        FieldKernels.check(folded.count, 2 * e.count)
        for table in [s, q0, q1] { FieldKernels.check(table.count, 4 * e.count) }
        return sums(runs, 4 * e.count) {
            k.c.i64_fraction_fold_round(
                folded.c, p0.c, s.c, q0.c, q1.c, e.c, e.count, r.c, $0, $1, $2)
        }
    }

    private static func sums(
        _ runs: Runs, _ count: Int,
        _ body: (UnsafePointer<UInt8>?, UnsafePointer<UInt8>?, UnsafeMutablePointer<ck_fr>) -> Void
    ) -> RoundSums {
        runs.first.check(count)
        runs.second.check(count)
        let (constant, quadratic) = withTwoResults { out in
            runs.first.withPointer { first in
                runs.second.withPointer { second in body(first, second, out) }
            }
        }
        return RoundSums(constant: constant, quadratic: quadratic)
    }

    /// eq over the remaining variables from eq over one more: the sum of its halves, in place.
    static func dropFirstVariable(ofEq e: MutableTable, with k: KernelSet = .best) {
        precondition(e.count.isMultiple(of: 2), "\(e.count) weights, an even number expected")
        let half = e.count / 2
        // SAFETY: both halves lie within the table.
        k.c.fr_add(e.c, e.c, e.c + half, half)
    }

    private static func checkCombine(
        _ p: Int, _ q: Int, _ pOut: Int, _ qOut: Int, _ runs: TableRuns
    ) {
        precondition(
            p == q && pOut == qOut && 2 * pOut == p,
            "\(p) over \(q) fractions into \(pOut) over \(qOut)")
        runs.check(p)
    }
}
