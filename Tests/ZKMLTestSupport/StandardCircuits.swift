import Circuits
import TestSupport

/// The models of the executable protocol (piop.py) in the circuit language, with odd extents,
/// and weights and inputs from a seed.
public enum StandardCircuits {
    public static func all(seed: UInt64) -> [TestModel] {
        [mlp(seed: seed), convNet(seed: seed), maxPool(seed: seed), attention(seed: seed)]
    }

    /// Two linear layers; the first saturates, the second's table is not 0 at 0.
    public static func mlp(seed: UInt64) -> TestModel {
        var generator = SeededGenerator(seed: seed)
        var draft = CircuitDraft(limbBits: 6)
        let x = draft.input([3, 5], bits: 6)
        let w1 = draft.constant([7, 5], in: -60...59, using: &generator)
        let b1 = draft.constant([7], in: -60...59, using: &generator)
        let w2 = draft.constant([3, 7], in: -20...19, using: &generator)
        let product = draft.einsum("nm", (x, "nk"), (w1, "mk"))
        let sum = draft.affine("nm", constant: 3, (1, product, "nm"), (1, b1, "m"))
        let h = draft.requantise(sum, shift: 3, bits: 6, overshoot: 11) { max($0, 0) }
        let o = draft.einsum("nm", (h, "nk"), (w2, "mk"))
        let y = draft.requantise(o, shift: 4, bits: 10) { $0 >> 1 + 77 }
        draft.output(y)
        draft.output(o)
        return draft.finish("mlp", inputs: randomInputs(draft, &generator))
    }

    /// Strided, dilated depthwise, grouped and pointwise convolutions, a residual, max-pooling
    /// with a fill, sum-pooling, a flatten absorbed by a contraction, padding, strided views and a
    /// concatenation; a committed input and a committed output.
    public static func convNet(seed: UInt64) -> TestModel {
        var generator = SeededGenerator(seed: seed)
        var draft = CircuitDraft(limbBits: 6)
        func weights(_ extents: [Int], _ bound: Int) -> Wire {
            draft.constant(extents, in: -bound...bound - 1, using: &generator)
        }
        let x = draft.input([3, 7, 5], bits: 6)
        let c1 = draft.einsum(
            "oyx", (weights([5, 3, 3, 3], 8), "oiuv"), (x, "i y*2+u-1 x*2+v-1"),
            extents: ["y": 4, "x": 3])
        let y1 = draft.requantise(c1, shift: 4, bits: 8, overshoot: 6)
        let c2 = draft.einsum(
            "gyx", (weights([5, 3, 3], 8), "guv"), (y1, "g y+u*2-2 x+v*2-2"),
            extents: ["y": 4, "x": 3])
        let y2 = draft.requantise(c2, shift: 4, bits: 8, overshoot: 9)
        let residual = draft.affine("abc", (1, y1, "abc"), (1, y2, "abc"))
        let y3 = draft.requantise(residual, shift: 1, bits: 8)
        let windows = draft.view(
            "abcde", y3, "a b*2+d-1 c*2+e-1", extents: ["b": 2, "c": 2, "d": 3, "e": 3],
            fill: -128)
        let pooled = draft.add(.maximum(Maximum(source: windows, axes: [3, 4], bits: 8)))
        let pointwise = draft.einsum("oyx", (weights([3, 5], 8), "oi"), (pooled, "iyx"))
        let grouped = draft.input([6, 3, 3], bits: 5, visibility: .committed)
        let c3 = draft.einsum(
            "goyx", (weights([2, 1, 3, 3, 3], 5), "goiuv"), (grouped, "g*3+i y+u-1 x+v-1"),
            extents: ["y": 3, "x": 3])
        draft.output(c3)
        let average = draft.einsum(
            "abc", (y3, "a b+d c+e"), extents: ["b": 3, "c": 2, "d": 2, "e": 2])
        let ya = draft.requantise(average, shift: 2, bits: 8)
        let linear = draft.einsum("o", (weights([7, 5, 3, 2], 8), "ochw"), (ya, "chw"))
        draft.output(linear, visibility: .committed)
        let padded = draft.view("abc", pointwise, "a b-1 c", extents: ["b": 5])
        let strided = draft.view(
            "abc", pointwise, "a*2 c b", extents: ["a": 2, "b": 5, "c": 2])
        let first = draft.view("abc", padded, "a b c", extents: ["a": 5])
        let second = draft.view("abc", strided, "a-3 b c", extents: ["a": 5])
        draft.output(draft.affine("abc", (1, first, "abc"), (1, second, "abc")))
        return draft.finish("conv net", inputs: randomInputs(draft, &generator))
    }

