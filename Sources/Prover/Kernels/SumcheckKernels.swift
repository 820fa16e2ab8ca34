import CKernels
import Field

/// Sum-check rounds over tables of 2 · half entries, entry i paired with entry i + half: each
/// pair is a line lo + X · (hi − lo).
enum SumcheckKernels {
    typealias Table = UnsafeBufferPointer<Fr>
    typealias MutableTable = UnsafeMutableBufferPointer<Fr>
    typealias Integers = UnsafeBufferPointer<Int64>

    /// Σ A(X)·B(X) at X = 0 and X = 2. Two unreduced multiplications a pair.
    static func productRound(
        _ a: Table, _ b: Table, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let half = halfCount(a.count, b.count)
        return withTwoResults { k.c.fr_product_round(a.c, b.c, half, $0) }
    }

    static func productRound(
        _ a: [Fr], _ b: [Fr], with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in productRound(a, b, with: k) }
        }
    }

    /// The same for a table of integers.
    static func productRound(
        _ a: Integers, _ b: Table, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let half = halfCount(a.count, b.count)
        return withTwoResults { k.c.i64_product_round(a.c, b.c, half, $0) }
    }

    static func productRound(
        _ a: [Int64], _ b: [Fr], with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in productRound(a, b, with: k) }
        }
    }

    /// Fixes the first variable of both tables to r in place, and gives the next round, in one
    /// pass. The lower halves are live afterwards.
    static func foldThenProductRound(
        _ a: MutableTable, _ b: MutableTable, by r: Fr, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let quarter = quarterCount(a.count, b.count)
        return withTwoResults { k.c.fr_product_fold_round(a.c, b.c, quarter, r.c, $0) }
    }

    /// The same for a table of integers, whose folded form goes to `folded`.
    static func foldThenProductRound(
        _ a: Integers, foldedInto folded: MutableTable, _ b: MutableTable, by r: Fr,
        with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let quarter = quarterCount(a.count, b.count)
        FieldKernels.check(folded.count, a.count / 2)
        return withTwoResults {
            k.c.i64_product_fold_round(folded.c, a.c, b.c, quarter, r.c, $0)
        }
    }

    /// Σ_t coefficient_t · Π T_k over a list of tables, repeats allowed.
    struct Expression {
        /// Indices of tables, at most 64 terms; an empty product is 1.
        var terms: [(coefficient: Fr, tables: [Int])]
        /// The index of a table that multiplies the whole sum, such as eq.
        var factor: Int?

        /// Π of the given tables.
        static func product(_ tables: [Int]) -> Expression {
            Expression(terms: [(.one, tables)], factor: nil)
        }

        var degree: Int {
            (terms.map(\.tables.count).max() ?? 0) + (factor == nil ? 0 : 1)
        }
    }

    /// Σ of the expression's round polynomial at X = 0, 2, 3, …, degree.
    ///
    /// - Parameter degree: 1 ... 8, at least the expression's (default).
    /// - Precondition: at most 16 tables, each of 2 · half entries.
    static func round(
        _ expression: Expression, _ tables: [Table], degree: Int? = nil,
        with k: KernelSet = .best
    ) -> [Fr] {
        let degree = degree ?? max(1, expression.degree)
        precondition(1...8 ~= degree, "degree \(degree), 1 ... 8 expected")
        precondition(1...16 ~= tables.count, "\(tables.count) tables, 1 ... 16 expected")
        precondition(
            1...64 ~= expression.terms.count, "\(expression.terms.count) terms, 1 ... 64 expected")
        let half = halfCount(tables[0].count, tables[0].count)
        for table in tables { FieldKernels.check(table.count, 2 * half) }
        var starts: [UInt32] = [0]
        var indices: [UInt32] = []
        for term in expression.terms {
            for table in term.tables {
                precondition(tables.indices.contains(table), "table \(table) of \(tables.count)")
                indices.append(UInt32(table))
            }
            starts.append(UInt32(indices.count))
        }
        indices.append(0)  // an address even without indices
        let coefficients = expression.terms.map(\.coefficient)
        let factor = expression.factor ?? tables.count
        precondition(0...tables.count ~= factor, "table \(factor) of \(tables.count)")
        return withPointers(tables, \.c) { pointers in
            coefficients.withUnsafeBufferPointer { coefficients in
                .filled(degree) { out in
                    k.c.fr_terms_round(
                        pointers, tables.count, factor, coefficients.c, starts, indices,
                        coefficients.count, degree, half, out.c)
                }
            }
        }
    }

    static func round(
        _ expression: Expression, _ tables: [[Fr]], degree: Int? = nil, with k: KernelSet = .best
    ) -> [Fr] {
        withBuffers(tables) { round(expression, $0, degree: degree, with: k) }
    }

    private static func halfCount(_ a: Int, _ b: Int) -> Int {
        precondition(a == b && a.isMultiple(of: 2), "tables of \(a) and \(b) entries")
        return a / 2
    }
    private static func quarterCount(_ a: Int, _ b: Int) -> Int {
        precondition(a == b && a.isMultiple(of: 4), "tables of \(a) and \(b) entries")
        return a / 4
    }
}
