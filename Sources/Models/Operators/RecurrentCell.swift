// One time step of a ``RecurrentNetwork``.

extension RecurrentNetwork {
    struct Weights {
        /// [hidden, gates · hidden].
        var recurrent: Decomposition.Value
        var inputBias: Decomposition.Value?
        var recurrentBias: Decomposition.Value?
        /// [3 · hidden], for i, o and f.
        var peepholes: Decomposition.Value?
    }

    /// One time step of one direction.
    struct TimeStep {
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
            var value = value
            if let limit = network.limit {
                value = try steps.apply(
                    "Clip", [value, steps.scalar(-limit), steps.scalar(limit)],
                    step: "\(name)/\(label)_limited")
            }
            return try steps.apply(activations[index], [value], step: "\(name)/\(label)")
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
            let f =
                network.couplesGates
                ? try steps.apply("Sub", [steps.scalar(1), i], step: "\(name)/f")
                : try activate(
                    0, peeped(2, gate(2, of: gates, "f_gate", &steps), cell, "f", &steps), "f",
                    &steps)
            let c = try activate(1, gate(3, of: gates, "c_gate", &steps), "c", &steps)
            let kept = try steps.apply("Mul", [f, cell], step: "\(name)/kept")
            let added = try steps.apply("Mul", [i, c], step: "\(name)/added")
            let next = try steps.apply("Add", [kept, added], step: "\(name)/cell")
            let o = try activate(
                0, peeped(1, gate(1, of: gates, "o_gate", &steps), next, "o", &steps), "o",
                &steps)
            // onnxruntime limits what the gates take, not the cell.
            let squashed = try steps.apply(activations[2], [next], step: "\(name)/squashed")
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