    /// Overlapping windows padded with the smallest integer, a maximum over merged rows, and a
    /// maximum over everything.
    public static func maxPool(seed: UInt64) -> TestModel {
        var generator = SeededGenerator(seed: seed)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([2, 5, 7], bits: 8)
        let windows = draft.view(
            "abcde", x, "a b*2+d-1 c*2+e-1", extents: ["b": 3, "c": 4, "d": 3, "e": 3],
            fill: -128)
        let pooled = draft.add(.maximum(Maximum(source: windows, axes: [3, 4], bits: 8)))
        draft.output(pooled)
        let rows = draft.add(.merge(Merge(source: pooled, groups: [2, 1])))
        let columns = draft.add(.maximum(Maximum(source: rows, axes: [0], bits: 9)))
        draft.output(columns)
        draft.output(
            draft.add(.maximum(Maximum(source: x, axes: [0, 1, 2], bits: 8))),
            visibility: .committed)
        return draft.finish("max-pool", inputs: randomInputs(draft, &generator))
    }

    /// An embedding, one head of attention with its softmax, a norm, an arg-max and a rounding to
    /// even: every gadget that the others leave out.
    public static func attention(seed: UInt64) -> TestModel {
        var generator = SeededGenerator(seed: seed)
        var draft = CircuitDraft(limbBits: 7)
        let tokens = draft.input([3], bits: 3)
        let embedding = draft.constant([7, 4], in: -8...7, using: &generator)
        let index = draft.requantise(tokens, shift: 0, bits: 3) { min($0 + 4, 6) }
        let x = draft.add(.gather(Gather(table: embedding, indices: index, lowCount: 2)))
        let scores = draft.requantise(
            draft.einsum("ij", (x, "ik"), (x, "jk")), shift: 3, bits: 7)
        let exponential = draft.table(IntegerDomain(lowest: 0, bits: 3)) { max(8 - $0, 1) }
        let e = draft.add(
            .rowFunction(
                RowFunction(source: scores, axes: [1], table: exponential, overshootBits: 6)))
        let share = draft.add(
            .divide(
                Division(
                    dividend: .number(256), divisor: draft.einsum("i", (e, "ij")),
                    remainderBits: 6, domain: IntegerDomain(lowest: 0, bits: 7))))
        let mixed = draft.einsum("ik", (e, "ij"), (share, "i"), (x, "jk"))
        let power = draft.affine(
            "i", constant: 1, (1, draft.einsum("i", (x, "ik"), (x, "ik")), "i"))
        let root = draft.add(
            .reciprocalRoot(ReciprocalRoot(source: power, precision: 6, valueBits: 9)))
        let normed = draft.einsum("ik", (mixed, "ik"), (root, "i"))
        let y = draft.add(
            .roundEven(EvenRounding(source: normed, shift: 12, domain: .signed(bits: 12))))
        draft.output(y)
        let best = draft.add(.select(Selection(source: y, axis: 1, bits: 12)))
        draft.output(draft.einsum("ik", (best, "ik"), (x, "ik")))
        draft.output(draft.add(.oneHot(OneHot(source: index, count: 7))), visibility: .committed)
        return draft.finish("attention", inputs: randomInputs(draft, &generator))
    }

    private static func randomInputs(
        _ draft: CircuitDraft, _ generator: inout SeededGenerator
    ) -> [[Int64]] {
        draft.circuit.inputs.map {
            let domain = $0.port.domain
            return generator.cells($0.shape.cellCount, in: domain.lowest...domain.highest)
        }
    }
}
