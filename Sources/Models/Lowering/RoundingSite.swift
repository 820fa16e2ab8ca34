import Circuits

/// A place where the integer model rounds or limits what the float model does not.
struct RoundingSite {
    struct Place: Hashable {
        var value: Int
        var stage: Stage
    }

    enum Stage: Hashable {
        /// A graph input becomes integers.
        case input
        /// The weights of the layer that makes the value.
        case weights
        /// What a node computes, by table or otherwise.
        case result
        /// The value on its way to layers that want few bits.
        case narrowed
        /// The value as one node, by position, takes it.
        case argument(node: Int)
        /// A graph output is published.
        case output
    }

    var place: Place
    /// The layer's name.
    var layer: String
    var bits: Int
    var fractionalBits: Int
    /// Numbers become multiples of it; 0 where they are already.
    var step: Double
    /// What lies beyond is limited.
    var limits: ClosedRange<Double>
}

extension RoundingSite {
    /// What the site makes of a number.
    func rounded(_ x: Double) -> Double {
        guard step > 0 else { return x }
        return Rounding.halfUp(x / step) * step
    }

    func limited(_ x: Double) -> Double {
        min(max(x, limits.lowerBound), limits.upperBound)
    }

    /// Whether a number lies beyond the limits by more than rounding moves it.
    func saturates(_ x: Double) -> Bool {
        x < limits.lowerBound - step / 2 || x > limits.upperBound + step / 2
    }
}

extension Lowering {
    /// Remembers that a value is rounded here.
    ///
    /// - Parameter domain: The integers that there are; nil where no number is limited.
    /// - Parameter isExact: Numbers are multiples of the unit already.
    mutating func note(
        _ stage: RoundingSite.Stage, of value: Int, unit: Double, domain: IntegerDomain? = nil,
        isExact: Bool = false
    ) {
        let (low, high) = domain.map { (Double($0.lowest), Double($0.highest)) } ?? (0, 0)
        roundings.append(
            RoundingSite(
                place: .init(value: value, stage: stage), layer: builder.currentName,
                bits: domain?.bits ?? 0, fractionalBits: -Int(unit.exponent),
                step: isExact ? 0 : unit,
                limits: domain == nil ? -.infinity...(.infinity) : low * unit...high * unit))
    }
}
