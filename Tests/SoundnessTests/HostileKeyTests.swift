import Circuits
import Curve
import Dispatch
import Field
import ProofSystem
import Testing
import ZKMLTestSupport

import class Foundation.Thread

@testable import Prover
@testable import Verifier

/// Circuits whose numbers are the ends of their types and of their limits: refused by a typed error,
/// or a key that can be written, read, priced and used, and whose garbage proofs are refused.
@Suite struct HostileKeyTests {
    private static let numbers: [Int] = {
        var numbers = [
            0, 1, 2, 3, 5, 8, 16, 17, 32, 33, 60, 61, 62, 63, 64, 65, 100, 101, 250, 255,
        ]
        for power in [8, 12, 20, 22, 24, 30, 40, 41, 60] {
            let edge = 1 << power
            numbers += [edge - 1, edge, edge + 1]
        }
        return numbers + [.max - 1, .max]
    }()

    private struct Editor {
        var generator: SeededGenerator

        mutating func number() -> Int {
            let number = generator.pick(HostileKeyTests.numbers)
            switch generator.integer(0...3) {
            case 0: return -number
            case 1 where generator.oneIn(8): return .min
            default: return number
            }
        }

        mutating func replaceOne(_ numbers: inout [Int]) {
            switch generator.integer(0...4) {
            case 0: numbers.insert(number(), at: generator.integer(0...numbers.count))
            case 1 where !numbers.isEmpty:
                numbers.remove(at: generator.integer(0...numbers.count - 1))
            case 2: numbers.shuffle(using: &generator)
            default:
                guard !numbers.isEmpty else { return numbers.append(number()) }
                numbers[generator.integer(0...numbers.count - 1)] =
                    generator.oneIn(2) ? generator.integer(0...3) : number()
            }
        }

        mutating func edit(_ shape: inout TensorShape) {
            var extents = shape.extents
            replaceOne(&extents)
            shape = TensorShape(extents) ?? shape
        }

        mutating func edit(_ domain: inout IntegerDomain) {
            if generator.oneIn(2) { domain.lowest = number() } else { domain.bits = number() }
        }

        mutating func edit(_ port: inout Port) {
            switch generator.integer(0...3) {
            case 0: port.bits = number()
            case 1: port.fractionalBits = number()
            case 2: port.visibility = port.visibility == .public ? .committed : .public
            default: port.saturates.toggle()
            }
        }

        mutating func edit(_ wire: inout Wire, _ circuit: Circuit) {
            wire = Wire(
                index: generator.oneIn(3)
                    ? number() : generator.integer(0...circuit.wireCount))
        }

        mutating func edit(_ operand: inout Operand<Wire>, _ circuit: Circuit) {
            guard !operand.axes.isEmpty, !generator.oneIn(6) else {
                return edit(&operand.source, circuit)
            }
            let axis = generator.integer(0...operand.axes.count - 1)
            switch generator.integer(0...3) {
            case 0: operand.axes[axis].offset = number()
            case 1: operand.axes[axis].terms.append(LabelTerm(generator.integer(0...4), number()))
            default:
                guard !operand.axes[axis].terms.isEmpty else { return }
                let term = generator.integer(0...operand.axes[axis].terms.count - 1)
                if generator.oneIn(2) {
                    operand.axes[axis].terms[term].coefficient = number()
                } else {
                    operand.axes[axis].terms[term].label = generator.integer(-1...5)
                }
            }
        }

