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
            func expected() -> [Fr] {
                (0..<count).map { i in
                    zip(columns, weights).reduce(constant) { $0 - $1.1 * Fr($1.0[i]) }
                }
            }
            expect(k, count: count, equals: expected()) { k in
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

    @Test("layers", arguments: KernelSet.all, [0, 1, 2, 64, 3000])
    func layers(kernels k: KernelSet, h: Int) {
        var rng = SeededGenerator(seed: UInt64(h))
        let (p, q) = (rng.elements(2 * h), rng.elements(2 * h))
        // Half of them 0 or 1, as masks are.
        let x = rng.integers(2 * h).map { Bool.random(using: &rng) ? $0 & 1 : $0 }
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
        expect(k, count: h, equals: expected(p)) { k in
            p.withUnsafeBufferPointer { p in
                run {
                    FractionTreeKernels.combine(
                        numerators: p, denominators: $0, intoNumerators: $1, denominators: $2,
                        with: k)
                }
            }
        }
        expect(k, count: h, equals: expected(x.map { Fr($0) })) { k in
            x.withUnsafeBufferPointer { x in
                run {
                    FractionTreeKernels.combine(
                        numerators: x, denominators: $0, intoNumerators: $1, denominators: $2,
                        with: k)
                }
            }
        }
    }

    /// A layer to prove: four tables of 2^variables entries, the claim's point, the challenges.
    struct Layer {
        var integers: (p0: [Int64], p1: [Int64])?
        var p0, p1, q0, q1, z, challenges: [Fr]
        var lambda: Fr
        var variables: Int { z.count }

        init(variables: Int, integers: Bool, _ rng: inout SeededGenerator) {
            let size = 1 << variables
            func numerators(_ rng: inout SeededGenerator) -> [Int64] {
                // Half of them 0 or 1, as masks are.
                rng.integers(size).map { Bool.random(using: &rng) ? $0 & 1 : $0 }
            }
            if integers {
                let (a, b) = (numerators(&rng), numerators(&rng))
                self.integers = (a, b)
                (p0, p1) = (a.map { Fr($0) }, b.map { Fr($0) })
            } else {
                (p0, p1) = (rng.elements(size), rng.elements(size))
            }
            (q0, q1) = (rng.elements(size), rng.elements(size))
            (z, challenges) = (rng.elements(variables), rng.elements(variables))
            lambda = rng.element()
        }

        /// Everything that happens, by the definition: in each round Σ e·h(0), Σ e·[X²]h, and the
        /// message (b, c) as in piop.py's gkr(); then the four values.
        func transcript() -> [Fr] {
            var t = [p0, p1, q0, q1]
            var transcript: [Fr] = []
            for round in 0..<variables {
                let e = StructuredPolynomials.eqTable(Array(z.dropFirst(round + 1)))
                func sum(_ x: Fr) -> Fr {
                    e.indices.reduce(.zero) { sum, i in
                        let v = t.map { Reference.line($0[i], $0[i + e.count], x) }
                        return sum + e[i] * (v[0] * v[3] + v[1] * v[2] + lambda * v[2] * v[3])
                    }
                }
                let (h0, h1, h2) = (sum(.zero), sum(.one), sum(Fr(2)))
                let quadratic = (h2 - h1 - h1 + h0) * (Fr(2).inverse() ?? .zero)
                transcript += [h0, quadratic, h1 - h0 - quadratic, quadratic]
                t = t.map { Reference.fold($0, by: challenges[round]) }
            }
            return transcript + t.map { $0[0] }
        }

        /// The same by kernels, rounds after the first fused with the fold before them.
        func transcript(_ k: KernelSet) -> [Fr] {
            let tables = [p0, p1, q0, q1, FieldKernels.eq(Array(z.dropFirst()), with: k)].map {
                let table = UnsafeMutableBufferPointer<Fr>.allocate(capacity: $0.count)
                _ = table.initialize(from: $0)
                return table
            }
            defer { for table in tables { table.deallocate() } }
            let (p0, s, q0, q1, e) = (tables[0], tables[1], tables[2], tables[3], tables[4])
            let q1Input = UnsafeBufferPointer(q1)
            if let integers {
                integers.p1.withUnsafeBufferPointer {
                    FractionTreeKernels.prepare(
                        $0, lambda: lambda, denominators: q1Input, into: s, with: k)
                }
            } else {
                FractionTreeKernels.prepare(
                    UnsafeBufferPointer(s), lambda: lambda, denominators: q1Input, into: s, with: k)
            }
            var transcript: [Fr] = []
            for round in 0..<variables {
                let live = p0.count >> round
                func head(_ t: UnsafeMutableBufferPointer<Fr>, _ count: Int)
                    -> UnsafeMutableBufferPointer<Fr>
                { .init(rebasing: t[..<count]) }
                if round > 0 {
                    FractionTreeKernels.dropFirstVariable(ofEq: head(e, live), with: k)
                }
                let weights = UnsafeBufferPointer(head(e, live / 2))
                let sums: FractionTreeKernels.RoundSums
                if round == 0 {
                    let (s, q0) = (UnsafeBufferPointer(s), UnsafeBufferPointer(q0))
                    sums =
                        integers.map {
                            $0.p0.withUnsafeBufferPointer {
                                FractionTreeKernels.round(
                                    p0: $0, s: s, q0: q0, q1: q1Input, weights: weights, with: k)
                            }
                        }
                        ?? FractionTreeKernels.round(
                            p0: .init(p0), s: s, q0: q0, q1: q1Input, weights: weights, with: k)
                } else if round == 1, let integers {
                    sums = integers.p0.withUnsafeBufferPointer {
                        FractionTreeKernels.foldThenRound(
                            p0: $0, foldedInto: head(p0, live), s: s, q0: q0, q1: q1,
                            weights: weights, by: challenges[0], with: k)
                    }
                } else {
                    sums = FractionTreeKernels.foldThenRound(
                        p0: head(p0, 2 * live), s: head(s, 2 * live), q0: head(q0, 2 * live),
                        q1: head(q1, 2 * live), weights: weights, by: challenges[round - 1],
                        with: k)
                }
                transcript += [sums.constant, sums.quadratic]
                if round == 0 {
                    // The value at 1 is the constant of the tables with halves exchanged.
                    let swapped = [self.p0, Array(s), self.q0, self.q1].map {
                        Array($0[(live / 2)...] + $0[..<(live / 2)])
                    }
                    let at1 = withBuffers(swapped) {
                        FractionTreeKernels.round(
                            p0: $0[0], s: $0[1], q0: $0[2], q1: $0[3], weights: weights, with: k)
                    }
                    let message = sums.message(constantAtOne: at1.constant)
                    transcript += [message.linear, message.quadratic]
                } else {
                    // The running claim: what the messages before it leave.
                    let message = sums.message(claim: claim(transcript, round), z: z[round])
                    transcript += [message?.linear ?? .zero, message?.quadratic ?? .zero]
                }
            }
            let last = challenges[variables - 1]
            for table in integers == nil || variables > 1 ? [p0, s, q0, q1] : [s, q0, q1] {
                FieldKernels.fold(head2(table), half: 1, by: last, with: k)
            }
            let p0Value =
                integers != nil && variables == 1
                ? Reference.line(self.p0[0], self.p0[1], last) : p0[0]
            return transcript + [p0Value, s[0] - lambda * q1[0], q0[0], q1[0]]
        }

        private func head2(_ t: UnsafeMutableBufferPointer<Fr>) -> UnsafeMutableBufferPointer<Fr> {
            .init(rebasing: t[..<2])
        }

        /// The claim at a round: constant, linear and quadratic coefficient of the round before at
        /// its challenge (the first round's constant is the sum itself).
        private func claim(_ transcript: [Fr], _ round: Int) -> Fr {
            let at = 4 * (round - 1)
            let x = challenges[round - 1]
            return transcript[at] + transcript[at + 2] * x + transcript[at + 3] * x * x
        }
    }

    @Test("a layer's sum-check", arguments: KernelSet.all, [1, 2, 3, 6, 12])
    func layerSumcheck(kernels k: KernelSet, variables: Int) {
        for integers in [false, true] {
            var rng = SeededGenerator(seed: UInt64(variables))
            let layer = Layer(variables: variables, integers: integers, &rng)
            expect(k, count: 1 << variables, equals: layer.transcript()) { layer.transcript($0) }
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
