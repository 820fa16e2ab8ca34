/// `LSTM`, `GRU` and `RNN`, unrolled: one copy of the cell a time step.
///
/// Reference: the equations of ONNX's operator documentation. Everything a step computes is a value
/// of the graph of its own, so each is calibrated for itself.
struct RecurrentNetwork {
    enum Cell: String {
        case lstm = "LSTM"
        case gru = "GRU"
        case rnn = "RNN"

        /// Blocks of rows of W and R: i o f c, z r h, or one.
        var gateCount: Int {
            switch self {
            case .lstm: 4
            case .gru: 3
            case .rnn: 1
            }
        }

        /// Of one direction.
        var activations: [String] {
            switch self {
            case .lstm: ["Sigmoid", "Tanh", "Tanh"]
            case .gru: ["Sigmoid", "Tanh"]
            case .rnn: ["Tanh"]
            }
        }
    }

    let cell: Cell
    let hiddenSize: Int
    private let batch: Int
    private let length: Int
    private let directionCount: Int
    private let isReverseOnly: Bool
    /// For each direction.
    private let activations: [[String]]
    let resetsAfterProduct: Bool
    /// How far from 0 the activations' arguments may lie; nil without a limit.
    let limit: Double?
    /// Whether the forget gate is 1 − the input gate.
    let couplesGates: Bool

    static func decomposer(_ cell: Cell) -> Decomposer {
        { (node, steps) throws(ModelError) in
            try node.expect(
                inputs: 3...(cell == .lstm ? 8 : 6), outputs: 1...(cell == .lstm ? 3 : 2))
            let isBatchFirst = try node.flag("layout")
            var x = try steps.operand(0)
            guard x.shape.count == 3 else {
                throw node.mismatch(expected: "rank 3", actual: "\(x.shape)")
            }
            if isBatchFirst { x = try steps.transpose(x, [1, 0, 2], step: "sequence_first") }
            let network = try RecurrentNetwork(
                cell, &node, x.shape, isBatchFirst: isBatchFirst)
            var results = try network.unroll(x, node, &steps, isBatchFirst: isBatchFirst)
            if isBatchFirst {
                results[0] = try steps.transpose(results[0], [2, 0, 1, 3], step: "batch_first")
                for index in results.indices.dropFirst() {
                    results[index] = try steps.transpose(
                        results[index], [1, 0, 2], step: "batch_first_state\(index)")
                }
            }
            return results
        }
    }

    private init(
        _ cell: Cell, _ node: inout NodeReader, _ shape: [Int], isBatchFirst: Bool
    ) throws(ModelError) {
        self.cell = cell
        (length, batch) = (shape[0], shape[1])
        let direction = try node.string("direction") ?? "forward"
        guard ["forward", "reverse", "bidirectional"].contains(direction) else {
            throw node.invalid(
                attribute: "direction", direction, advice: "use forward, reverse or bidirectional")
        }
        directionCount = direction == "bidirectional" ? 2 : 1
        isReverseOnly = direction == "reverse"
        let weights = try node.floatShape(1)
        guard weights.count == 3, weights[0] == directionCount,
            weights[1] % cell.gateCount == 0, weights[2] == shape[2],
            try node.floatShape(2)
                == [directionCount, weights[1], weights[1] / cell.gateCount]
        else {
            throw node.mismatch(
                expected: "weights of \(directionCount) × \(cell.gateCount) gates",
                actual: "\(weights)")
        }
        hiddenSize = weights[1] / cell.gateCount
        guard length > 0, batch > 0, hiddenSize > 0 else {
            throw node.mismatch(expected: "positive extents", actual: "\(shape), \(weights)")
        }
        if let given = try node.int("hidden_size"), given != hiddenSize {
            throw node.invalid(
                attribute: "hidden_size", given, advice: "the weights say \(hiddenSize)")
        }
        for name in ["activation_alpha", "activation_beta"] where node.hasAttribute(name) {
            throw node.unsupported(
                "\(name) is", advice: "use activations without parameters of their own")
        }
        limit = try node.float("clip")
        guard limit.map({ $0 > 0 }) ?? true else {
            throw node.invalid(
                attribute: "clip", limit ?? 0, advice: "use a positive number, or none")
        }
        couplesGates = cell == .lstm ? try node.flag("input_forget") : false
        resetsAfterProduct = cell == .gru ? try node.flag("linear_before_reset") : false
        let usual = cell.activations
        let known = ["Sigmoid", "Tanh", "Relu", "Softsign", "Softplus", "HardSigmoid", "Elu"]
        let given =
            try node.strings("activations")
            ?? Array(repeating: usual, count: directionCount).flatMap { $0 }
        guard given.count == usual.count * directionCount else {
            throw node.invalid(
                attribute: "activations", given,
                advice: "give \(usual.count) for each direction")
        }
        if let other = given.first(where: { !known.contains($0) }) {
            throw node.invalid(
                attribute: "activations", other,
                advice: "use one of \(known.joined(separator: ", "))")
        }
        var byDirection: [[String]] = []
        for direction in 0..<directionCount {
            let first = direction * usual.count
            byDirection.append(Array(given[first..<first + usual.count]))
        }
        activations = byDirection
        if node.has(4) {
            // Lengths that are all the whole sequence change nothing.
            let lengths = try node.constant(4, role: "sequence_lens").reals
            guard lengths.allSatisfy({ $0 == Double(length) }) else {
                throw node.unsupported(
                    "sequence_lens shorter than the sequence is",
                    advice: "cut the input to its length")
            }
        }
        try checkParameters(node, isBatchFirst: isBatchFirst)
    }

