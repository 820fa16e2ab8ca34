import Field
import TestSupport
import Testing

@testable import Prover

/// Kernels on tables with runs do what they do on the same tables with every entry stored, and
/// read no entry of a run but the first.
@Suite("Runs in the fraction tree", .serialized) struct TableRunsTests {
    /// A table whose runs hold one value, with rubbish behind the first entry.
    struct Sparse<T> {
        var table: [T]
        var runs: TableRuns

        init(_ table: [T], _ runs: TableRuns, rubbish: () -> T) {
            (self.table, self.runs) = (table, runs)
            for (run, flag) in runs.flags.enumerated() where flag != 0 {
                let first = run * TableRuns.length
                for entry in first + 1..<first + TableRuns.length { self.table[entry] = rubbish() }
            }
        }

        var expanded: [T] {
            var table = table
            runs.expand(&table)
            return table
        }
    }

    /// Runs in three of four places, most of them together, and gaps at the end.
    private static func runs(_ count: Int, _ rng: inout SeededGenerator) -> TableRuns {
        let flags = (0..<count / TableRuns.length).map { run in
            run / 2 % 3 == 0 || Bool.random(using: &rng) ? UInt8(1) : 0
        }
        return TableRuns(flags: flags)
    }

    /// Fractions with runs, those of the last quarter 0/1 where they are runs.
    private static func fractions(
        _ count: Int, _ runs: TableRuns, _ rng: inout SeededGenerator
    ) -> (integers: Sparse<Int64>, p: Sparse<Fr>, q: Sparse<Fr>) {
        var x = rng.integers(count).map { Bool.random(using: &rng) ? $0 & 1 : $0 }
        var q = rng.elements(count)
        for run in count / 32 * 3..<count / 8 where !runs.isEmpty && runs.flags[run] != 0 {
            (x[run * 8], q[run * 8]) = (0, .one)
        }
        let p = x.map { Fr($0) }
        return (
            Sparse(x, runs) { rng.integers(1)[0] }, Sparse(p, runs) { rng.element() },
            Sparse(q, runs) { rng.element() }
        )
    }

    @Test("combined flags") func flags() {
        let runs = TableRuns(flags: [1, 0, 1, 1, 1, 1, 0, 1])
        #expect(runs.combined.flags == [1, 0, 0, 1])
        #expect(runs.halves.0.flags == [1, 0, 1, 1])
        #expect(runs.halves.1.flags == [1, 1, 0, 1])
        #expect(runs.exchanged.flags == [1, 1, 0, 1, 1, 0, 1, 1])
        #expect(TableRuns(flags: [0, 0]).isEmpty)
    }

    @Test("leaves", arguments: KernelSet.all, [8, 64, 4096])
    func leaves(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        let runs = Self.runs(count, &rng)
        for columnCount in [1, 2, 4] {
            let columns = (0..<columnCount).map { _ in
                Sparse(rng.integers(count), runs) { rng.integers(1)[0] }
            }
            let (weights, constant) = (rng.elements(columnCount), rng.element())
            func denominators(_ columns: [[Int64]], _ runs: TableRuns, _ k: KernelSet) -> [Fr] {
                var out = [Fr](repeating: .zero, count: count)
                out.withUnsafeMutableBufferPointer { out in
                    withBuffers(columns) {
                        FractionTreeKernels.leafDenominators(
                            constant: constant, columns: $0, weights: weights, into: out,
                            runs: runs, with: k)
                    }
                }
                runs.expand(&out)
                return out
            }
            let dense = denominators(columns.map(\.expanded), TableRuns(), .portable)
            expect(k, equals: dense) { k in denominators(columns.map(\.table), runs, k) }
        }
    }

    struct Fractions: Equatable {
        var p, q: [Fr]
    }

    @Test("layers", arguments: KernelSet.all, [8, 32, 64, 4096])
    func layers(kernels k: KernelSet, h: Int) {
        var rng = SeededGenerator(seed: UInt64(h))
        let runs = Self.runs(2 * h, &rng)
        let (x, p, q) = Self.fractions(2 * h, runs, &rng)
        func combined(
            _ q: [Fr], _ runs: TableRuns,
            _ body: (
                FractionTreeKernels.Table, FractionTreeKernels.MutableTable,
                FractionTreeKernels.MutableTable
            ) -> Void
        ) -> Fractions {
            var out = Fractions(
                p: Array(repeating: .one, count: h), q: Array(repeating: .one, count: h))
            out.p.withUnsafeMutableBufferPointer { pOut in
                out.q.withUnsafeMutableBufferPointer { qOut in
                    q.withUnsafeBufferPointer { body($0, pOut, qOut) }
                }
            }
            runs.combined.expand(&out.p)
            runs.combined.expand(&out.q)
            return out
        }
        func fromIntegers(_ x: [Int64], _ q: [Fr], _ runs: TableRuns, _ k: KernelSet) -> Fractions {
            x.withUnsafeBufferPointer { x in
                combined(q, runs) {
                    FractionTreeKernels.combine(
                        numerators: x, denominators: $0, intoNumerators: $1, denominators: $2,
                        runs: runs, with: k)
                }
            }
        }
        func fromElements(_ p: [Fr], _ q: [Fr], _ runs: TableRuns, _ k: KernelSet) -> Fractions {
            p.withUnsafeBufferPointer { p in
                combined(q, runs) {
                    FractionTreeKernels.combine(
                        numerators: p, denominators: $0, intoNumerators: $1, denominators: $2,
                        runs: runs, with: k)
                }
            }
        }
        let dense = fromElements(p.expanded, q.expanded, TableRuns(), .portable)
        expect(k, equals: dense) { fromElements(p.table, q.table, runs, $0) }
        expect(k, equals: dense) { fromIntegers(x.table, q.table, runs, $0) }
    }

