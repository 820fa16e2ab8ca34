import Circuits

/// A model as a circuit, with all that its keys are made from.
public struct CompiledModel: Sendable {
    public let circuit: Circuit
    /// Weights and table values, in the order of ``Circuit/constantShapes``.
    public let constants: [[Int64]]
    /// The layer that each gadget belongs to; ONNX's node names.
    public let gadgetNames: [String]
    public let cost: CircuitCost
    public let calibration: Calibration
    /// B of each value.
    public let precision: Precision
    /// For each output how far it may lie from the float model, in reals, on inputs for which no
    /// value leaves its calibrated range.
    public let errorBounds: [Double]
    /// For each output of the circuit, ONNX's shape: that of its wire.
    public let outputShapes: [[Int]]
    /// How the target was met; nil without one.
    public internal(set) var search: AccuracySearch?
    let roundings: [RoundingSite]
    let widths: TableWidths
    let options: CompileOptions
}

extension CompiledModel {
    /// Integer inference with this model.
    public func interpreter() throws(LoweringError) -> IntegerInterpreter {
        let system: ConstraintSystem
        do throws(CircuitError) {
            system = try ConstraintSystem(circuit)
        } catch {
            throw .circuit(error)
        }
        guard let interpreter = try? IntegerInterpreter(system, constants: constants) else {
            preconditionFailure("constants have the circuit's shapes")
        }
        return interpreter
    }

    /// What each layer costs, in order of first appearance.
    public var layerCosts: [(name: String, cost: GadgetCost)] {
        var costs: [(name: String, cost: GadgetCost)] = []
        var positions: [String: Int] = [:]
        for (name, cost) in zip(gadgetNames, cost.gadgets) {
            let position = positions[name] ?? costs.count
            if position == costs.count {
                positions[name] = position
                costs.append((name, GadgetCost()))
            }
            costs[position].cost.adviceCells += cost.adviceCells
            costs[position].cost.leaves += cost.leaves
            costs[position].cost.multiplyAdds += cost.multiplyAdds
        }
        return costs
    }
}

extension Port {
    public var format: FixedPointFormat {
        FixedPointFormat(bits: max(2, bits), fractionalBits: fractionalBits)
    }

    /// The integers that reals stand for.
    ///
    /// - Throws: ``InputError`` for a NaN, and for a real outside the port's range unless it
    ///   saturates.
    public func quantised(_ reals: [Double]) throws(InputError) -> [Int64] {
        let format = format
        var integers: [Int64] = []
        integers.reserveCapacity(reals.count)
        for (index, real) in reals.enumerated() {
            guard real.isFinite else { throw .notFinite(input: name, index: index) }
            guard saturates || format.represents(real) else {
                throw .outOfRange(input: name, index: index)
            }
            integers.append(Int64(format.quantised(real)))
        }
        return integers
    }

    /// How many reals lie outside the port's range: those that saturate, where the port does.
    public func outOfRangeCount(_ reals: [Double]) -> Int {
        let format = format
        return reals.count { !format.represents($0) }
    }

    /// The reals that integers stand for.
    public func reals(_ integers: [Int64]) -> [Double] {
        let unit = format.unit
        return integers.map { Double($0) * unit }
    }
}

/// Why an input is not one of the model's.
public enum InputError: Error, Equatable, Sendable {
    case notFinite(input: String, index: Int)
    case outOfRange(input: String, index: Int)
}
