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

    private let cell: Cell
    private let hiddenSize: Int
    private let batch: Int
    private let length: Int
    private let directionCount: Int
    private let isReverseOnly: Bool
    /// For each direction.
    private let activations: [[String]]
    private let resetsAfterProduct: Bool

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
            let network = try RecurrentNetwork(cell, &node, x.shape)
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
        _ cell: Cell, _ node: inout NodeReader, _ shape: [Int]
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
        if let given = try node.int("hidden_size"), given != hiddenSize {
            throw node.invalid(
                attribute: "hidden_size", given, advice: "the weights say \(hiddenSize)")
        }
        for name in ["activation_alpha", "activation_beta"] where node.hasAttribute(name) {
            throw node.unsupported(
                "\(name) is", advice: "use activations without parameters of their own")
        }
        for name in ["clip", "input_forget"] where node.hasAttribute(name) {
            guard try name == "clip" ? node.float(name) == nil : !node.flag(name) else {
                throw node.unsupported("\(name) is", advice: "export the model without it")
            }
        }
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
        if cell == .lstm, node.has(7) { _ = try node.floatShape(7) }
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
                let zeros = [Double](repeating: 0, count: batch * hiddenSize)
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

    private struct Weights {
        /// [hidden, gates · hidden].
        var recurrent: Decomposition.Value
        var inputBias: Decomposition.Value?
        var recurrentBias: Decomposition.Value?
        /// [3 · hidden], for i, o and f.
        var peepholes: Decomposition.Value?
    }

    /// One time step of one direction.
    private struct TimeStep {
        let network: RecurrentNetwork
        let weights: Weights
        let activations: [String]
        let name: String
        private var size: Int { network.hiddenSize }

        init(network: RecurrentNetwork, weights: Weights, activations: [String], name: String) {
            self.network = network
            self.weights = weights
            self.activations = activations
            self.name = name
        }

        /// - Parameter input: x_t · Wᵀ, [batch, gates · hidden].
        mutating func run(
            _ input: Decomposition.Value, _ state: [Decomposition.Value],
            _ steps: inout Decomposition
        ) throws(ModelError) -> [Decomposition.Value] {
            switch network.cell {
            case .rnn:
                let sum = try sum(input, state[0], &steps)
                return [try activate(0, sum, "h", &steps)]
            case .lstm: return try lstm(sum(input, state[0], &steps), state, &steps)
            case .gru: return try gru(input, state[0], &steps)
            }
        }

        /// x·Wᵀ + h·Rᵀ + Wb + Rb.
        private func sum(
            _ input: Decomposition.Value, _ hidden: Decomposition.Value,
            _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            var product = try steps.apply(
                "MatMul", [hidden, weights.recurrent], step: "\(name)/recurrent")
            for bias in [weights.inputBias, weights.recurrentBias] {
                if let bias {
                    product = try steps.apply("Add", [product, bias], step: "\(name)/bias")
                }
            }
            return try steps.apply("Add", [input, product], step: "\(name)/gates")
        }

        private func gate(
            _ index: Int, of value: Decomposition.Value, _ label: String,
            _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            try steps.slice(
                value, axis: value.shape.count - 1, index * size..<(index + 1) * size,
                step: "\(name)/\(label)")
        }

        private func activate(
            _ index: Int, _ value: Decomposition.Value, _ label: String,
            _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            try steps.apply(activations[index], [value], step: "\(name)/\(label)")
        }

        /// value + peephole ⊙ cell.
        private func peeped(
            _ index: Int, _ value: Decomposition.Value, _ cell: Decomposition.Value,
            _ label: String, _ steps: inout Decomposition
        ) throws(ModelError) -> Decomposition.Value {
            guard let peepholes = weights.peepholes else { return value }
            let own = try gate(index, of: peepholes, "\(label)_peephole", &steps)
            let product = try steps.apply("Mul", [cell, own], step: "\(name)/\(label)_peep")
            return try steps.apply("Add", [value, product], step: "\(name)/\(label)_peeped")
        }

        private func lstm(
            _ gates: Decomposition.Value, _ state: [Decomposition.Value],
            _ steps: inout Decomposition
        ) throws(ModelError) -> [Decomposition.Value] {
            let cell = state[1]
            let i = try activate(
                0, peeped(0, gate(0, of: gates, "i_gate", &steps), cell, "i", &steps), "i",
                &steps)
            let f = try activate(
                0, peeped(2, gate(2, of: gates, "f_gate", &steps), cell, "f", &steps), "f",
                &steps)
            let c = try activate(1, gate(3, of: gates, "c_gate", &steps), "c", &steps)
            let kept = try steps.apply("Mul", [f, cell], step: "\(name)/kept")
            let added = try steps.apply("Mul", [i, c], step: "\(name)/added")
            let next = try steps.apply("Add", [kept, added], step: "\(name)/cell")
            let o = try activate(
                0, peeped(1, gate(1, of: gates, "o_gate", &steps), next, "o", &steps), "o",
                &steps)
            let squashed = try activate(2, next, "squashed", &steps)
            return [try steps.apply("Mul", [o, squashed], step: "\(name)/h"), next]
        }

        private func gru(
            _ input: Decomposition.Value, _ hidden: Decomposition.Value,
            _ steps: inout Decomposition
        ) throws(ModelError) -> [Decomposition.Value] {
            var fromInput = input
            if let bias = weights.inputBias {
                fromInput = try steps.apply("Add", [input, bias], step: "\(name)/input_bias")
            }
            /// h·Rᵀ + Rb for some gates.
            func recurrent(
                _ range: Range<Int>, _ hidden: Decomposition.Value, _ label: String,
                _ steps: inout Decomposition
            ) throws(ModelError) -> Decomposition.Value {
                let columns = range.lowerBound * size..<range.upperBound * size
                let own = try steps.slice(
                    weights.recurrent, axis: 1, columns, step: "\(name)/\(label)_R")
                let product = try steps.apply(
                    "MatMul", [hidden, own], step: "\(name)/\(label)_recurrent")
                guard let bias = weights.recurrentBias else { return product }
                let part = try steps.slice(bias, axis: 0, columns, step: "\(name)/\(label)_Rb")
                return try steps.apply("Add", [product, part], step: "\(name)/\(label)_bias")
            }
            let zr = try recurrent(0..<2, hidden, "zr", &steps)
            let first = try steps.slice(
                fromInput, axis: 1, 0..<2 * size, step: "\(name)/zr_input")
            let gates = try steps.apply("Add", [first, zr], step: "\(name)/zr_sum")
            let z = try activate(0, gate(0, of: gates, "z_gate", &steps), "z", &steps)
            let r = try activate(0, gate(1, of: gates, "r_gate", &steps), "r", &steps)
            var candidate: Decomposition.Value
            if network.resetsAfterProduct {
                let product = try recurrent(2..<3, hidden, "h", &steps)
                candidate = try steps.apply("Mul", [r, product], step: "\(name)/reset")
            } else {
                let reset = try steps.apply("Mul", [r, hidden], step: "\(name)/reset")
                candidate = try recurrent(2..<3, reset, "h", &steps)
            }
            let own = try gate(2, of: fromInput, "h_input", &steps)
            candidate = try steps.apply("Add", [own, candidate], step: "\(name)/h_sum")
            let h = try activate(1, candidate, "candidate", &steps)
            // (1 − z)·h' + z·h = h' + z·(h − h').
            let change = try steps.apply("Sub", [hidden, h], step: "\(name)/change")
            let kept = try steps.apply("Mul", [z, change], step: "\(name)/kept")
            return [try steps.apply("Add", [h, kept], step: "\(name)/h")]
        }
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
