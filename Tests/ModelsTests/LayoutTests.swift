import TestSupport
import Testing

@testable import Models

/// Axes under other names: no cell moves.
@Suite("Layouts") struct LayoutTests {
    /// The physical position of each logical cell, row-major.
    private static func positions(_ layout: Layout) -> [Int] {
        let strides = Shape.strides(layout.extents)
        var positions = [0]
        for parts in layout.axes {
            for part in parts {
                positions = positions.flatMap { position in
                    (0..<part.extent).map {
                        position + $0 * part.stride * strides[part.axis]
                    }
                }
            }
        }
        return positions
    }

    @Test("reshapes keep the order of cells", arguments: UInt64(0)..<200)
    func reshape(seed: UInt64) throws {
        var rng = SeededGenerator(seed: seed)
        let shape = (0..<Int.random(in: 0...4, using: &rng)).map { _ in
            [1, 2, 3, 4, 6].randomElement(using: &rng) ?? 1
        }
        var layout = Layout(shape)
        var expected = Array(0..<shape.reduce(1, *))
        for _ in 0..<4 {
            let permutation = layout.axes.indices.shuffled(using: &rng)
            let indices = Transpose(permutation: permutation).indexMap(operand: layout.shape)
            expected = indices.sources.map { expected[$0] }
            layout = layout.transposed(permutation)
            #expect(Self.positions(layout) == expected)
            var rest = expected.count
            var target: [Int] = []
            while rest > 1 {
                let factor = (1...rest).filter { rest % $0 == 0 }.randomElement(using: &rng) ?? 1
                target.append(factor)
                rest /= factor
            }
            if let reshaped = layout.reshaped(to: target) {
                layout = reshaped
                #expect(layout.shape == target)
                #expect(Self.positions(layout) == expected)
            }
        }
    }

    @Test("digits are refined where they nest")
    func refinement() {
        #expect(Factors.refine([6, 4], [3, 8])! == [3, 2, 4])
        #expect(Factors.refine([28, 28], [784])! == [28, 28])
        #expect(Factors.refine([3, 5], [5, 3]) == nil)
        #expect(Factors.refine([], [])! == [])
        let cuts = Factors.commonCuts([2, 3, 5, 7], [6, 5, 7])
        #expect(cuts.map(\.a) == [2, 3, 4] && cuts.map(\.b) == [1, 2, 3])
    }

    @Test("formats are the finest that fit")
    func formats() {
        #expect(FixedPointFormat(fitting: 0...1, bits: 8).fractionalBits == 6)
        #expect(FixedPointFormat(fitting: -1...0.5, bits: 8).fractionalBits == 7)
        #expect(FixedPointFormat(fitting: 0...127, bits: 8).fractionalBits == 0)
        #expect(FixedPointFormat(fitting: 0...127.5, bits: 8).fractionalBits == -1)
        #expect(FixedPointFormat(fitting: 0...0, bits: 8).fractionalBits == 7)
        let format = FixedPointFormat(bits: 8, fractionalBits: 1)
        #expect(format.quantised(0.25) == 1)
        #expect(format.quantised(-0.25) == 0)
        #expect(format.quantised(1e300) == 127 && format.quantised(-1e300) == -128)
    }
}
