import Circuits

/// Proved bounds of the integers of a tensor.
struct IntegerBounds: Equatable {
    var low: Int128
    var high: Int128

    init(_ low: Int128, _ high: Int128) {
        self.low = low
        self.high = high
    }

    init(_ range: ClosedRange<Int>) {
        self.init(Int128(range.lowerBound), Int128(range.upperBound))
    }

    /// Accumulators stay below this in magnitude (quantization.md).
    static let limit = Int128(1) << 62

    var isWithinLimit: Bool { low > -Self.limit && high < Self.limit }
    var magnitude: Int128 { max(abs(low), abs(high)) }
    /// The largest difference of two of the integers.
    var span: Int128 { high - low }

    /// The number of bits of the smallest signed type that holds both ends.
    var signedBits: Int {
        // ~x drops the sign of a negative number: −2^k takes no more bits than 2^k − 1.
        let widest = max(low < 0 ? ~low : low, high < 0 ? ~high : high)
        return bitLength(widest) + 1
    }

    static func + (a: IntegerBounds, b: IntegerBounds) -> IntegerBounds {
        IntegerBounds(a.low + b.low, a.high + b.high)
    }

    static func * (a: IntegerBounds, factor: Int128) -> IntegerBounds {
        factor >= 0
            ? IntegerBounds(a.low * factor, a.high * factor)
            : IntegerBounds(a.high * factor, a.low * factor)
    }

    /// Of the products of any two integers.
    static func * (a: IntegerBounds, b: IntegerBounds) -> IntegerBounds {
        let ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
        return IntegerBounds(ends.min() ?? 0, ends.max() ?? 0)
    }

    func union(_ other: IntegerBounds) -> IntegerBounds {
        IntegerBounds(min(low, other.low), max(high, other.high))
    }

    /// Of x / 2^shift, rounded half up.
    func shifted(right shift: Int) -> IntegerBounds {
        guard shift > 0 else { return self }
        let half = Int128(1) << Int128(shift - 1)
        return IntegerBounds((low + half) >> Int128(shift), (high + half) >> Int128(shift))
    }

    func clamped(to domain: IntegerDomain) -> IntegerBounds {
        IntegerBounds(
            min(max(low, Int128(domain.lowest)), Int128(domain.highest)),
            min(max(high, Int128(domain.lowest)), Int128(domain.highest)))
    }

    func isContained(in domain: IntegerDomain) -> Bool {
        low >= Int128(domain.lowest) && high <= Int128(domain.highest)
    }

    /// The largest magnitude as a double, rounded up by more than conversion can lose.
    var magnitudeAsDouble: Double { Double(magnitude) * (1 + 0x1p-50) }
}

/// A tensor of the circuit as the model sees it: a wire, its axes, and what its integers mean.
struct LoweredTensor {
    var wire: Wire
    var layout: Layout
    /// The integer q stands for q · unit; a power of two wherever the integers were rounded to a
    /// format, any positive number behind means and constant factors.
    var unit: Double
    var bounds: IntegerBounds
    /// How far q · unit may lie from the float model's value, in reals, for inputs on which no
    /// value leaves its calibrated range.
    var error: Double
    /// Into how many tensors a claim on it dissolves.
    var terms = 1

    var shape: [Int] { layout.shape }
    /// The largest magnitude of the reals it can stand for.
    var realMagnitude: Double { bounds.magnitudeAsDouble * unit }
}

/// What is known of a value of the graph while it is lowered.
enum LoweredValue {
    case constant(FloatTensor)
    /// A linear layer that has not been put into the circuit, so that what follows can be folded
    /// into its weights.
    case pending(LinearLayer)
    case tensor(LoweredTensor)
}
