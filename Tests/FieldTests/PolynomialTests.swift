import Field
import TestSupport
import Testing

@Suite("Polynomials") struct PolynomialTests {
    @Test("interpolation at 0 … d is the polynomial itself", arguments: 0...12)
    func interpolation(degree: Int) {
        var rng = SeededGenerator(seed: UInt64(degree))
        let coefficients = (0...degree).map { _ in Fr.random(using: &rng) }
        let values = (0...degree).map { UnivariatePolynomial.evaluate(coefficients, at: Fr($0)) }
        for x in [.zero, .one, Fr(degree), Fr(degree + 1), -.one, Fr.random(using: &rng)] {
            let expected = UnivariatePolynomial.evaluate(coefficients, at: x)
            #expect(UnivariatePolynomial.interpolate(values, at: x) == expected)
        }
    }

    @Test("evaluation by Horner")
    func horner() {
        #expect(UnivariatePolynomial.evaluate([Fr](), at: Fr(5)) == .zero)
        #expect(UnivariatePolynomial.evaluate([Fr(7), Fr(2), Fr(3)], at: Fr(10)) == Fr(327))
        #expect(UnivariatePolynomial.interpolate([Fr(9)], at: Fr(123)) == Fr(9))
        #expect(UnivariatePolynomial.inverseFactorials[4] * Fr(24) == .one)
        let most = [Fr](repeating: Fr(3), count: 33)
        #expect(UnivariatePolynomial.interpolate(most, at: Fr(1000)) == Fr(3))
    }

    /// Σ over the hypercube of value(i) · eq(i, point), from the definition alone.
    private func extend(_ point: [Fr], _ value: (Int) -> Fr) -> Fr {
        (0..<1 << point.count).reduce(Fr.zero) { sum, i in
            var weight = value(i)
            for (k, x) in point.enumerated() {
                let isSet = i >> (point.count - 1 - k) & 1 == 1
                weight *= isSet ? x : .one - x
            }
            return sum + weight
        }
    }

    @Test("a walk over selectors gives each block's, in any order", arguments: UInt64(0)..<20)
    func selectors(seed: UInt64) {
        var rng = SeededGenerator(seed: seed)
        let x = (0..<9).map { _ in Fr.random(using: &rng) }
        var walk = EqWalk(x)
        func check(_ index: Int, _ count: Int) {
            let table = StructuredPolynomials.eqTable(Array(x[..<count]))
            #expect(walk.selector(index, count: count) == table[index], "\(index) of 2^\(count)")
        }
        for _ in 0..<100 {
            let count = Int(rng.next() % 10)
            check(Int(rng.next() % (1 << UInt64(count))), count)
        }
        // Aligned blocks in order, smaller and smaller.
        var offset = 0
        for size in [7, 7, 5, 5, 4, 2, 2, 0, 0, 0] {
            check(offset >> size, 9 - size)
            offset += 1 << size
        }
    }

    @Test("structured polynomials are the extensions of their tables", arguments: 0...6)
    func structured(variableCount n: Int) {
        var rng = SeededGenerator(seed: UInt64(100 + n))
        let x = (0..<n).map { _ in Fr.random(using: &rng) }
        let y = (0..<n).map { _ in Fr.random(using: &rng) }
        let size = 1 << n
        let table = StructuredPolynomials.eqTable(x)
        #expect(table.count == size)
        for i in 0..<size {
            #expect(table[i] == extend(x) { $0 == i ? .one : .zero })
        }
        #expect(StructuredPolynomials.eq(x, y) == extend(y) { table[$0] })
        for extent in 0...size + 1 {
            let isBelow = extend(x) { $0 < extent ? .one : .zero }
            #expect(StructuredPolynomials.lessThan(extent, x) == isBelow, "extent \(extent)")
        }
        for count in 0...size {
            let prefix = StructuredPolynomials.eqPrefix(x, count: count)
            #expect(prefix == Array(table.prefix(count)), "count \(count)")
        }
        #expect(StructuredPolynomials.index(x) == extend(x) { Fr($0) })
        let flag = extend(x) { ($0 == size - 1 ? .one : .zero) - ($0 == 0 ? .one : .zero) }
        #expect(StructuredPolynomials.saturationFlag(x) == flag)
    }
}
