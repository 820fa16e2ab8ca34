import Circuits
import TestSupport
import Testing
import ZKMLTestSupport

@testable import Models

/// Einsums against loops over every label combination with every index tested.
@Suite struct EinsumTests {
    struct Sample: CustomStringConvertible {
        var seed: UInt64
        var einsum: Einsum<Int>
        var shapes: [TensorShape]
        var operands: [[Int64]]

        var description: String { "seed \(seed)" }
    }

    private static func sample(seed: UInt64, values: ClosedRange<Int>) -> Sample {
        var generator = SeededGenerator(seed: seed)
        var extents: [Int] = []
        var operands: [Operand<Int>] = []
        var shapes: [TensorShape] = []
        for place in 0..<generator.integer(1...3) {
            var free = Array(extents.indices).shuffled(using: &generator)
            var axes: [AxisIndex] = []
            var shape: [Int] = []
            for _ in 0..<generator.integer(0...3) {
                var axis = AxisIndex([], offset: 0)
                for _ in 0..<generator.pick([0, 1, 1, 1, 1, 2, 3]) {
                    let label: Label
                    if let old = free.popLast(), !generator.oneIn(3) {
                        label = old
                    } else if extents.count < 7 {
                        label = extents.count
                        extents.append(generator.pick([1, 2, 3, 4, 5]))
                    } else {
                        continue
                    }
                    axis.terms.append(
                        LabelTerm(label, generator.pick([1, 1, 1, 2, 3, -1, -2])))
                }
                let isPlain = axis.terms.count == 1 && generator.oneIn(2)
                if isPlain {
                    axis.terms[0].coefficient = 1
                    shape.append(extents[axis.terms[0].label])
                } else {
                    axis.offset = generator.integer(-3...6)
                    shape.append(generator.integer(1...7))
                }
                axes.append(axis)
            }
            operands.append(Operand(place, axes))
            shapes.append(TensorShape(shape)!)
        }
        let used = Set(operands.flatMap(\.labels))
        let output = extents.indices.filter { used.contains($0) && generator.oneIn(2) }
            .shuffled(using: &generator)
        // Labels that nothing uses would multiply the sum.
        for label in extents.indices where !used.contains(label) { extents[label] = 1 }
        return Sample(
            seed: seed, einsum: Einsum(extents: extents, output: output, operands: operands),
            shapes: shapes,
            operands: shapes.map { generator.cells($0.cellCount, in: values) })
    }

    /// nil where a product or sum leaves 128 bits.
    private func direct(_ sample: Sample) -> [Int128]? {
        let einsum = sample.einsum
        let outputShape = TensorShape(einsum.output.map { einsum.extents[$0] })!
        var cells = [Int128](repeating: 0, count: outputShape.cellCount)
        for labels in indices(einsum.extents) {
            var product = Int128(1)
            for (operand, shape) in zip(einsum.operands, sample.shapes) {
                var position = 0
                for (axis, (extent, stride)) in zip(
                    operand.axes, zip(shape.extents, shape.strides))
                {
                    let index = axis.terms.reduce(axis.offset) {
                        $0 + $1.coefficient * labels[$1.label]
                    }
                    if index < 0 || index >= extent { product = 0 }
                    position += index * stride
                }
                if product == 0 { break }
                let (next, overflow) = product.multipliedReportingOverflow(
                    by: Int128(sample.operands[operand.source][position]))
                if overflow { return nil }
                product = next
            }
            let cell = zip(einsum.output, outputShape.strides).reduce(0) {
                $0 + labels[$1.0] * $1.1
            }
            let (sum, overflow) = cells[cell].addingReportingOverflow(product)
            if overflow { return nil }
            cells[cell] = sum
        }
        return cells
    }

    private func evaluated(_ sample: Sample) -> [Int64]? {
        EinsumLoops(sample.einsum, shapes: sample.shapes).evaluated(
            on: sample.operands, magnitudes: sample.operands.map(\.largestMagnitude))
    }

    @Test func smallIntegers() {
        var blocks = 0
        var bounded = 0
        for seed in 1...400 as ClosedRange<UInt64> {
            let sample = Self.sample(seed: seed, values: -99...99)
            #expect(evaluated(sample)?.map { Int128($0) } == direct(sample), "\(sample)")
            let loops = EinsumLoops(sample.einsum, shapes: sample.shapes)
            blocks += loops.isBlock ? 1 : 0
            bounded += loops.bounds.isEmpty ? 0 : 1
        }
        // The samples reach what they are for.
        #expect(blocks > 50 && bounded > 100)
    }

    /// Sums that may leave 64 bits are right or refused.
    @Test(arguments: [20, 30, 40, 62]) func largeIntegers(bits: Int) {
        var refused = 0
        var wide = 0
        for seed in 1...150 as ClosedRange<UInt64> {
            let sample = Self.sample(seed: seed, values: -(1 << bits)...1 << bits)
            guard let cells = evaluated(sample) else {
                refused += 1
                continue
            }
            #expect(cells.map { Int128($0) } == direct(sample), "\(sample)")
            wide += cells.contains { $0.magnitude > 1 << 61 } ? 1 : 0
        }
        #expect(bits < 30 || refused > 0)
        #expect(bits != 62 || wide > 0)
    }

    /// What is refused does not fit: one product at a time is known exactly.
    @Test func refusal() {
        let product = Einsum(
            extents: [2], output: [0],
            operands: [Operand(0, labels: [0]), Operand(1, labels: [0])])
        func evaluate(_ x: [Int64], _ y: [Int64]) -> [Int64]? {
            EinsumLoops(product, shapes: [[2], [2]]).evaluated(
                on: [x, y], magnitudes: [x.largestMagnitude, y.largestMagnitude])
        }
        #expect(evaluate([.max, 0], [1, .max]) == [.max, 0])
        #expect(evaluate([.min, 1], [1, .min]) == [.min, .min])
        #expect(evaluate([.max, 0], [2, .max]) == nil)
        #expect(evaluate([.min, 0], [-1, .max]) == nil)
        #expect(evaluate([1 << 32, 0], [1 << 31, 0]) == nil)
        #expect(evaluate([1 << 32, 0], [-(1 << 31), 0]) == [.min, 0])
    }

    /// An index that no label moves.
    @Test func constantIndices() {
        func cells(_ offset: Int) -> [Int64]? {
            let einsum = Einsum(
                extents: [3], output: [0],
                operands: [Operand(0, [AxisIndex([], offset: offset), .label(0)])])
            let source: [Int64] = [1, 2, 3, 4, 5, 6]
            return EinsumLoops(einsum, shapes: [[2, 3]]).evaluated(on: [source], magnitudes: [8])
        }
        #expect(cells(0) == [1, 2, 3])
        #expect(cells(1) == [4, 5, 6])
        for offset in [-1, 2, 1 << 24, -(1 << 24)] { #expect(cells(offset) == [0, 0, 0]) }
    }
}

extension TensorShape: ExpressibleByArrayLiteral {
    /// - Precondition: the extents are valid.
    public init(arrayLiteral extents: Int...) { self.init(extents)! }
}
