import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

@testable import ProofSystem

/// A kernel has one meaning: the vector, its sum, its multilinear extension and the contraction
/// with a tensor agree, and a claim on a view is the pulled-back claim on its source.
@Suite struct KernelConsistencyTests {
    private static let extents = [1, 2, 3, 4, 5, 7, 8, 9]

    private struct Maker {
        var generator: SeededGenerator
        var slot = 0

        mutating func point(_ count: Int) -> Point<Fr> {
            (0..<count).map { _ in
                slot += 1
                return Challenge(slot: slot, value: .random(using: &generator))
            }
        }

        mutating func factor(extent: Int, depth: Int) -> KernelFactor<Fr> {
            switch generator.integer(0...(depth > 0 ? 4 : 1)) {
            case 0: return .eq(point(log2Ceiling(extent)), extent: extent)
            case 1: return .maskedEq(point(log2Ceiling(extent)), extent: extent)
            default:
                let terms = (0..<generator.integer(0...2)).map { _ in
                    let label = generator.pick(KernelConsistencyTests.extents)
                    return WindowTerm(
                        coefficient: generator.pick([1, 1, 2, -1, -3]), extent: label,
                        factor: factor(extent: label, depth: depth - 1))
                }
                return .window(
                    extent: extent, offset: generator.integer(-4...extent + 1), terms: terms)
            }
        }

        mutating func mergedFactor() -> KernelFactor<Fr> {
            let extents = (0..<generator.integer(2...3)).map { _ in generator.pick([1, 2, 3, 5]) }
            return .merged(
                extents: extents, factor(extent: extents.reduce(1, *), depth: 1))
        }
    }

    private func dot(_ a: [Fr], _ b: [Fr]) -> Fr {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }

    /// Positions of true cells among padded ones.
    private func truePositions(_ extents: [Int]) -> [Int] {
        let strides = rowMajorStrides(extents.map { 1 << log2Ceiling($0) })
        return indices(extents).map { zip($0, strides).reduce(0) { $0 + $1.0 * $1.1 } }
    }

    @Test(arguments: UInt64(0)..<150) func factorHasOneMeaning(seed: UInt64) {
        var maker = Maker(generator: SeededGenerator(seed: seed))
        let extent = maker.generator.pick(Self.extents)
        let isMerged = maker.generator.oneIn(3)
        let factor = isMerged ? maker.mergedFactor() : maker.factor(extent: extent, depth: 2)
        var extents = [extent]
        if case .merged(let merged, _) = factor { extents = merged }
        let padded = factor.paddedValues()
        #expect(padded.count == 1 << factor.variableCount)
        #expect(padded.count == extents.reduce(1) { $0 << log2Ceiling($1) })
        let positions = truePositions(extents)
        #expect(factor.values() == positions.map { padded[$0] })
        #expect(factor.sum() == factor.values().reduce(.zero, +))
        let z = maker.point(factor.variableCount).map(\.value)
        #expect(factor.evaluate(at: z[...]) == dot(padded, StructuredPolynomials.eqTable(z)))
        // Only a plain eq reaches into the padding.
        if case .eq = factor { return }
        let outside = Set(padded.indices).subtracting(positions)
        #expect(outside.allSatisfy { padded[$0].isZero })
    }

    @Test(arguments: UInt64(0)..<60) func contraction(seed: UInt64) {
        var maker = Maker(generator: SeededGenerator(seed: seed))
        let extents = (0..<maker.generator.integer(0...3)).map { _ in
            maker.generator.pick([1, 2, 3, 5])
        }
        let kernel = Kernel(extents.map { maker.factor(extent: $0, depth: 1) })
        let cells = (0..<extents.reduce(1, *)).map { _ in
            Int(truncatingIfNeeded: maker.generator.next())
        }
        let table = kernel.factors.reduce([Fr.one]) { rows, factor in
            let values = factor.values()
            return rows.flatMap { row in values.map { row * $0 } }
        }
        #expect(kernel.contract(cells) == dot(cells.map { Fr($0) }, table))
        let z = maker.point(extents.reduce(0) { $0 + log2Ceiling($1) }).map(\.value)
        let padded = kernel.factors.reduce([Fr.one]) { rows, factor in
            let values = factor.paddedValues()
            return rows.flatMap { row in values.map { row * $0 } }
        }
        #expect(kernel.evaluate(at: z[...]) == dot(padded, StructuredPolynomials.eqTable(z)))
    }

