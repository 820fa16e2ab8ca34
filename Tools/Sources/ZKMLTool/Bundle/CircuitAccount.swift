import Circuits
import ToolSupport

/// A readable account of a circuit: ports, tables, and what each layer costs.
struct CircuitAccount {
    let cost: CircuitCost
    private let system: ConstraintSystem
    private let layers: [(name: String, kind: String, shape: String, cost: GadgetCost)]

    /// - Parameters:
    ///   - names: of the gadgets' layers; numbers where there are none.
    ///   - log2Chunk: of the key; nil for the one the cost model chooses.
    init(_ system: ConstraintSystem, names: [String], log2Chunk: Int?) {
        self.system = system
        let cost =
            log2Chunk.map { CostModel.estimate(system, log2Chunk: $0) }
            ?? CostModel.estimate(system)
        self.cost = cost
        let circuit = system.circuit
        layers = circuit.gadgets.indices.map { index in
            let tensor = system.wireTensors[circuit.resultWire(index).index]
            return (
                names.indices.contains(index) ? names[index] : "gadget \(index)",
                circuit.gadgets[index].kindName, "\(system.shape(tensor))",
                cost.gadgets.indices.contains(index) ? cost.gadgets[index] : GadgetCost()
            )
        }
    }

    var json: JSONValue {
        [
            "cells": .integer(cost.adviceCells), "constants": .integer(cost.constantCells),
            "leaves": .integer(cost.leaves), "log2Chunk": .integer(cost.log2Chunk),
            "tables": .array(cost.tableBits.map { .integer($0) }),
            "multiplyAdds": .integer(cost.multiplyAdds),
            "predicted": [
                "proveSeconds": .number(cost.proveSeconds),
                "verifySeconds": .number(cost.verifySeconds),
                "peakMemoryBytes": .integer(cost.peakMemoryBytes),
            ],
            "inputs": ports(
                system.circuit.inputs.map { ($0.port, $0.shape) }, areInputs: true),
            "outputs": ports(
                zip(system.circuit.outputs, system.outputs).map {
                    ($0.port, system.shape($1.tensor))
                }, areInputs: false),
            "layers": .array(
                layers.map {
                    [
                        "name": .string($0.name), "gadget": .string($0.kind),
                        "shape": .string($0.shape), "cells": .integer($0.cost.adviceCells),
                        "leaves": .integer($0.cost.leaves),
                        "multiplyAdds": .integer($0.cost.multiplyAdds),
                    ]
                }),
        ]
    }

    var lines: [String] {
        let circuit = system.circuit
        var lines = circuit.inputs.map {
            "input \($0.port.name) \($0.shape), \(describe($0.port)), values out of range "
                + ($0.port.saturates ? "saturate" : "are refused")
        }
        lines += zip(circuit.outputs, system.outputs).map {
            "output \($0.port.name) \(system.shape($1.tensor)), \(describe($0.port))"
        }
        lines.append(
            "\(humanCount(cost.adviceCells)) committed cells, \(humanCount(cost.leaves)) leaves, "
                + "\(humanCount(cost.constantCells)) constants, "
                + "\(humanCount(cost.multiplyAdds)) multiply-adds")
        lines.append(
            "tables of "
                + cost.tableBits.map { "2^\($0)" }.joined(separator: ", ") + " rows")
        lines.append(
            "predicted: prove \(humanTime(cost.proveSeconds)) in \(humanSize(cost.peakMemoryBytes)), "
                + "verify \(humanTime(cost.verifySeconds)), proof \(humanSize(cost.proofBytes))")
        for layer in layers {
            lines.append(
                "\(layer.name): \(layer.kind) \(layer.shape), \(humanCount(layer.cost.adviceCells)) "
                    + "cells, \(humanCount(layer.cost.leaves)) leaves, "
                    + "\(humanCount(layer.cost.multiplyAdds)) multiply-adds")
        }
        return lines
    }

    private func describe(_ port: Port) -> String {
        "\(port.bits) bits, \(port.fractionalBits) of them fractional, "
            + (port.visibility == .public ? "public" : "committed")
    }

    private func ports(_ ports: [(Port, TensorShape)], areInputs: Bool) -> JSONValue {
        .object(
            ports.map { port, shape in
                let object: JSONValue = [
                    "shape": .array(shape.extents.map { .integer($0) }),
                    "bits": .integer(port.bits),
                    "fractionalBits": .integer(port.fractionalBits),
                    "visibility": .string(port.visibility == .public ? "public" : "committed"),
                ]
                return .init(
                    port.name,
                    object.adding(["saturates": areInputs ? .bool(port.saturates) : nil]))
            })
    }
}

extension Gadget {
    /// The word for people.
    var kindName: String {
        switch self {
        case .einsum: "einsum"
        case .view: "view"
        case .merge: "merge"
        case .affine: "affine"
        case .requantise: "requantise"
        case .maximum: "maximum"
        case .divide: "divide"
        case .reciprocalRoot: "reciprocal root"
        case .rowFunction: "row function"
        case .select: "select"
        case .oneHot: "one-hot"
        case .gather: "gather"
        case .roundEven: "round half even"
        }
    }
}
