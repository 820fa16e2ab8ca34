import CKernels
import Field

/// Sum-check rounds that bind the last variable: entry 2i of a table is paired with entry 2i + 1,
/// each pair a line lo + X · (hi − lo). Behind a table's entries are zeros.
enum AdjacentSumcheckKernels {
    /// Both tables with the last variable fixed, and their next round.
    struct Folded {
        var a: [Fr]
        var b: [Fr]
        var at0: Fr
        var at2: Fr
    }

    /// Σ A(X)·B(X) at X = 0 and X = 2. Two unreduced multiplications a pair.
    static func productRound(
        _ a: [Fr], _ b: [Fr], with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        FieldKernels.check(a.count, b.count)
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                withTwoResults { k.c.fr_adjacent_round(a.c, b.c, a.count, $0) }
            }
        }
    }

    /// The same for a table of integers.
    static func productRound(
        _ a: [Int64], _ b: [Fr], with k: KernelSet = .best
    ) -> (at0: Fr, at2: Fr) {
        FieldKernels.check(a.count, b.count)
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                withTwoResults { k.c.i64_adjacent_round(a.c, b.c, a.count, $0) }
            }
        }
    }

    /// Fixes the last variable of both tables to r, and sums the next round in the same pass.
    static func foldThenProductRound(
        _ a: [Fr], _ b: [Fr], by r: Fr, with k: KernelSet = .best
    ) -> Folded {
        a.withUnsafeBufferPointer { a in
            folded(a.count, b) { aOut, b, bOut, values in
                k.c.fr_adjacent_fold_round(aOut.c, a.c, bOut.c, b.c, a.count, r.c, values)
            }
        }
    }

    /// The same for a table of integers, which become field elements.
    static func foldThenProductRound(
        _ a: [Int64], _ b: [Fr], by r: Fr, with k: KernelSet = .best
    ) -> Folded {
        a.withUnsafeBufferPointer { a in
            folded(a.count, b) { aOut, b, bOut, values in
                k.c.i64_adjacent_fold_round(aOut.c, a.c, bOut.c, b.c, a.count, r.c, values)
            }
        }
    }

    private static func folded(
        _ count: Int, _ b: [Fr],
        _ body: (
            UnsafeMutableBufferPointer<Fr>, UnsafeBufferPointer<Fr>,
            UnsafeMutableBufferPointer<Fr>, UnsafeMutablePointer<ck_fr>
        ) -> Void
    ) -> Folded {
        FieldKernels.check(count, b.count)
        var values = (Fr.zero, Fr.zero)
        var foldedB: [Fr] = []
        let foldedA = [Fr].filled((count + 1) / 2) { aOut in
            foldedB = .filled((count + 1) / 2) { bOut in
                b.withUnsafeBufferPointer { b in
                    values = withTwoResults { body(aOut, b, bOut, $0) }
                }
            }
        }
        return Folded(a: foldedA, b: foldedB, at0: values.0, at2: values.1)
    }
}
