/// Puts bits where they take away most error for their price, until the error is small enough.
///
/// A bit's price has steps: limbs and table rows. So both are read off the graph lowered with one
/// knob at a time changed, and taken to add up; what comes out is lowered as a whole and checked.
struct PrecisionSearch {
    private(set) var model: PrecisionModel

    /// Bits of a knob below and above those that all have.
    private static let reach = 3

    init(_ model: PrecisionModel) { self.model = model }

    /// Takes in what the places do with an allocation.
    mutating func learn(from precision: Precision) throws(LoweringError) -> ErrorAttribution {
        try model.learn(from: precision)
    }

    mutating func response(
        _ precision: Precision
    ) throws(LoweringError) -> PrecisionModel.Response {
        try model.response(precision)
    }

    /// Allocations whose error's mean square is predicted not to exceed a limit: the uniform one,
    /// and mixed ones that cost less; cheapest first. Empty when 16 bits everywhere are not enough.
    mutating func allocations(within limit: Double) throws(LoweringError) -> [Precision] {
        let levels = CompileOptions.bitsRange
        var uniform: Int?
        for bits in levels where uniform == nil {
            // So many bits may not be provable.
            guard let response = try? model.response(Precision(uniform: bits)) else { continue }
            if response.meanSquare <= limit { uniform = bits }
        }
        guard let uniform else { return [] }
        var found = [Precision(uniform: uniform)]
        for bits in [uniform, uniform - 1] where levels.contains(bits) {
            var aim = limit
            // What was taken to add up may not.
            for _ in 0..<3 {
                guard let mixed = mixed(around: bits, within: aim) else { break }
                guard let square = try? model.response(mixed).meanSquare else { break }
                if square <= limit {
                    if !found.contains(mixed) { found.append(mixed) }
                    break
                }
                aim *= 0.9 * limit / square
            }
        }
        var priced: [(price: Double, precision: Precision)] = []
        for precision in found {
            priced.append((try model.response(precision).price, precision))
        }
        // Stable: equal prices stay in the order found.
        let order = priced.indices.sorted { (priced[$0].price, $0) < (priced[$1].price, $1) }
        return order.map { priced[$0].precision }
    }

    /// One knob's bits changed, and what that does.
    private struct Move {
        var knob: Int
        var bits: Int
        var square: Double
        var price: Double
    }

    /// The best sum of single changes to uniform bits; nil when none is within the limit.
    private mutating func mixed(around uniform: Int, within limit: Double) -> Precision? {
        guard let base = try? model.response(Precision(uniform: uniform)) else { return nil }
        var moves: [[Move]] = []
        for (knob, values) in model.knobs.enumerated() {
            func move(to bits: Int) -> Move? {
                guard CompileOptions.bitsRange.contains(bits) else { return nil }
                var precision = Precision(uniform: uniform)
                for value in values { precision[value] = bits }
                // A combination that cannot be lowered is no choice.
                guard let response = try? model.response(precision) else { return nil }
                return Move(
                    knob: knob, bits: bits, square: response.meanSquare - base.meanSquare,
                    price: response.price - base.price)
            }
            var options = [Move(knob: knob, bits: uniform, square: 0, price: 0)]
            // As far as it does something, and alone does not do too much.
            var last = base.meanSquare
            for step in 1...Self.reach {
                guard let next = move(to: uniform + step) else { break }
                options.append(next)
                let square = base.meanSquare + next.square
                if last - square < 1e-3 * base.meanSquare { break }
                last = square
            }
            for step in 1...Self.reach {
                guard let next = move(to: uniform - step), next.square <= limit else { break }
                options.append(next)
            }
            moves.append(options)
        }
        var current = moves.indices.map { Move(knob: $0, bits: uniform, square: 0, price: 0) }
        var square = base.meanSquare
        while square > limit {
            var best: (gain: Double, move: Move)?
            for move in moves.joined() where move.square < current[move.knob].square {
                let drop = current[move.knob].square - move.square
                let price = max(move.price - current[move.knob].price, 1e-3)
                if drop / price > best?.gain ?? 0 { best = (drop / price, move) }
            }
            guard let best else { return nil }
            square += best.move.square - current[best.move.knob].square
            current[best.move.knob] = best.move
        }
        while true {
            var best: (gain: Double, move: Move)?
            for move in moves.joined() where move.price < current[move.knob].price {
                let rise = move.square - current[move.knob].square
                guard square + rise <= limit else { continue }
                let gain = (current[move.knob].price - move.price) / max(rise, 1e-9 * limit)
                if gain > best?.gain ?? 0 { best = (gain, move) }
            }
            guard let best else { break }
            square += best.move.square - current[best.move.knob].square
            current[best.move.knob] = best.move
        }
        var result = Precision(uniform: uniform)
        for move in current {
            for value in model.knobs[move.knob] { result[value] = move.bits }
        }
        return result
    }
}
