import CKernels
import Field

/// Sum-check rounds over tables of 2 · half entries, entry i paired with entry i + half: each
/// pair is a line lo + X · (hi − lo).
enum SumcheckKernels {
    typealias Table = UnsafeBufferPointer<Fr>
    typealias MutableTable = UnsafeMutableBufferPointer<Fr>
    typealias Integers = UnsafeBufferPointer<Int64>

    /// Σ A(X)·B(X) at X = 0 and X = 2, the tables' entries from `a.count` up to 2 · half being
    /// zero. Two unreduced multiplications a pair.
    ///
    /// - Parameter half: nil where all entries are given.
    static func productRound(
        _ a: Table, _ b: Table, half: Int? = nil, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let (half, pairs) = halfAndPairs(a.count, b.count, half)
        let (at0, at2) = withTwoResults { k.c.fr_product_round(a.c, b.c, half, pairs, $0) }
        // Lines that end in zero are the same at 0 and, squared, at 2.
        let rest = FieldKernels.innerProduct(
            Table(rebasing: a[pairs..<half]), Table(rebasing: b[pairs..<half]), with: k)
        return (at0 + rest, at2 + rest)
    }

    static func productRound(
        _ a: [Fr], _ b: [Fr], half: Int? = nil, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in productRound(a, b, half: half, with: k) }
        }
    }

    /// The same for a table of integers.
    static func productRound(
        _ a: Integers, _ b: Table, half: Int? = nil, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let (half, pairs) = halfAndPairs(a.count, b.count, half)
        let (at0, at2) = withTwoResults { k.c.i64_product_round(a.c, b.c, half, pairs, $0) }
        let rest = FieldKernels.innerProduct(
            Integers(rebasing: a[pairs..<half]), Table(rebasing: b[pairs..<half]), with: k)
        return (at0 + rest, at2 + rest)
    }

    static func productRound(
        _ a: [Int64], _ b: [Fr], half: Int? = nil, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in productRound(a, b, half: half, with: k) }
        }
    }

    /// Fixes the first variable of both tables to r in place, and gives the next round, in one
    /// pass. The first 2 · quarter entries are live afterwards; those from `a.count` up to
    /// 4 · quarter are zero before.
    ///
    /// - Parameter quarter: nil where all entries are given.
    static func foldThenProductRound(
        _ a: MutableTable, _ b: MutableTable, quarter: Int? = nil, by r: Fr,
        with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let quarter = checkedQuarter(a.count, b.count, quarter)
        return withTwoResults {
            k.c.fr_product_fold_round(a.c, b.c, quarter, a.count, r.c, $0)
        }
    }

    /// The same for a table of integers, whose folded form goes to `folded`.
    static func foldThenProductRound(
        _ a: Integers, foldedInto folded: MutableTable, _ b: MutableTable, quarter: Int? = nil,
        by r: Fr, with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        let quarter = checkedQuarter(a.count, b.count, quarter)
        FieldKernels.check(folded.count, 2 * quarter)
        return withTwoResults {
            k.c.i64_product_fold_round(folded.c, a.c, b.c, quarter, a.count, r.c, $0)
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
        _ expression: Expression, _ tables: [CellArray], degree: Int? = nil,
        with k: KernelSet = .best
    ) -> [Fr] {
        let degree = degree ?? max(1, expression.degree)
        precondition(1...8 ~= degree, "degree \(degree), 1 ... 8 expected")
        precondition(1...16 ~= tables.count, "\(tables.count) tables, 1 ... 16 expected")
        precondition(
            1...64 ~= expression.terms.count, "\(expression.terms.count) terms, 1 ... 64 expected")
        let (half, _) = halfAndPairs(tables[0].count, tables[0].count, nil)
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
        return withTables(tables) { pointers in
            coefficients.withUnsafeBufferPointer { coefficients in
                .filled(degree) { out in
                    k.c.terms_round(
                        pointers, tables.count, factor, coefficients.c, starts, indices,
                        coefficients.count, degree, half, out.c)
                }
            }
        }
    }

    /// Lends tables to a kernel, all at once.
    private static func withTables<R>(
        _ tables: [CellArray], _ body: ([ck_table]) -> R
    ) -> R {
        func lend(_ lent: [ck_table]) -> R {
            guard lent.count < tables.count else { return body(lent) }
            switch tables[lent.count] {
            case .integers(let cells):
                return cells.withUnsafeBufferPointer {
                    lend(lent + [ck_table(elements: nil, integers: $0.c)])
                }
            case .elements(let cells):
                return cells.withUnsafeBufferPointer {
                    lend(lent + [ck_table(elements: $0.c, integers: nil)])
                }
            }
        }
        return lend([])
    }

    private static func halfAndPairs(_ a: Int, _ b: Int, _ half: Int?) -> (half: Int, pairs: Int) {
        let half = half ?? a / 2
        precondition(
            a == b && half <= a && a <= 2 * half, "tables of \(a) and \(b) entries, half \(half)")
        return (half, a - half)
    }
    private static func checkedQuarter(_ a: Int, _ b: Int, _ quarter: Int?) -> Int {
        let quarter = quarter ?? a / 4
        precondition(
            a == b && 2 * quarter <= a && a <= 4 * quarter,
            "tables of \(a) and \(b) entries, quarter \(quarter)")
        return quarter
    }
}