    /// Biases, initial states and peepholes.
    private func checkParameters(
        _ node: NodeReader, isBatchFirst: Bool
    ) throws(ModelError) {
        let state =
            isBatchFirst
            ? [batch, directionCount, hiddenSize] : [directionCount, batch, hiddenSize]
        var shapes = [3: [directionCount, 2 * cell.gateCount * hiddenSize], 5: state]
        if cell == .lstm { (shapes[6], shapes[7]) = (state, [directionCount, 3 * hiddenSize]) }
        for (input, shape) in shapes.sorted(by: { $0.key < $1.key }) where node.has(input) {
            let given = try node.floatShape(input)
            guard given == shape else {
                throw node.mismatch(
                    expected: "input \(input) of shape \(shape)", actual: "\(given)")
            }
        }
    }

    /// Y [length, directions, batch, hidden], then the last states [directions, batch, hidden].
    private func unroll(
        _ x: Decomposition.Value, _ node: NodeReader, _ steps: inout Decomposition,
        isBatchFirst: Bool
    ) throws(ModelError) -> [Decomposition.Value] {
        var outputs: [Decomposition.Value] = []
        var states: [[Decomposition.Value]] = []
        for direction in 0..<directionCount {
            let (sequence, state) = try unroll(
                x, direction, node, &steps, isBatchFirst: isBatchFirst)
            outputs.append(sequence)
            states.append(state)
        }
        var results = [try steps.joined(outputs, axis: 1, step: "Y")]
        for index in states[0].indices {
            results.append(
                try steps.joined(states.map { $0[index] }, axis: 0, step: "state\(index)"))
        }
        return results
    }

    private func unroll(
        _ x: Decomposition.Value, _ direction: Int, _ node: NodeReader,
        _ steps: inout Decomposition, isBatchFirst: Bool
    ) throws(ModelError) -> (Decomposition.Value, [Decomposition.Value]) {
        let prefix = directionCount == 2 ? (direction == 0 ? "forward/" : "backward/") : ""
        /// Its part of a parameter, the direction's axis dropped.
        func parameter(
            _ input: Int, _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            let value = try steps.operand(input)
            let own = try steps.slice(
                value, axis: 0, direction..<direction + 1, step: "\(prefix)parameter\(input)")
            return try steps.reshape(
                own, to: Array(value.shape.dropFirst()), step: "\(prefix)parameter\(input)_of")
        }
        let gates = cell.gateCount * hiddenSize
        let w = try steps.transpose(parameter(1, &steps), [1, 0], step: "\(prefix)W")
        let r = try steps.transpose(parameter(2, &steps), [1, 0], step: "\(prefix)R")
        var weights = Weights(recurrent: r)
        if node.has(3) {
            let bias = try parameter(3, &steps)
            weights.inputBias = try steps.slice(bias, axis: 0, 0..<gates, step: "\(prefix)Wb")
            weights.recurrentBias = try steps.slice(
                bias, axis: 0, gates..<2 * gates, step: "\(prefix)Rb")
        }
        if cell == .lstm, node.has(7) { weights.peepholes = try parameter(7, &steps) }
        // All steps' share of the input at once.
        let projected = try steps.apply("MatMul", [x, w], step: "\(prefix)input")
        var state: [Decomposition.Value] = []
        for index in 0..<(cell == .lstm ? 2 : 1) {
            if node.has(5 + index) {
                var given = try steps.operand(5 + index)
                if isBatchFirst {
                    given = try steps.transpose(
                        given, [1, 0, 2], step: "\(prefix)initial\(index)_order")
                }
                let own = try steps.slice(
                    given, axis: 0, direction..<direction + 1, step: "\(prefix)initial\(index)")
                state.append(
                    try steps.reshape(
                        own, to: [batch, hiddenSize], step: "\(prefix)initial\(index)_of"))
            } else {
                let count = try steps.reserved([batch, hiddenSize])
                let zeros = [Double](repeating: 0, count: count)
                state.append(steps.constant([batch, hiddenSize], zeros))
            }
        }
        let isReverse = isReverseOnly || direction == 1
        var outputs = [Decomposition.Value?](repeating: nil, count: length)
        for position in isReverse ? Array((0..<length).reversed()) : Array(0..<length) {
            let name = "\(prefix)\(position)"
            let own = try steps.slice(
                projected, axis: 0, position..<position + 1, step: "\(name)/input")
            let input = try steps.reshape(own, to: [batch, gates], step: "\(name)/input_of")
            var time = TimeStep(
                network: self, weights: weights, activations: activations[direction], name: name)
            state = try time.run(input, state, &steps)
            outputs[position] = try steps.reshape(
                state[0], to: [1, 1, batch, hiddenSize], step: "\(name)/Y")
        }
        let sequence = try steps.joined(
            outputs.compactMap { $0 }, axis: 0, step: "\(prefix)sequence")
        var last: [Decomposition.Value] = []
        for (index, value) in state.enumerated() {
            last.append(
                try steps.reshape(
                    value, to: [1, batch, hiddenSize], step: "\(prefix)last\(index)"))
        }
        return (sequence, last)
    }
}

extension Decomposition {
    /// The positions of a range along one axis.
    mutating func slice(
        _ x: Value, axis: Int, _ range: Range<Int>, step: String
    ) throws(ModelError) -> Value {
        guard range != 0..<x.shape[axis] else { return x }
        let bounds = [range.lowerBound, range.upperBound, axis].map { integers([$0]) }
        return try apply("Slice", [x, bounds[0], bounds[1], bounds[2]], step: step)
    }

    /// Values one after the other along an axis; no step for one alone.
    mutating func joined(
        _ values: [Value], axis: Int, step: String
    ) throws(ModelError) -> Value {
        guard values.count > 1 else { return values[0] }
        return try apply("Concat", values, ["axis": .int(Int64(axis))], step: step)
    }
}
