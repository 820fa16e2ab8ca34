import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Fraction tree kernels", .serialized) struct FractionTreeKernelTests {
    struct Fractions: Equatable {
        var p, q: [Fr]
    }

    @Test("leaves", arguments: KernelSet.all, [1, 3, 5000])
    func leaves(kernels k: KernelSet, count: Int) {
        var rng = SeededGenerator(seed: UInt64(count))
        for columnCount in 0...4 {
            let columns = (0..<columnCount).map { _ in rng.integers(count) }
            let (weights, constant) = (rng.elements(columnCount), rng.element())
            let expected = (0..<count).map { i in
                zip(columns, weights).reduce(constant) { $0 - $1.1 * Fr($1.0[i]) }
            }
            expectForAllThreads(expected) {
                withBuffers(columns) { columns in
                    .filled(count) {
                        FractionTreeKernels.leafDenominators(
                            constant: constant, columns: columns, weights: weights, into: $0,
                            with: k)
                    }
                }
            }
        }
    }

    private func numerators(_ count: Int, _ rng: inout SeededGenerator) -> [Int64] {
        // Half of them 0 or 1, as masks are.
        rng.integers(count).map { Bool.random(using: &rng) ? $0 & 1 : $0 }
    }

    @Test("layers", arguments: KernelSet.all, [0, 1, 2, 64, 3000])
    func layers(kernels k: KernelSet, h: Int) {
        var rng = SeededGenerator(seed: UInt64(h))
        let (p, q) = (rng.elements(2 * h), rng.elements(2 * h))
        let x = numerators(2 * h, &rng)
        func expected(_ p: [Fr]) -> Fractions {
            Fractions(
                p: (0..<h).map { p[$0] * q[$0 + h] + p[$0 + h] * q[$0] },
                q: (0..<h).map { q[$0] * q[$0 + h] })
        }
        func run(
            _ combine: (
                FractionTreeKernels.Table, FractionTreeKernels.MutableTable,
                FractionTreeKernels.MutableTable
            ) -> Void
        ) -> Fractions {
            var out = Fractions(
                p: .init(repeating: .one, count: h), q: .init(repeating: .one, count: h))
            out.p.withUnsafeMutableBufferPointer { pOut in
                out.q.withUnsafeMutableBufferPointer { qOut in
                    q.withUnsafeBufferPointer { q in combine(q, pOut, qOut) }
                }
            }
            return out
        }
        expectForAllThreads(expected(p)) {
            p.withUnsafeBufferPointer { p in
                run {
                    FractionTreeKernels.combine(
                        numerators: p, denominators: $0, intoNumerators: $1, denominators: $2,
                        with: k)
                }
            }
        }
        expectForAllThreads(expected(x.map { Fr($0) })) {
            x.withUnsafeBufferPointer { x in
                run {
                    FractionTreeKernels.combine(
                        numerators: x, denominators: $0, intoNumerators: $1, denominators: $2,
                        with: k)
                }
            }
        }
    }

    /// (b, c) of piop.py's gkr(): coefficients of X and X² of Σ e·h, by values at 0, 1, 2.
    private static func message(_ t: [[Fr]], _ e: [Fr], lambda: Fr) -> [Fr] {
        let n = e.count
        func h(_ x: Fr, _ i: Int) -> Fr {
            let v = t.map { Reference.line($0[i], $0[i + n], x) }
            return v[0] * v[3] + v[1] * v[2] + lambda * v[2] * v[3]
        }
        var sums = [Fr](repeating: .zero, count: 3)
        for i in 0..<n { for x in 0..<3 { sums[x] += e[i] * h(Fr(x), i) } }
        let second = (sums[2] - sums[1] - sums[1] + sums[0]) * (Fr(2).inverse() ?? .zero)
        return [sums[1] - sums[0] - second, second]
    }

    /// A whole layer's sum-check, numerators integers or field elements, against the definition.
    @Test("a layer's sum-check", arguments: KernelSet.all, 1...12)
    func layerSumcheck(kernels k: KernelSet, variables: Int) {
        for integerNumerators in [false, true] {
            for threads in threadCounts {
                Threads.with(threads) {
                    run(k, variables, integerNumerators, seed: UInt64(variables))
                }
            }
        }
    }

    private func run(_ k: KernelSet, _ variables: Int, _ integers: Bool, seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let size = 1 << variables
        let x0 = numerators(size, &rng)
        let x1 = numerators(size, &rng)
        var reference = [
            integers ? x0.map { Fr($0) } : rng.elements(size),
            integers ? x1.map { Fr($0) } : rng.elements(size),
            rng.elements(size), rng.elements(size),
        ]
        let lambda = rng.element()
        let z = rng.elements(variables)
        var (p0, s, q0, q1) = (reference[0], reference[1], reference[2], reference[3])
        // s = p1 + lambda * q1
        s.withUnsafeMutableBufferPointer { s in
            q1.withUnsafeBufferPointer { q1 in
                if integers {
                    x1.withUnsafeBufferPointer {
                        FractionTreeKernels.prepare(
                            $0, lambda: lambda, denominators: q1, into: s, with: k)
                    }
                } else {
                    FractionTreeKernels.prepare(s, lambda: lambda, denominators: q1, with: k)
                }
            }
        }
        var e = FieldKernels.eq(Array(z.dropFirst()), with: k)
        var live = size
        var r = Fr.zero
        for round in 0..<variables {
            let sums = p0.withUnsafeMutableBufferPointer { p0 in
                s.withUnsafeMutableBufferPointer { s in
                    q0.withUnsafeMutableBufferPointer { q0 in
                        q1.withUnsafeMutableBufferPointer { q1 in
                            e.withUnsafeMutableBufferPointer { e in
                                step(round, integers, live, p0, s, q0, q1, e)
                            }
                        }
                    }
                }
            }
            if round > 0 {
                live /= 2
                reference = reference.map { Reference.fold($0, by: r) }
                #expect(Array(p0[..<live]) == reference[0])
                let p1 = (0..<live).map { s[$0] - lambda * q1[$0] }
                #expect(p1 == reference[1])
                #expect(Array(q0[..<live]) == reference[2])
                #expect(Array(q1[..<live]) == reference[3])
            }
            let weights = StructuredPolynomials.eqTable(Array(z.dropFirst(round + 1)))
            let expected = Self.message(reference, weights, lambda: lambda)
            let n = live / 2
            let constant = (0..<n).reduce(Fr.zero) {
                let t = reference
                return $0 + weights[$1]
                    * (t[0][$1] * t[3][$1] + t[1][$1] * t[2][$1] + lambda * t[2][$1] * t[3][$1])
            }
            #expect(sums.constant == constant)
            let claim = constant + z[round] * (expected[0] + expected[1])
            if let message = sums.message(claim: claim, z: z[round]) {
                #expect([message.linear, message.quadratic] == expected)
            }
            r = rng.element()
        }

        func step(
            _ round: Int, _ integers: Bool, _ live: Int, _ p0: FractionTreeKernels.MutableTable,
            _ s: FractionTreeKernels.MutableTable, _ q0: FractionTreeKernels.MutableTable,
            _ q1: FractionTreeKernels.MutableTable, _ e: FractionTreeKernels.MutableTable
        ) -> FractionTreeKernels.RoundSums {
            func head(_ t: FractionTreeKernels.MutableTable, _ count: Int)
                -> FractionTreeKernels.MutableTable
            { .init(rebasing: t[..<count]) }
            if round == 0 {
                let weights = UnsafeBufferPointer(head(e, live / 2))
                if integers {
                    return x0.withUnsafeBufferPointer {
                        FractionTreeKernels.round(
                            p0: $0, s: .init(s), q0: .init(q0), q1: .init(q1), weights: weights,
                            with: k)
                    }
                }
                return FractionTreeKernels.round(
                    p0: .init(p0), s: .init(s), q0: .init(q0), q1: .init(q1), weights: weights,
                    with: k)
            }
            FractionTreeKernels.dropFirstVariable(ofEq: head(e, live / 2), with: k)
            let weights = UnsafeBufferPointer(head(e, live / 4))
            if integers && round == 1 {
                return x0.withUnsafeBufferPointer {
                    FractionTreeKernels.foldThenRound(
                        p0: $0, foldedInto: head(p0, live / 2), s: s, q0: q0, q1: q1,
                        weights: weights, by: r, with: k)
                }
            }
            return FractionTreeKernels.foldThenRound(
                p0: head(p0, live), s: head(s, live), q0: head(q0, live), q1: head(q1, live),
                weights: weights, by: r, with: k)
        }
    }

    @Test("a message without the claim")
    func messageWithoutClaim() {
        let sums = FractionTreeKernels.RoundSums(constant: Fr(5), quadratic: Fr(7))
        // h = 5 + 3X + 7X²: 15 at 1.
        #expect(sums.message(constantAtOne: Fr(15)) == (Fr(3), Fr(7)))
        #expect(sums.message(claim: Fr(5), z: .zero) == nil)
        let message = sums.message(claim: Fr(5) + Fr(11) * Fr(10), z: Fr(11))
        #expect(message?.linear == Fr(3) && message?.quadratic == Fr(7))
    }
}
