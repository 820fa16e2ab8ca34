import Circuits
import Field
import TestSupport
import Testing
import ZKMLTestSupport

@testable import ProofSystem

/// A window evaluated digit by digit is the inner product of its vector with eq.
@Suite struct WindowEvaluationTests {
    private static func point(_ count: Int, _ generator: inout SeededGenerator) -> Point<Fr> {
        (0..<count).map { Challenge(slot: $0, value: .random(using: &generator)) }
    }

    private static func check(
        extent: Int, offset: Int, terms: [(coefficient: Int, extent: Int)],
        _ generator: inout SeededGenerator
    ) throws {
        let terms = terms.map { term in
            let point = point(log2Ceiling(term.extent), &generator)
            return WindowTerm<Fr>(
                coefficient: term.coefficient, extent: term.extent,
                factor: generator.oneIn(2)
                    ? .eq(point, extent: term.extent) : .maskedEq(point, extent: term.extent))
        }
        let z = point(log2Ceiling(extent), &generator).map(\.value)
        let factor = KernelFactor.window(extent: extent, offset: offset, terms: terms)
        let expected = zip(factor.paddedValues(), StructuredPolynomials.eqTable(z)).reduce(
            Fr.zero
        ) { $0 + $1.0 * $1.1 }
        let comment: Comment = "\(extent) \(offset) \(terms.map { ($0.coefficient, $0.extent) })"
        let byDigits = KernelFactor.windowByDigits(
            extent: extent, offset: offset, terms: terms, at: z)
        #expect(try #require(byDigits, comment) == expected, comment)
        #expect(factor.evaluate(at: z[...]) == expected, comment)
    }

    /// Slices, pads, split axes, strides, convolutions, as circuits have them.
    @Test func knownShapes() throws {
        var generator = SeededGenerator(seed: 1)
        let shapes: [(Int, Int, [(Int, Int)])] = [
            (768, 0, [(64, 12), (1, 64)]), (2304, 768, [(1, 768)]), (2304, 1536, [(1, 768)]),
            (256, -1, [(1, 256)]), (197, -1, [(1, 197)]), (197, 196, [(1, 1)]),
            (5025, 0, [(256, 20), (1, 256)]), (100, 0, [(2, 50), (1, 2)]),
            (100, -3, [(2, 51), (1, 5), (3, 2)]), (1, 0, []), (100, 7, []), (100, 100, []),
            (100, -1, []), (300, 1000, [(1, 5)]), (300, -1000, [(1, 5)]), (65, 64, [(7, 9)]),
        ]
        for (extent, offset, terms) in shapes {
            try Self.check(extent: extent, offset: offset, terms: terms, &generator)
        }
    }

    @Test(arguments: UInt64(0)..<200) func randomShapes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let extent = generator.integer(1...300)
        let terms = (0..<generator.integer(0...3)).map { _ in
            (generator.pick([1, 2, 3, 4, 5, 6, 8, 32, 48]), generator.integer(1...20))
        }
        try Self.check(
            extent: extent, offset: generator.integer(-200...extent + 10), terms: terms,
            &generator)
    }

    /// A hostile key cannot make digits dearer than the vector, whose steps are counted.
    @Test func stepsAreBounded() {
        var generator = SeededGenerator(seed: 3)
        let z = Self.point(2, &generator).map(\.value)
        let terms = [5, 5, 5].map {
            WindowTerm<Fr>(
                coefficient: $0, extent: 1, factor: .eq([], extent: 1))
        }
        func byDigits(limit: Int) -> Fr? {
            KernelFactor.windowByDigits(
                extent: 3, offset: -1 << 40, terms: terms, at: z, limit: limit)
        }
        #expect(byDigits(limit: .max) == .zero)
        // 40 levels, 17 carries, one flag.
        #expect(byDigits(limit: 40 * 17 * 2) == .zero && byDigits(limit: 40 * 17 * 2 - 1) == nil)
    }

    /// What digits cannot do is left to the vector.
    @Test func refusals() {
        var generator = SeededGenerator(seed: 2)
        let z = Self.point(7, &generator).map(\.value)
        let eq = KernelFactor<Fr>.eq(Self.point(2, &generator), extent: 3)
        let window = KernelFactor<Fr>.window(extent: 3, offset: 0, terms: [])
        func byDigits(_ terms: [(Int, KernelFactor<Fr>)]) -> Fr? {
            KernelFactor.windowByDigits(
                extent: 100, offset: 0,
                terms: terms.map { WindowTerm(coefficient: $0.0, extent: 3, factor: $0.1) }, at: z)
        }
        #expect(byDigits([(1, eq)]) != nil)
        #expect(byDigits([(-1, eq)]) == nil && byDigits([(0, eq)]) == nil)
        #expect(byDigits([(17, eq)]) == nil && byDigits([(1, window)]) == nil)
        #expect(byDigits([(1, eq), (1, eq), (1, eq), (1, eq)]) == nil)
    }
}