    /// Axes longer than the short table of low coordinates.
    @Test(arguments: [[255], [256], [257], [700], [3, 513], [513, 3], [2, 1, 300]])
    func contractionOfLongAxes(extents: [Int]) {
        var maker = Maker(generator: SeededGenerator(seed: UInt64(extents.reduce(0, +))))
        let masked = maker.generator.oneIn(2)
        let kernel = Kernel(
            extents.map { extent in
                let point = maker.point(log2Ceiling(extent))
                return masked ? .maskedEq(point, extent: extent) : .eq(point, extent: extent)
            })
        let table = kernel.factors.reduce([Fr.one]) { rows, factor in
            let values = factor.values()
            return rows.flatMap { row in values.map { row * $0 } }
        }
        let cells = (0..<table.count).map { cell in
            cell % 7 == 0
                ? [Int.min, .max, 0, -1][cell / 7 % 4]
                : Int(truncatingIfNeeded: maker.generator.next())
        }
        #expect(kernel.contract(cells) == dot(cells.map { Fr($0) }, table))
    }

    /// <V, K> = <T, K_T>, whatever the padding of T, for K with eq factors that do not stop at the
    /// true extent; and the fill.
    @Test(arguments: UInt64(0)..<150) func pullBackOfAView(seed: UInt64) throws {
        var maker = Maker(generator: SeededGenerator(seed: seed))
        let source = TensorShape(
            (0..<maker.generator.integer(0...3)).map { _ in
                maker.generator.pick([1, 2, 3, 4, 5])
            })!
        var labels: [Int] = []
        let axes = source.extents.map { extent in
            let terms = (0..<maker.generator.integer(0...2)).map { _ in
                let isWhole = maker.generator.oneIn(2)
                labels.append(isWhole ? extent : maker.generator.pick([1, 2, 3, 5]))
                return LabelTerm(
                    labels.count - 1, isWhole ? 1 : maker.generator.pick([1, 2, -1, -2]))
            }
            return AxisIndex(
                terms, offset: maker.generator.oneIn(2) ? 0 : maker.generator.integer(-2...3))
        }
        let operand = Operand(0, axes)
        let fill = Fr.random(using: &maker.generator)
        let kernel = Kernel(labels.map { maker.factor(extent: $0, depth: 1) })
        let pulled = try operand.pullBack(kernel, extents: labels, shape: source)
        // All padded cells of T are random.
        let cells = (0..<source.paddedCellCount).map { _ in Fr.random(using: &maker.generator) }
        var expected = Fr.zero
        let values = kernel.factors.map { $0.values() }
        for index in indices(labels) {
            let weight = zip(values, index).reduce(Fr.one) { $0 * $1.0[$1.1] }
            let position = axes.map { axis in
                axis.terms.reduce(axis.offset) { $0 + $1.coefficient * index[$1.label] }
            }
            let isInside = zip(position, source.extents).allSatisfy { $0 >= 0 && $0 < $1 }
            let cell = zip(position, source.paddedStrides).reduce(0) { $0 + $1.0 * $1.1 }
            expected += weight * (isInside ? cells[cell] : fill)
        }
        let table = pulled.factors.reduce([Fr.one]) { rows, factor in
            let values = factor.paddedValues()
            return rows.flatMap { row in values.map { row * $0 } }
        }
        let everywhere = kernel.factors.reduce(Fr.one) { $0 * $1.sum() }
        let inside = pulled.factors.reduce(Fr.one) { $0 * $1.sum() }
        #expect(dot(cells, table) + fill * (everywhere - inside) == expected)
    }

    /// Equality is that of places in the protocol, never of values: two points that happen to have
    /// the same coordinates are different claims.
    @Test func equalityIsByPlace() {
        let a = Challenge(slot: 1, value: Fr(5))
        let b = Challenge(slot: 2, value: Fr(5))
        let c = Challenge(slot: 1, value: Fr(6))
        #expect(a != b)
        #expect(a == c)
        let shape = TensorShape([2])!
        #expect(Kernel(point: [a], shape: shape) != Kernel(point: [b], shape: shape))
        #expect(Kernel(point: [a], shape: shape) != Kernel(maskedPoint: [a], shape: shape))
        func window(_ coefficient: Int, _ offset: Int, _ extent: Int) -> KernelFactor<Fr> {
            .window(
                extent: extent, offset: offset,
                terms: [
                    WindowTerm(
                        coefficient: coefficient, extent: 2, factor: .eq([a], extent: 2))
                ])
        }
        let windows = [window(1, 0, 3), window(2, 0, 3), window(1, 1, 3), window(1, 0, 4)]
        for (i, x) in windows.enumerated() {
            for (j, y) in windows.enumerated() { #expect((x == y) == (i == j)) }
        }
    }
}
