import Circuits
import Models
import Testing
import ZKMLTestSupport

/// Every reason why there is no witness, and that inference alone gives the same one.
@Suite struct WitnessErrorTests {
    private func expect(
        _ error: WitnessError, _ model: TestModel,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let interpreter = try IntegerInterpreter(model.system(), constants: model.constants)
        #expect(throws: error, sourceLocation: sourceLocation) {
            try interpreter.witness(model.inputs)
        }
        #expect(throws: error, sourceLocation: sourceLocation) {
            try interpreter.outputs(model.inputs)
        }
    }

    private func outputs(_ model: TestModel) throws -> [[Int64]] {
        try IntegerInterpreter(model.system(), constants: model.constants).outputs(model.inputs)
    }

    /// x [2, 3] of 8 bits, and one gadget more.
    private func model(
        _ cells: [Int64], visibility: Visibility = .public, _ gadget: (Wire) -> Gadget
    ) -> TestModel {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([2, 3], bits: 8, visibility: visibility)
        let y = draft.add(gadget(x))
        draft.output(y)
        return draft.finish("one gadget", inputs: [cells])
    }

    private func requantisation(
        shift: Int, _ domain: IntegerDomain, overshoot: Int = 0
    ) -> (Wire) -> Gadget {
        {
            .requantise(
                Requantisation(
                    source: $0, shift: shift, domain: domain, function: .identity,
                    overshootBits: overshoot))
        }
    }

    @Test func shapes() throws {
        var model = StandardCircuits.mlp(seed: 1)
        let system = try model.system()
        #expect(throws: WitnessError.constantCount(expected: 5, actual: 4)) {
            try IntegerInterpreter(system, constants: Array(model.constants.dropLast()))
        }
        var constants = model.constants
        constants[1].append(0)
        #expect(throws: WitnessError.constantCells(index: 1, expected: 7, actual: 8)) {
            try IntegerInterpreter(system, constants: constants)
        }
        model.inputs[0].removeLast()
        try expect(.inputCells(port: "input0", expected: 15, actual: 14), model)
        model.inputs = []
        try expect(.inputCount(expected: 1, actual: 0), model)
    }

    @Test(arguments: [Visibility.public, .committed]) func inputs(visibility: Visibility) throws {
        for value in [127, -128, 128, -129, .min] as [Int64] {
            let model = model(
                [0, 0, 0, 0, value, 0], visibility: visibility,
                requantisation(shift: 0, .signed(bits: 8)))
            if (-128...127).contains(value) {
                #expect(try outputs(model)[0][4] == value)
            } else {
                try expect(
                    .input(port: "input0", cell: 4, value: value, allowed: -128...127), model)
            }
        }
    }

    @Test(arguments: [Visibility.public, .committed]) func outputs(visibility: Visibility) throws {
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([3], bits: 8)
        draft.output(draft.affine("a", (2, x, "a")), visibility: visibility)
        var model = draft.finish("double", inputs: [[0, 63, -64]])
        model.circuit.outputs[0].port.bits = 8
        #expect(try outputs(model) == [[0, 126, -128]])
        model.inputs = [[0, 63, 64]]
        try expect(.output(port: "output0", cell: 2, value: 128, allowed: -128...127), model)
    }

    @Test func outOfRange() throws {
        let domain = IntegerDomain(lowest: -3, bits: 3)
        // Half up: −3.5 is −3, 4.5 is 5.
        var model = model([0, 8, -7, 3, 4, -6], requantisation(shift: 1, domain))
        #expect(try outputs(model) == [[0, 4, -3, 2, 2, -3]])
        model.inputs[0][3] = 9
        try expect(.outOfRange(gadget: 0, cell: 3, value: 5, allowed: -3...4), model)
        model.inputs[0][3] = -8
        try expect(.outOfRange(gadget: 0, cell: 3, value: -4, allowed: -3...4), model)
    }

    @Test func overshoot() throws {
        let domain = IntegerDomain(lowest: -3, bits: 3)
        var model = model(
            [0, 5, 7, -6, -3, 4], requantisation(shift: 0, domain, overshoot: 2))
        #expect(try outputs(model) == [[0, 4, 4, -3, -3, 4]])
        model.inputs[0][1] = 8
        try expect(.overshoot(gadget: 0, cell: 1, distance: 4, bits: 2), model)
        model.inputs[0][1] = -128
        try expect(.overshoot(gadget: 0, cell: 1, distance: 125, bits: 2), model)
    }

    @Test func spread() throws {
        var model = model([0, 5, 7, -6, -8, 7]) {
            .maximum(Maximum(source: $0, axes: [1], bits: 4))
        }
        #expect(try outputs(model) == [[7, 7]])
        model.inputs[0][5] = 8
        try expect(.spread(gadget: 0, cell: 1, distance: 16, bits: 4), model)
    }

    @Test(arguments: [Division.Rounding.halfUp, .down]) func division(
        rounding: Division.Rounding
    ) throws {
        let divide = { (divisor: Wire) in
            Gadget.divide(
                Division(
                    dividend: .number(100), divisor: divisor, rounding: rounding,
                    remainderBits: 4, domain: IntegerDomain(lowest: 0, bits: 6)))
        }
        let largest: Int64 = rounding == .halfUp ? 8 : 16
        var model = model([2, 3, 7, 2, 8, largest], divide)
        #expect(
            try outputs(model)
                == [rounding == .halfUp ? [50, 33, 14, 50, 13, 13] : [50, 33, 14, 50, 12, 6]])
        for divisor in [0, -1, -128, largest + 1] {
            model.inputs[0][4] = divisor
            try expect(
                .operand(gadget: 0, cell: 4, value: divisor, allowed: 1...largest), model)
        }
        model.inputs[0][4] = 1
        try expect(.outOfRange(gadget: 0, cell: 4, value: 100, allowed: 0...63), model)
    }

    @Test func reciprocalRoot() throws {
        var model = model([1, 2, 3, 4, 16, 32]) {
            .reciprocalRoot(ReciprocalRoot(source: $0, precision: 6, valueBits: 5))
        }
        #expect(try outputs(model) == [[64, 45, 36, 32, 16, 11]])
        for value in [0, -1, 33] as [Int64] {
            model.inputs[0][2] = value
            try expect(.operand(gadget: 0, cell: 2, value: value, allowed: 1...32), model)
        }
    }

    /// A distance beyond the table is refused before anything is looked up.
    @Test func rowFunction() throws {
        func model(_ cells: [Int64], overshoot: Int) -> TestModel {
            var draft = CircuitDraft(limbBits: 4)
            let x = draft.input([2, 3], bits: 8)
            let table = draft.table(IntegerDomain(lowest: 0, bits: 2)) { 10 - $0 }
            draft.output(
                draft.add(
                    .rowFunction(
                        RowFunction(
                            source: x, axes: [1], table: table, overshootBits: overshoot))))
            return draft.finish("row function", inputs: [cells])
        }
        #expect(
            try outputs(model([0, -3, -1, 7, 7, 5], overshoot: 0)) == [[10, 7, 9, 10, 10, 8]])
        try expect(
            .spread(gadget: 0, cell: 0, distance: 4, bits: 2),
            model([0, -4, -1, 7, 7, 5], overshoot: 0))
        try expect(
            .spread(gadget: 0, cell: 1, distance: 255, bits: 2),
            model([0, -3, -1, -128, 127, 5], overshoot: 0))
        #expect(
            try outputs(model([0, -4, -6, 7, 7, 5], overshoot: 2)) == [[10, 7, 7, 10, 10, 8]])
        try expect(
            .overshoot(gadget: 0, cell: 1, distance: 4, bits: 2),
            model([0, -7, -6, 7, 7, 5], overshoot: 2))
    }

    @Test func selection() throws {
        var model = model([0, 5, 7, -6, -8, 7]) {
            .select(Selection(source: $0, axis: 0, selectsLast: true, bits: 4))
        }
        #expect(try outputs(model) == [[1, 1, 0, 0, 0, 1]])
        model.inputs[0][1] = 8
        try expect(.spread(gadget: 0, cell: 1, distance: 16, bits: 4), model)
    }

    @Test func indices() throws {
        for value in [-128, -1, 3, 127] as [Int64] {
            let oneHot = model([0, 2, value, 1, 0, 2]) { .oneHot(OneHot(source: $0, count: 3)) }
            try expect(.operand(gadget: 0, cell: 2, value: value, allowed: 0...2), oneHot)
            for lowCount in 1...3 {
                var draft = CircuitDraft(limbBits: 4)
                let table = draft.constant([3, 2], [1, 2, 3, 4, 5, 6])
                let x = draft.input([3], bits: 8)
                draft.output(
                    draft.add(.gather(Gather(table: table, indices: x, lowCount: lowCount))))
                var gather = draft.finish("gather", inputs: [[2, 0, 1]])
                #expect(try outputs(gather) == [[5, 6, 1, 2, 3, 4]])
                gather.inputs[0][1] = value
                try expect(.operand(gadget: 0, cell: 1, value: value, allowed: 0...2), gather)
            }
        }
    }

    @Test func evenRounding() throws {
        var model = model([6, 10, -6, 15, -9, -8]) {
            .roundEven(
                EvenRounding(source: $0, shift: 2, domain: IntegerDomain(lowest: -2, bits: 3)))
        }
        #expect(try outputs(model) == [[2, 2, -2, 4, -2, -2]])
        model.inputs[0][3] = 23
        try expect(.outOfRange(gadget: 0, cell: 3, value: 6, allowed: -2...5), model)
        model.inputs[0][3] = -11
        try expect(.outOfRange(gadget: 0, cell: 3, value: -3, allowed: -2...5), model)
        model.inputs[0][3] = 22
        try expect(.outOfRange(gadget: 0, cell: 3, value: 6, allowed: -2...5), model)
        model.inputs[0][3] = 18
        #expect(try outputs(model)[0][3] == 4)
    }

    @Test func overflow() throws {
        // Derived tensors: x is input 0, the constant tensor 1, the product tensor 2.
        var draft = CircuitDraft(limbBits: 4)
        let x = draft.input([1], bits: 8)
        let c = draft.constant([1], [1])
        let product = draft.einsum("a", (x, "a"), (c, "a"))
        draft.output(
            draft.add(
                .requantise(
                    Requantisation(
                        source: product, shift: 50, domain: .signed(bits: 14),
                        function: .identity))))
        var model = draft.finish("large weight", inputs: [[100]])
        model.circuit.outputs[0].port.bits = 14
        model.constants[0] = [1 << 55]
        #expect(try outputs(model) == [[3200]])
        model.constants[0] = [1 << 57]
        try expect(.overflow(tensor: TensorID(index: 2), gadget: 0), model)
        // −2^63 is a 64-bit integer.
        model.inputs = [[-64]]
        #expect(try outputs(model) == [[-8192]])
        model.inputs = [[-65]]
        try expect(.overflow(tensor: TensorID(index: 2), gadget: 0), model)
    }
}
