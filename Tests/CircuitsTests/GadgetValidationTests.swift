import Field
import Testing

@testable import Circuits

/// Every refusal of a gadget: ``GadgetFault``.
@Suite struct GadgetValidationTests {
    /// x [3, 5] is wire 0, a weight [5] wire 1; the gadget is read by an output.
    func circuit(_ gadgets: [Gadget]) -> Circuit {
        var circuit = CircuitValidationTests.circuit()
        circuit.functionTables = [.signed(bits: 4)]
        circuit.gadgets += gadgets
        return circuit
    }

    /// - Parameter first: Gadgets before it; the result of the first of them is wire 3.
    func expect(
        _ fault: GadgetFault, after first: [Gadget] = [], _ gadget: Gadget,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            throws: CircuitError.invalidGadget(index: 1 + first.count, fault),
            sourceLocation: sourceLocation
        ) { try ConstraintSystem(circuit(first + [gadget])) }
    }

    /// No gadget is refused; what nothing reads is.
    func expectValid(
        after first: [Gadget] = [], _ gadget: Gadget, tables: [IntegerDomain] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var circuit = circuit(first + [gadget])
        circuit.functionTables = tables
        let unread = CircuitError.unreadGadget(1 + first.count)
        #expect(throws: unread, sourceLocation: sourceLocation) {
            try ConstraintSystem(circuit)
        }
    }

    let x = Wire(index: 0)
    let w = Wire(index: 1)

    @Test func sources() {
        for index in [3, 4, 1 << 40, -1, .min] {
            let wire = Wire(index: index)
            expect(.forwardReference, .maximum(Maximum(source: wire, axes: [0], bits: 8)))
            expect(.forwardReference, .merge(Merge(source: wire, groups: [1])))
            expect(
                .forwardReference,
                .einsum(
                    Einsum(extents: [3], output: [0], operands: [Operand(wire, labels: [0])])))
        }
    }

    // MARK: Einsum

    func einsum(
        _ extents: [Int], _ output: [Label], _ operands: Operand<Wire>...
    ) -> Gadget { .einsum(Einsum(extents: extents, output: output, operands: operands)) }

    @Test func einsumLabels() {
        let plain = Operand(x, labels: [0, 1])
        expect(.operandCount, einsum([], []))
        expect(.operandCount, einsum([3, 5], [0], plain, plain, plain, plain))
        expect(.axes, einsum([3], [0], Operand(x, labels: [0])))
        expect(.unknownLabel, einsum([3], [0], plain))
        expect(.unknownLabel, einsum([3, 5], [0], Operand(x, labels: [0, -1])))
        expect(.unknownLabel, einsum([3, 5], [2], plain))
        expect(.unknownLabel, einsum([3, 5], [-1], plain))
        expect(.repeatedLabel, einsum([3, 5], [0, 0], plain))
        // A diagonal.
        expect(.repeatedLabel, einsum([3], [0], Operand(x, labels: [0, 0])))
        expect(
            .repeatedLabel,
            einsum([3, 5], [0], Operand(x, [AxisIndex([LabelTerm(0), LabelTerm(0)]), .label(1)])))
        expect(.missingLabel, einsum([3, 5, 2], [0], plain))
    }

    @Test func einsumExtents() {
        let plain = Operand(x, labels: [0, 1])
        for extent in [0, -1, 1 << 24 + 1, .max, .min] {
            expect(.extent, einsum([3, extent], [0], plain))
        }
        expect(.extent, einsum(Array(repeating: 1, count: 33), [], plain))
        // 16 labels of 2^4: a hypercube of 64 variables.
        let wide = (0..<8).map { AxisIndex([LabelTerm(2 * $0), LabelTerm(2 * $0 + 1)]) }
        let axes = [
            AxisIndex(wide[0..<4].flatMap(\.terms)), AxisIndex(wide[4..<8].flatMap(\.terms)),
        ]
        expect(.tooLarge, einsum(Array(repeating: 16, count: 16), [0], Operand(x, axes)))
        // 44 variables, but more than 2^40 output cells.
        expect(
            .tooLarge, einsum(Array(repeating: 16, count: 16), Array(0..<11), Operand(x, axes)))
        expect(
            .tooLarge,
            einsum(
                Array(repeating: 1, count: 17), Array(0..<17),
                Operand(
                    x,
                    [
                        AxisIndex((0..<9).map { LabelTerm($0) }),
                        AxisIndex((9..<17).map { LabelTerm($0) }),
                    ])))
    }

    @Test func indexMaps() {
        for coefficient in [0, 1 << 24 + 1, -(1 << 24) - 1, .max, .min] {
            expect(
                .coefficient,
                einsum(
                    [3, 5], [0], Operand(x, [AxisIndex([LabelTerm(0, coefficient)]), .label(1)])))
            expect(
                .coefficient,
                .view(
                    View(
                        extents: [3, 5],
                        operand: Operand(x, [AxisIndex([LabelTerm(0, coefficient)]), .label(1)]))))
        }
        for offset in [1 << 24 + 1, -(1 << 24) - 1, .max, .min] {
            expect(
                .coefficient,
                einsum(
                    [3, 5], [0],
                    Operand(x, [AxisIndex([LabelTerm(0)], offset: offset), .label(1)])))
        }
    }

    // MARK: View, merge, affine

    @Test func views() {
        func view(_ extents: [Int], _ labels: [Label], fill: Int = 0) -> Gadget {
            .view(View(extents: extents, operand: Operand(x, labels: labels), fill: fill))
        }
        expect(.extent, view([0, 5], [0, 1]))
        expect(.extent, view([1 << 24, 1 << 17], [0, 1]))
        expect(.extent, view(Array(repeating: 1, count: 17), [0, 1]))
        expect(.axes, view([3], [0]))
        expect(.missingLabel, view([3, 5, 2], [0, 1]))
        expect(.unknownLabel, view([3, 5], [0, 2]))
        expect(.repeatedLabel, view([3, 5], [0, 0]))
        for fill in [1 << 40 + 1, -(1 << 40) - 1, .max, .min] {
            expect(.coefficient, view([3, 5], [0, 1], fill: fill))
        }
    }

    @Test func merges() {
        for groups in [[], [1], [1, 2], [2, 1], [0, 2], [-1, 3], [3], [.max, .max]] {
            expect(.axes, .merge(Merge(source: x, groups: groups)))
        }
        let wide = Gadget.affine(
            Affine(extents: [1 << 20, 1 << 20], terms: [.init(1, Wire(index: 2), [])]))
        var circuit = circuit([wide, .merge(Merge(source: Wire(index: 3), groups: [2]))])
        circuit.gadgets[0] = einsum(
            [3, 5], [], Operand(x, labels: [0, 1]), Operand(w, labels: [1]))
        #expect(throws: CircuitError.invalidGadget(index: 2, .tooLarge)) {
            try circuit.validatedShapes()
        }
        circuit.gadgets[1] = .affine(
            Affine(extents: [1 << 11, 1 << 10], terms: [.init(1, Wire(index: 2), [])]))
        #expect(throws: CircuitError.invalidGadget(index: 2, .mergeLimit)) {
            try circuit.validatedShapes()
        }
    }

    @Test func affines() {
        func affine(
            _ extents: [Int], constant: Int128 = 0, _ coefficient: Int128 = 1,
            _ labels: [Label] = [0, 1], rightShift: Int = 0
        ) -> Gadget {
            .affine(
                Affine(
                    extents: extents, constant: constant,
                    terms: [.init(coefficient, x, labels)], rightShift: rightShift))
        }
        expect(.extent, affine([3, 0]))
        expect(.operandCount, .affine(Affine(extents: [3], terms: [])))
        expect(.axes, affine([3, 5], 1, [0]))
        expect(.repeatedLabel, affine([3, 5], 1, [0, 0]))
        expect(.unknownLabel, affine([3, 5], 1, [0, 2]))
        expect(.unknownLabel, affine([3, 5], 1, [0, -1]))
        expect(.extentMismatch, affine([3, 4]))
        expect(.extentMismatch, affine([5, 3]))
        let limit = Int128(1) << 100
        for number in [limit + 1, -limit - 1, .max, .min] {
            expect(.coefficient, affine([3, 5], number))
            expect(.coefficient, affine([3, 5], constant: number))
        }
        expect(.coefficient, affine([3, 5], 0))
        // Only a range check divides.
        expect(.shift, affine([3, 5], rightShift: 1))
        expect(.shift, affine([3, 5], rightShift: -1))
    }

    // MARK: Uniqueness

    @Test func requantisations() {
        func requantise(
            shift: Int = 4, _ domain: IntegerDomain = .signed(bits: 4),
            _ function: Requantisation.Function = .table(0), overshoot: Int = 0
        ) -> Gadget {
            .requantise(
                Requantisation(
                    source: Wire(index: 2), shift: shift, domain: domain, function: function,
                    overshootBits: overshoot))
        }
        for number in [-1, 101, 255, .max, .min] {
            expect(.shift, requantise(shift: number))
            expect(.shift, requantise(overshoot: number))
        }
        for domain in [
            IntegerDomain(lowest: 0, bits: 0), IntegerDomain(lowest: 0, bits: 61),
            IntegerDomain(lowest: 0, bits: -1), IntegerDomain(lowest: 1 << 60 + 1, bits: 4),
            IntegerDomain(lowest: .min, bits: 4),
        ] {
            expect(.domain, requantise(domain, .identity))
        }
        expect(.table, requantise(.signed(bits: 4), .table(1)))
        expect(.table, requantise(.signed(bits: 4), .table(-1)))
        expect(.domain, requantise(.signed(bits: 5)))
        expect(.domain, requantise(IntegerDomain(lowest: 0, bits: 4)))
        // A flag needs a table.
        expect(.domain, requantise(.signed(bits: 17), .identity, overshoot: 1))
    }

    @Test func divisions() {
        func divide(
            _ dividend: Dividend<Wire> = .number(1), by divisor: Wire = Wire(index: 0),
            bits: Int = 8, domain: IntegerDomain = .signed(bits: 8)
        ) -> Gadget {
            .divide(
                Division(
                    dividend: dividend, divisor: divisor, remainderBits: bits, domain: domain))
        }
        for bits in [1, 62] { expectValid(divide(bits: bits)) }
        expectValid(divide(.tensor(x), by: x))
        for number in [(1 << 61) - 1, 1 - (1 << 61)] { expectValid(divide(.number(number))) }
        expect(.extentMismatch, divide(.tensor(w)))
        expect(.extentMismatch, divide(.tensor(x), by: w))
        expect(.forwardReference, divide(.tensor(Wire(index: 3))))
        expect(.forwardReference, divide(by: Wire(index: -1)))
        for number in [1 << 61, -(1 << 61), .max, .min] {
            expect(.coefficient, divide(.number(number)))
        }
        for bits in [-1, 0, 63, 64, 255, .max] { expect(.notUnique, divide(bits: bits)) }
        for domain in Self.domains { expect(.domain, divide(domain: domain)) }
    }

    /// No domain of a result.
    static let domains = [
        IntegerDomain(lowest: 0, bits: 0), IntegerDomain(lowest: 0, bits: 61),
        IntegerDomain(lowest: 0, bits: -1), IntegerDomain(lowest: 0, bits: .max),
        IntegerDomain(lowest: 1 << 60 + 2, bits: 4), IntegerDomain(lowest: .min, bits: 4),
    ]

    @Test func reciprocalRoots() {
        func root(precision: Int = 8, valueBits: Int = 8) -> Gadget {
            .reciprocalRoot(
                ReciprocalRoot(source: x, precision: precision, valueBits: valueBits))
        }
        for (precision, valueBits) in [(1, 1), (30, 60)] {
            expectValid(root(precision: precision, valueBits: valueBits))
        }
        for bits in [-1, 0, 31, 255, .max, .min] { expect(.notUnique, root(precision: bits)) }
        for bits in [-1, 0, 61, 255, .max, .min] { expect(.notUnique, root(valueBits: bits)) }
    }

    @Test func rowFunctions() {
        func row(_ axes: [Int] = [0], table: Int = 0, overshoot: Int = 0) -> Gadget {
            .rowFunction(
                RowFunction(source: x, axes: axes, table: table, overshootBits: overshoot))
        }
        for bits in [-1, 101, 255, .max, .min] { expect(.shift, row(overshoot: bits)) }
        for table in [-1, 1, .max] { expect(.table, row(table: table)) }
        // Distances begin at 0; the circuit's table at −8.
        expect(.domain, row())
        let table = IntegerDomain(lowest: 0, bits: 4)
        expectValid(row([0, 1], overshoot: 100), tables: [table])
        for axes in [[], [2], [-1], [1, 0], [0, 0]] {
            var circuit = circuit([row(axes)])
            circuit.functionTables = [table]
            #expect(throws: CircuitError.invalidGadget(index: 1, .axes)) {
                try ConstraintSystem(circuit)
            }
        }
    }

    /// Every requantisation within the other limits is unique by its numbers: the check of
    /// uniqueness itself never refuses one, and would if a limit were raised too far.
    @Test func uniquenessIsImplied() {
        let limits = CircuitLimits.self
        // 2^253 ≤ r, so 2^250 is at most r/8.
        #expect(Fr.modulus.significantBitCount == 254 && limits.uniquenessBits <= 250)
        var widest = 0
        for bits in limits.domainBits {
            for overshoot in limits.shifts {
                // The exact difference of two quotients: both ends of the domain, each overshot.
                let overshot = UInt128(1) << UInt128(overshoot) - 1
                let difference = UInt128(1) << UInt128(bits) - 1 + 2 * overshot
                for shift in limits.shifts {
                    let requantisation = Requantisation(
                        source: x, shift: shift, domain: IntegerDomain(lowest: 0, bits: bits),
                        function: .identity, overshootBits: overshoot)
                    let claimed = requantisation.differenceBits
                    #expect(difference < UInt128(1) << UInt128(claimed - shift))
                    // With remainders below 2^shift the sum has one bit more at most.
                    #expect(claimed + 1 <= limits.uniquenessBits)
                    widest = max(widest, claimed)
                }
            }
        }
        #expect(widest == 202)
        let low = limits.domainMagnitude
        for lowest in [low, -low] {
            for (bits, overshoot) in [(60, 0), (1, 0), (16, 100), (1, 100)] {
                let requantisation = Requantisation(
                    source: x, shift: 100, domain: IntegerDomain(lowest: lowest, bits: bits),
                    function: .identity, overshootBits: overshoot)
                #expect(throws: Never.self) {
                    try requantisation.validatedShape(
                        [TensorShape([1])!, TensorShape([1])!, TensorShape([1])!],
                        functionTables: [])
                }
            }
        }
    }
}
