import Circuits

/// The executable model's own circuits, gadget by gadget: same shapes, tables and shifts.
///
/// Made to be counted, not to be run: LeNet's weights are zero.
public enum CountedCircuits {
    /// Two linear layers; the first saturates.
    public static func mlp() -> TestModel {
        var draft = CircuitDraft(limbBits: 6)
        let x = draft.input([3, 5], bits: 6)
        let product = draft.einsum("nm", (x, "nk"), (draft.zeros([7, 5]), "mk"))
        let sum = draft.affine(
            "nm", constant: 3, (1, product, "nm"), (1, draft.zeros([7]), "m"))
        let h = draft.requantise(sum, shift: 3, bits: 6, overshoot: 9) { max($0, 0) }
        let o = draft.einsum("nm", (h, "nk"), (draft.zeros([3, 7]), "mk"))
        let y = draft.requantise(o, shift: 4, bits: 9) { $0 >> 1 + 77 }
        draft.output(y)
        draft.output(o)
        return draft.finish("mlp", inputs: [])
    }

    /// Convolutions with a group axis that a view takes away again, a residual, max-pooling with a
    /// fill, sum-pooling, a flatten absorbed by a contraction, padding and concatenation.
    public static func convNet() -> TestModel {
        var draft = CircuitDraft(limbBits: 6)
        let domain = IntegerDomain.signed(bits: 8)
        let identity = draft.table(domain) { $0 }
        func requantise(_ wire: Wire, shift: Int) -> Wire {
            draft.add(
                .requantise(
                    Requantisation(
                        source: wire, shift: shift, domain: domain, function: .table(identity),
                        overshootBits: 6)))
        }
        let x = draft.input([3, 7, 5], bits: 6)
        let c1 = draft.einsum(
            "goyx", (draft.zeros([1, 5, 3, 3, 3]), "goiuv"), (x, "g*3+i y*2+u-1 x*2+v-1"),
            extents: ["y": 4, "x": 3])
        let y1 = requantise(draft.view("oyx", c1, "0 o y x"), shift: 4)
        let c2 = draft.einsum(
            "goyx", (draft.zeros([5, 1, 1, 3, 3]), "goiuv"), (y1, "g+i y+u*2-2 x+v*2-2"),
            extents: ["y": 4, "x": 3])
        let y2 = requantise(draft.view("oyx", c2, "o 0 y x"), shift: 4)
        let y3 = requantise(draft.affine("abc", (1, y1, "abc"), (1, y2, "abc")), shift: 1)
        let windows = draft.view(
            "abcde", y3, "a b*2+d-1 c*2+e-1", extents: ["b": 2, "c": 2, "d": 3, "e": 3],
            fill: -128)
        let pooled = draft.add(.maximum(Maximum(source: windows, axes: [3, 4], bits: 8)))
        let pointwise = draft.einsum(
            "goyx", (draft.zeros([1, 3, 5, 1, 1]), "goiuv"), (pooled, "g*5+i y+u x+v"),
            extents: ["y": 2, "x": 2])
        let other = draft.input([6, 3, 3], bits: 5)
        draft.output(
            draft.einsum(
                "goyx", (draft.zeros([2, 1, 3, 3, 3]), "goiuv"),
                (other, "g*3+i y+u-1 x+v-1"), extents: ["y": 3, "x": 3]))
        let sums = draft.einsum(
            "abc", (y3, "a b+d c+e"), extents: ["b": 3, "c": 2, "d": 2, "e": 2])
        let average = requantise(sums, shift: 2)
        draft.output(
            draft.einsum("o", (draft.zeros([7, 5, 3, 2]), "ochw"), (average, "chw")))
        let padded = draft.view(
            "abc", pointwise, "0 a b-1 c", extents: ["a": 3, "b": 5, "c": 2])
        let strided = draft.view(
            "abc", pointwise, "0 a*2 c b", extents: ["a": 2, "b": 5, "c": 2])
        let extents: [Character: Int] = ["a": 5, "b": 5, "c": 2]
        let first = draft.view("abc", padded, "a b c", extents: extents)
        let second = draft.view("abc", strided, "a-3 b c", extents: extents)
        draft.output(draft.affine("abc", (1, first, "abc"), (1, second, "abc")))
        return draft.finish("conv net", inputs: [])
    }

    /// LeNet-5 on 28×28: ReLU through a table of 2^12 rows, nothing saturates.
    public static func leNet(limbBits: Int) -> TestModel {
        var draft = CircuitDraft(limbBits: limbBits)
        let domain = IntegerDomain.signed(bits: 12)
        let relu = draft.table(domain) { max($0, 0) }
        func activation(_ wire: Wire) -> Wire {
            draft.add(
                .requantise(
                    Requantisation(
                        source: wire, shift: 8, domain: domain, function: .table(relu))))
        }
        func convolution(_ x: Wire, _ shape: [Int], pad: Int) -> Wire {
            let extent = draft.extents(x)[1] + 2 * pad - 4
            let product = draft.einsum(
                "goyx", (draft.zeros([1] + shape), "goiuv"),
                (x, "g*\(shape[1])+i y+u-\(pad) x+v-\(pad)"),
                extents: ["y": extent, "x": extent])
            return activation(draft.view("oyx", product, "0 o y x"))
        }
        func pool(_ x: Wire) -> Wire {
            let half = draft.extents(x)[1] / 2
            let windows = draft.view(
                "abcde", x, "a b*2+d c*2+e", extents: ["b": half, "c": half, "d": 2, "e": 2])
            return draft.add(.maximum(Maximum(source: windows, axes: [3, 4], bits: 8)))
        }
        func linear(_ x: Wire, _ extents: [Int]) -> Wire {
            let letters = extents.count == 4 ? "chw" : "c"
            let product = draft.einsum(
                "o", (draft.zeros(extents), "o" + letters), (x, letters))
            return draft.affine("o", (1, product, "o"), (1, draft.zeros([extents[0]]), "o"))
        }
        let image = draft.input([1, 28, 28], bits: 8)
        var t = pool(convolution(image, [6, 1, 5, 5], pad: 2))
        t = pool(convolution(t, [16, 6, 5, 5], pad: 0))
        t = activation(linear(t, [120, 16, 5, 5]))
        t = activation(linear(t, [84, 120]))
        draft.output(linear(t, [10, 84]))
        return draft.finish("LeNet-5, limbs of \(limbBits) bits", inputs: [])
    }
}

extension CircuitDraft {
    fileprivate mutating func zeros(_ extents: [Int]) -> Wire {
        constant(extents, Array(repeating: 0, count: extents.reduce(1, *)))
    }
}
