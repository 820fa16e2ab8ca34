import Circuits
import Field
import ProofSystem
import TestSupport
import Testing
import ZKMLTestSupport

/// Derived tensors are never committed: a prover whose einsum, view, merge or affine tensor is not
/// the function of its operands that the key says is refused.
///
/// Every true cell of the tensor is changed in turn; what is computed from it, and the public
/// output, follow the change.
@Suite struct DerivedTensorTests {
    /// A circuit whose last gadget is under test, and the check that refuses a false result.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let refusal: VerificationError
        let build: @Sendable (inout CircuitDraft, inout SeededGenerator) -> Wire
    }

    private static let main0 = VerificationError.sumcheck(.main(level: 0))

    static let einsums: [Case] = [
        Case(description: "contraction", refusal: main0) { draft, generator in
            let x = draft.input([3, 5], bits: 4)
            let w = draft.constant([6, 5], in: -9...9, using: &generator)
            return draft.einsum("nm", (x, "nk"), (w, "mk"))
        },
        Case(description: "one operand, summed", refusal: main0) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            return draft.einsum("a", (x, "ab"))
        },
        Case(description: "summed to a scalar", refusal: main0) { draft, _ in
            let x = draft.input([7], bits: 4)
            return draft.einsum("", (x, "a"), (x, "a"))
        },
        Case(description: "transpose", refusal: main0) { draft, _ in
            let x = draft.input([3, 4], bits: 4)
            return draft.einsum("ba", (x, "ab"))
        },
        Case(description: "product", refusal: main0) { draft, generator in
            let x = draft.input([3, 5], bits: 4)
            let w = draft.constant([3, 5], in: -9...9, using: &generator)
            return draft.einsum("ab", (x, "ab"), (w, "ab"))
        },
        Case(description: "three operands, one twice", refusal: main0) { draft, generator in
            let x = draft.input([5], bits: 4)
            let w = draft.constant([5], in: -9...9, using: &generator)
            return draft.einsum("a", (x, "a"), (x, "a"), (w, "a"))
        },
        Case(description: "batch label", refusal: main0) { draft, generator in
            let x = draft.input([3, 2, 5], bits: 4)
            let w = draft.constant([3, 5], in: -9...9, using: &generator)
            return draft.einsum("hi", (x, "hij"), (w, "hj"))
        },
        Case(description: "diagonal", refusal: main0) { draft, generator in
            let x = draft.input([5, 5], bits: 4)
            let identity = draft.constant(
                [5, 5], (0..<25).map { $0 / 5 == $0 % 5 ? 1 : 0 })
            return draft.einsum("a", (x, "ab"), (identity, "ab"))
        },
        Case(description: "convolution, strided and padded", refusal: main0) { draft, generator in
            let x = draft.input([3, 7], bits: 4)
            let w = draft.constant([2, 3, 3], in: -9...9, using: &generator)
            return draft.einsum("oy", (w, "oiu"), (x, "i y*2+u-1"), extents: ["y": 4])
        },
        Case(description: "convolution, grouped, dilated, reversed", refusal: main0) {
            draft, generator in
            let x = draft.input([6, 7], bits: 4)
            let w = draft.constant([2, 1, 3, 3], in: -9...9, using: &generator)
            return draft.einsum(
                "goy", (w, "goiu"), (x, "g*3+i y*-1+u*2+2"), extents: ["y": 5])
        },
        Case(description: "window wholly outside", refusal: main0) { draft, _ in
            let x = draft.input([4], bits: 4)
            return draft.einsum("y", (x, "y+u+4"), extents: ["y": 3, "u": 2])
        },
        Case(description: "extents of 1", refusal: main0) { draft, generator in
            let x = draft.input([1, 1], bits: 4)
            let w = draft.constant([1, 1], in: 3...9, using: &generator)
            return draft.einsum("ab", (x, "ak"), (w, "bk"))
        },
    ]

    static let others: [Case] = [
        Case(description: "view of a public tensor", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            return draft.view("ba", x, "a b*2-1", extents: ["b": 4])
        },
        Case(description: "view of a constant", refusal: .openingValue) { draft, generator in
            let x = draft.constant([3, 5], in: -9...9, using: &generator)
            return draft.view("ba", x, "a b*2-1", extents: ["b": 4])
        },
        Case(description: "view of an einsum", refusal: .publicClaim) { draft, generator in
            let x = draft.input([3, 5], bits: 4)
            let y = draft.einsum("ab", (x, "ab"), (x, "ab"))
            return draft.view("ab", y, "a+1 b", extents: ["a": 2])
        },
        Case(description: "view with fill", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            return draft.view(
                "abcd", x, "a*2+c-1 b+d-1", extents: ["a": 2, "b": 5, "c": 3, "d": 3],
                fill: -128)
        },
        Case(description: "view with fill, all outside", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3], bits: 4)
            return draft.view("a", x, "a+3", extents: ["a": 5], fill: 77)
        },
        Case(description: "view, fixed row, reversed", refusal: .openingValue) { draft, generator in
            let x = draft.constant([3, 5], in: -9...9, using: &generator)
            // A label-free axis reads one row.
            return draft.add(
                .view(
                    View(
                        extents: [7],
                        operand: Operand(
                            x, [AxisIndex([], offset: 2), AxisIndex([LabelTerm(0, -1)], offset: 5)]
                        ), fill: 5)))
        },
        Case(description: "view of a view with fill", refusal: .publicClaim) { draft, _ in
            let x = draft.input([5], bits: 4)
            let y = draft.view("a", x, "a-2", extents: ["a": 9], fill: 3)
            return draft.view("ab", y, "a*3+b-1", extents: ["a": 4, "b": 3], fill: -5)
        },
        Case(description: "merge", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5, 2], bits: 4)
            return draft.add(.merge(Merge(source: x, groups: [2, 1])))
        },
        Case(description: "merge of a merge", refusal: .openingValue) { draft, generator in
            let x = draft.constant([3, 2, 5], in: -9...9, using: &generator)
            let y = draft.add(.merge(Merge(source: x, groups: [1, 2])))
            return draft.add(.merge(Merge(source: y, groups: [2])))
        },
        Case(description: "merge read by an affine tensor", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            let z = draft.input([15], bits: 4)
            let y = draft.add(.merge(Merge(source: x, groups: [2])))
            return draft.affine("a", constant: 1, (2, y, "a"), (1, z, "a"))
        },
        Case(description: "affine", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            return draft.affine("ab", constant: -7, (3, x, "ab"))
        },
        Case(description: "affine, broadcast", refusal: .openingValue) { draft, generator in
            let x = draft.input([3, 5], bits: 4)
            let bias = draft.constant([5], in: -9...9, using: &generator)
            // No term has the first label.
            return draft.add(
                .affine(
                    Affine(
                        extents: [3, 3, 5], constant: 1,
                        terms: [.init(1, x, [1, 2]), .init(2, bias, [2]), .init(-3, x, [0, 2])])))
        },
        Case(description: "affine of an einsum", refusal: .publicClaim) { draft, _ in
            let x = draft.input([3, 5], bits: 4)
            let y = draft.einsum("a", (x, "ab"))
            return draft.affine("ab", (1, x, "ab"), (-1, y, "a"))
        },
    ]

    @Test(arguments: einsums) func einsum(_ test: Case) throws { try check(test) }

    @Test(arguments: others) func viewMergeAffine(_ test: Case) throws { try check(test) }

    private func check(_ test: Case) throws {
        var generator = SeededGenerator(seed: 3)
        var draft = CircuitDraft(limbBits: 3)
        let wire = test.build(&draft, &generator)
        // One bit more, so that the false value is still one the statement can carry.
        draft.output(wire, extraBits: 1)
        let inputs = draft.circuit.inputs.map {
            generator.cells(
                $0.shape.cellCount, in: $0.port.domain.lowest...$0.port.domain.highest)
        }
        let forge = try Forge(draft.finish(test.description, inputs: inputs))
        #expect(try forge.refusal(of: forge.witness()) == nil)
        let result = forge.result(forge.system.circuit.gadgets.count - 1)
        for position in forge.truePositions(result) {
            let witness = forge.witness([result: adding(at: position)])
            #expect(try forge.refusal(of: witness) == test.refusal, "cell \(position)")
        }
    }

    /// The level of an einsum behind another is refused at its own level.
    @Test func einsumAtItsLevel() throws {
        var generator = SeededGenerator(seed: 4)
        var draft = CircuitDraft(limbBits: 3)
        let x = draft.input([3, 5], bits: 3)
        let first = draft.einsum(
            "am", (x, "ab"), (draft.constant([6, 5], in: -3...3, using: &generator), "mb"))
        let second = draft.einsum(
            "an", (first, "am"), (draft.constant([3, 6], in: -3...3, using: &generator), "nm"))
        let third = draft.einsum("a", (second, "an"), (first, "am"))
        draft.output(third, extraBits: 4)
        let forge = try Forge(
            draft.finish("chain", inputs: [generator.cells(15, in: -4...3)]))
        for gadget in 0..<3 {
            let result = forge.result(gadget)
            #expect(forge.level(result) == 2 - gadget)
            let witness = forge.witness([result: adding(at: 1)])
            #expect(
                try forge.refusal(of: witness) == .sumcheck(.main(level: 2 - gadget)),
                "gadget \(gadget)")
        }
    }
}