    /// Tables and challenges of a layer's sum-check, down to tables of sixteen entries.
    struct LayerTables {
        var integers: [Int64]?
        var p0: [Fr] = []
        var s: [Fr]
        var q0, q1: [Fr]
        var runs: FractionTreeKernels.Runs

        /// The sums of every round, and the last tables.
        func transcript(lambda: Fr, e: [Fr], _ challenges: [Fr], _ k: KernelSet) -> [Fr] {
            var (t, e) = (self, e)
            t.s.withUnsafeMutableBufferPointer { s in
                q1.withUnsafeBufferPointer {
                    FractionTreeKernels.prepare(
                        UnsafeBufferPointer(s), lambda: lambda, denominators: $0, into: s,
                        runs: runs.second, with: k)
                }
            }
            func first(_ p0: [Fr]) -> FractionTreeKernels.RoundSums {
                withBuffers([p0, t.s, t.q0, t.q1, e]) {
                    FractionTreeKernels.round(
                        p0: $0[0], s: $0[1], q0: $0[2], q1: $0[3], weights: $0[4], runs: runs,
                        with: k)
                }
            }
            func first(_ p0: [Int64]) -> FractionTreeKernels.RoundSums {
                p0.withUnsafeBufferPointer { p0 in
                    withBuffers([t.s, t.q0, t.q1, e]) {
                        FractionTreeKernels.round(
                            p0: p0, s: $0[0], q0: $0[1], q1: $0[2], weights: $0[3], runs: runs,
                            with: k)
                    }
                }
            }
            let sums = t.integers.map(first) ?? first(t.p0)
            var transcript = [sums.constant, sums.quadratic]
            for challenge in challenges {
                e = Array(e[..<(e.count / 2)])
                let sums = t.fold(challenge, e, k)
                transcript += [sums.constant, sums.quadratic]
            }
            t.runs.first.expand(&t.p0)
            t.runs.first.expand(&t.q0)
            t.runs.second.expand(&t.s)
            t.runs.second.expand(&t.q1)
            return transcript + t.p0 + t.s + t.q0 + t.q1
        }

        private mutating func fold(
            _ challenge: Fr, _ e: [Fr], _ k: KernelSet
        ) -> FractionTreeKernels.RoundSums {
            var sums = FractionTreeKernels.RoundSums(constant: .zero, quadratic: .zero)
            let (integers, runs) = (integers, runs)
            if integers != nil { p0 = Array(repeating: .zero, count: s.count / 2) }
            p0.withUnsafeMutableBufferPointer { p0 in
                s.withUnsafeMutableBufferPointer { s in
                    q0.withUnsafeMutableBufferPointer { q0 in
                        q1.withUnsafeMutableBufferPointer { q1 in
                            e.withUnsafeBufferPointer { e in
                                if let integers {
                                    sums = integers.withUnsafeBufferPointer {
                                        FractionTreeKernels.foldThenRound(
                                            p0: $0, foldedInto: p0, s: s, q0: q0, q1: q1,
                                            weights: e, by: challenge, runs: runs, with: k)
                                    }
                                } else {
                                    sums = FractionTreeKernels.foldThenRound(
                                        p0: p0, s: s, q0: q0, q1: q1, weights: e, by: challenge,
                                        runs: runs, with: k)
                                }
                            }
                        }
                    }
                }
            }
            let half = s.count / 2
            if integers == nil { p0.removeLast(half) }
            self.integers = nil
            s.removeLast(half)
            q0.removeLast(half)
            q1.removeLast(half)
            self.runs = (runs.first.combined, runs.second.combined)
            return sums
        }
    }

    @Test("a layer's sum-check", arguments: KernelSet.all, [32, 64, 4096])
    func layerSumcheck(kernels k: KernelSet, size: Int) {
        var rng = SeededGenerator(seed: UInt64(size))
        for (firstHasRuns, secondHasRuns) in [(true, true), (true, false), (false, true)] {
            let first = firstHasRuns ? Self.runs(size, &rng) : TableRuns()
            let second = secondHasRuns ? Self.runs(size, &rng) : TableRuns()
            let (x, p0, q0) = Self.fractions(size, first, &rng)
            let (_, p1, q1) = Self.fractions(size, second, &rng)
            let (lambda, e) = (rng.element(), rng.elements(size / 2))
            let challenges = rng.elements(size.trailingZeroBitCount - 4)
            let dense = LayerTables(
                p0: p0.expanded, s: p1.expanded, q0: q0.expanded, q1: q1.expanded,
                runs: FractionTreeKernels.noRuns
            ).transcript(lambda: lambda, e: e, challenges, .portable)
            for integers in [nil, x.table] {
                let tables = LayerTables(
                    integers: integers, p0: integers == nil ? p0.table : [], s: p1.table,
                    q0: q0.table, q1: q1.table, runs: (first, second))
                expect(k, equals: dense) {
                    tables.transcript(lambda: lambda, e: e, challenges, $0)
                }
            }
        }
    }
}
