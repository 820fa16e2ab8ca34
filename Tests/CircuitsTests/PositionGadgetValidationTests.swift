import Testing

@testable import Circuits

/// Gadgets that say where something is: maxima, selections, one-hot tensors, gathers, parities.
extension GadgetValidationTests {
    /// A scalar, and 5 times the given extents: wire 3.
    private var scalar: Gadget { einsum([5], [], Operand(w, labels: [0])) }

    private func wide(_ extents: [Int]) -> Gadget {
        .affine(Affine(extents: [5] + extents, terms: [.init(1, w, [0])]))
    }

    @Test func selections() {
        for bits in [-1, 0, 63, 255] {
            expect(.notUnique, .select(Selection(source: x, axis: 0, bits: bits)))
        }
        for axis in [-1, 2, 255, .max] {
            expect(.axes, .select(Selection(source: x, axis: axis, bits: 8)))
        }
        let made = Wire(index: 3)
        expect(.axes, after: [scalar], .select(Selection(source: made, axis: 0, bits: 8)))
        expectValid(.select(Selection(source: x, axis: 1, bits: 62)))
    }

    @Test func oneHotTensors() {
        for count in [-1, 0, 1 << 24 + 1, .max, .min] {
            expect(.extent, .oneHot(OneHot(source: x, count: count)))
        }
        let made = Wire(index: 3)
        expectValid(after: [scalar], .oneHot(OneHot(source: made, count: 1)))
        // 2^40 cells, a rank of 16.
        expect(
            .tooLarge, after: [wide([1 << 12, 1 << 8])],
            .oneHot(OneHot(source: made, count: 1 << 17 + 1)))
        expect(
            .tooLarge, after: [wide(Array(repeating: 1, count: 15))],
            .oneHot(OneHot(source: made, count: 1)))
    }

    @Test func gathers() {
        func gather(_ table: Wire, _ indices: Wire, lowCount: Int = 1) -> Gadget {
            .gather(Gather(table: table, indices: indices, lowCount: lowCount))
        }
        for count in 1...3 { expectValid(gather(x, w, lowCount: count)) }
        expectValid(gather(x, x))
        for count in [-1, 0, 4, 1 << 24, .max, .min] {
            expect(.extent, gather(x, w, lowCount: count))
        }
        let made = Wire(index: 3)
        expect(.axes, after: [scalar], gather(made, w))
        expectValid(after: [scalar], gather(w, made))
        // The result, and the one-hot tensor of a digit.
        expect(.tooLarge, after: [wide([1 << 20, 1 << 16])], gather(made, x))
        expect(.tooLarge, after: [wide([1 << 20, 1 << 16])], gather(w, made))
        expect(.tooLarge, after: [wide(Array(repeating: 1, count: 15))], gather(made, x))
        expect(.tooLarge, after: [wide(Array(repeating: 1, count: 15))], gather(w, made))
    }

    @Test func evenRoundings() {
        func round(shift: Int = 4, _ domain: IntegerDomain = .signed(bits: 8)) -> Gadget {
            .roundEven(EvenRounding(source: x, shift: shift, domain: domain))
        }
        for shift in [1, 100] { expectValid(round(shift: shift)) }
        for shift in [-1, 0, 101, 255, .max, .min] { expect(.shift, round(shift: shift)) }
        // The parity is that of h only above an even integer, and needs a bit of its own.
        let odd = [
            IntegerDomain(lowest: -3, bits: 4), IntegerDomain(lowest: 1, bits: 4),
            IntegerDomain(lowest: 0, bits: 1),
        ]
        for domain in Self.domains + odd { expect(.domain, round(domain)) }
    }

    @Test func maxima() {
        for bits in [-1, 0, 63, 255] {
            expect(.notUnique, .maximum(Maximum(source: x, axes: [0], bits: bits)))
        }
        for axes in [[], [2], [-1], [1, 0], [0, 0]] {
            expect(.axes, .maximum(Maximum(source: x, axes: axes, bits: 8)))
        }
    }
}