        mutating func edit(_ gadget: inout Gadget, _ circuit: Circuit) {
            switch gadget {
            case .einsum(var einsum):
                switch generator.integer(0...2) {
                case 0: replaceOne(&einsum.extents)
                case 1: replaceOne(&einsum.output)
                default:
                    let operand = generator.integer(0...einsum.operands.count - 1)
                    edit(&einsum.operands[operand], circuit)
                }
                gadget = .einsum(einsum)
            case .view(var view):
                switch generator.integer(0...2) {
                case 0: replaceOne(&view.extents)
                case 1: view.fill = number()
                default: edit(&view.operand, circuit)
                }
                gadget = .view(view)
            case .merge(var merge):
                if generator.oneIn(2) {
                    replaceOne(&merge.groups)
                } else {
                    edit(&merge.source, circuit)
                }
                gadget = .merge(merge)
            case .affine(var affine):
                let term = generator.integer(0...affine.terms.count - 1)
                let large = Int128(number()) << Int128(generator.pick([0, 37, 63, 64]))
                switch generator.integer(0...4) {
                case 0: replaceOne(&affine.extents)
                case 1: affine.constant = large
                case 2: affine.terms[term].coefficient = large
                case 3: replaceOne(&affine.terms[term].labels)
                default: edit(&affine.terms[term].source, circuit)
                }
                gadget = .affine(affine)
            case .requantise(var requantisation):
                switch generator.integer(0...4) {
                case 0: requantisation.shift = number()
                case 1: requantisation.overshootBits = number()
                case 2: edit(&requantisation.domain)
                case 3:
                    requantisation.function =
                        generator.oneIn(2) ? .identity : .table(number())
                default: edit(&requantisation.source, circuit)
                }
                gadget = .requantise(requantisation)
            case .maximum(var maximum):
                switch generator.integer(0...2) {
                case 0: maximum.bits = number()
                case 1: replaceOne(&maximum.axes)
                default: edit(&maximum.source, circuit)
                }
                gadget = .maximum(maximum)
            case .divide, .reciprocalRoot, .rowFunction, .select, .oneHot, .gather, .roundEven:
                if generator.oneIn(3) {
                    let wire = generator.integer(0...circuit.wireCount)
                    gadget = gadget.renumbered { _ in Wire(index: wire) }
                } else {
                    editNumber(&gadget)
                }
            }
        }

        /// One number of a gadget that is nothing but wires and numbers.
        mutating func editNumber(_ gadget: inout Gadget) {
            switch gadget {
            case .divide(var division):
                switch generator.integer(0...2) {
                case 0: division.remainderBits = number()
                case 1: division.dividend = .number(number())
                default: edit(&division.domain)
                }
                gadget = .divide(division)
            case .reciprocalRoot(var root):
                if generator.oneIn(2) {
                    root.precision = number()
                } else {
                    root.valueBits = number()
                }
                gadget = .reciprocalRoot(root)
            case .rowFunction(var function):
                switch generator.integer(0...2) {
                case 0: function.table = number()
                case 1: function.overshootBits = number()
                default: replaceOne(&function.axes)
                }
                gadget = .rowFunction(function)
            case .select(var selection):
                if generator.oneIn(2) {
                    selection.bits = number()
                } else {
                    selection.axis = number()
                }
                gadget = .select(selection)
            case .oneHot(var oneHot):
                oneHot.count = number()
                gadget = .oneHot(oneHot)
            case .gather(var gather):
                gather.lowCount = number()
                gadget = .gather(gather)
            case .roundEven(var rounding):
                if generator.oneIn(2) { rounding.shift = number() } else { edit(&rounding.domain) }
                gadget = .roundEven(rounding)
            case .einsum, .view, .merge, .affine, .requantise, .maximum:
                break
            }
        }

        mutating func edit(_ circuit: inout Circuit) {
            switch generator.integer(0...9) {
            case 0: circuit.limbBits = number()
            case 1 where !circuit.inputs.isEmpty:
                let input = generator.integer(0...circuit.inputs.count - 1)
                if generator.oneIn(2) {
                    edit(&circuit.inputs[input].shape)
                } else {
                    edit(&circuit.inputs[input].port)
                }
            case 2 where !circuit.constants.isEmpty:
                edit(&circuit.constants[generator.integer(0...circuit.constants.count - 1)])
            case 3 where !circuit.functionTables.isEmpty:
                let table = generator.integer(0...circuit.functionTables.count - 1)
                edit(&circuit.functionTables[table])
            case 4:
                let output = generator.integer(0...circuit.outputs.count - 1)
                if generator.oneIn(2) {
                    edit(&circuit.outputs[output].port)
                } else {
                    edit(&circuit.outputs[output].wire, circuit)
                }
            case 5:
                var output = circuit.outputs[0]
                output.port.name = "another"
                edit(&output.wire, circuit)
                circuit.outputs.append(output)
            default:
                guard !circuit.gadgets.isEmpty else { return }
                let index = generator.integer(0...circuit.gadgets.count - 1)
                edit(&circuit.gadgets[index], circuit)
            }
        }
    }

    /// A key for the circuit with chunk commitments that are points of the curve.
    private func key(_ circuit: Circuit, log2Chunk: Int) -> VerifyingKey? {
        guard let system = try? ConstraintSystem(circuit) else { return nil }
        let log2Chunk = max(log2Chunk, VectorLayout.smallestLog2Chunk(system))
        let count = VectorLayout(system, log2Chunk: log2Chunk).chunkCount(.constants)
        return try? VerifyingKey(
            circuit: circuit, log2Chunk: log2Chunk, srs: Forge.srs.identity,
            constantChunks: Array(
                repeating: .generator, count: min(count, VerifyingKey.chunkLimit)))
    }

    /// A proof of the key's shape; small field elements, so that some relations hold by chance.
    private func garbage(_ key: VerifyingKey, _ generator: inout SeededGenerator) -> NativeProof {
        func values(_ port: Port, _ shape: TensorShape) -> [Int] {
            guard port.visibility == .public else { return [] }
            let domain = port.domain
            return (0..<shape.cellCount).map { _ in
                generator.integer(domain.lowest...domain.highest)
            }
        }
        let ports = key.publicPorts.map { values($0.port, $0.shape) }
        let shape = key.proofShape
        func points(_ count: Int) -> [G1Affine] {
            (0..<count).map { _ in
                generator.pick([.generator, .infinity, .blindingGenerator])
            }
        }
        return NativeProof(
            modelID: key.digest,
            statement: NativeStatement(
                inputs: Array(ports.prefix(key.circuit.inputs.count)),
                outputs: Array(ports.dropFirst(key.circuit.inputs.count)),
                commitments: points(shape.portCount)),
            adviceChunks: points(shape.adviceChunkCount),
            elements: (0..<shape.elementCount).map { _ in Fr(generator.integer(-1...1)) },
            openingPoints: points(shape.openingPointCount))
    }

    /// The deepest recursion that a key can ask for, in a claim through 255 filled views that each
    /// shift by one: half a megabyte of stack is enough (a quarter is not quite).
    @Test func deepestCircuitOnASmallStack() throws {
        var circuit = Circuit(limbBits: 4)
        circuit.constants = [TensorShape([4])!]
        circuit.gadgets = (0..<CircuitLimits.dissolvedDepth - 1).map { index in
            let axis = AxisIndex([LabelTerm(0)], offset: index % 2 == 0 ? 1 : -1)
            return .view(
                View(extents: [4], operand: Operand(Wire(index: index), [axis]), fill: 1))
        }
        let last = Wire(index: circuit.gadgets.count)
        circuit.gadgets.append(
            .einsum(Einsum(extents: [4], output: [], operands: [Operand(last, labels: [0])])))
        circuit.outputs = [
            .init(
                port: Port(name: "y", bits: 8, fractionalBits: 0),
                wire: Wire(index: circuit.wireCount - 1))
        ]
        let key = try #require(self.key(circuit, log2Chunk: 5))
        var generator = SeededGenerator(seed: 1)
        let proof = garbage(key, &generator).encoded(for: key)
        let finished = DispatchSemaphore(value: 0)
        let thread = Thread { [bytes = key.encoded] in
            let verified = try? NativeVerifier(key: VerifyingKey(decoding: bytes)).verify(
                proof, trusting: .development)
            #expect(verified == nil)
            finished.signal()
        }
        thread.stackSize = 512 << 10
        thread.start()
        finished.wait()
    }

    @Test(arguments: UInt64(0)..<40) func edited(seed: UInt64) throws {
        var editor = Editor(generator: SeededGenerator(seed: seed))
        let model = RandomCircuits.make(seed: 900 + seed, gadgets: 5)
        var accepted = 0
        for _ in 0..<150 {
            var circuit = model.circuit
            for _ in 0..<editor.generator.integer(1...3) { editor.edit(&circuit) }
            guard let key = key(circuit, log2Chunk: editor.generator.pick([1, 5, 28])) else {
                continue
            }
            accepted += 1
            let read = try VerifyingKey(decoding: key.encoded)
            #expect(read.encoded == key.encoded && read.circuit == circuit)
            #expect(CostModel.estimate(read.system).proveSeconds > 0)
            let sections = NativeProof.sections(for: read)
            guard let last = sections.last, last.offset + last.byteCount < 1 << 20 else { continue }
            let proof = garbage(read, &editor.generator)
            let bytes = proof.encoded(for: read)
            #expect(bytes.count == last.offset + last.byteCount)
            do throws(ProofRejection) {
                _ = try NativeVerifier(key: read).verify(bytes, trusting: .development)
                Issue.record("garbage is accepted")
            } catch {
                guard case .false = error else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
        #expect(accepted > 0)
    }
}
