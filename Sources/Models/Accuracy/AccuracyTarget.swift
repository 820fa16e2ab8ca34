/// How close to the float model a compiled model has to be, on the samples it is compiled with.
public enum AccuracyTarget: Sendable, Hashable {
    /// No element of an output errs by more, in reals. The compiler aims at four fifths of it,
    /// because other inputs go a little farther than the samples.
    case error(Double)
    /// So large a share of the rows of the first output that has classes keep their largest element.
    case agreement(Double)

    static let errors = 0x1p-60...0x1p60
    static let agreements = 0.0...1.0
}

/// What a model was measured at while its bits were chosen.
public struct AccuracySearch: Sendable, Equatable {
    public let target: AccuracyTarget
    /// On all samples.
    public let maxAbsError: Double
    public let topClassAgreement: Double?
    /// Of all samples those that neither ranges nor the choice of bits saw; 0 where there were too
    /// few to spare any.
    public let heldOutCount: Int
    /// How many allocations were compiled and run.
    public let trials: Int
}

/// The target cannot be had.
public struct MissedTarget: Sendable, Equatable {
    public let target: AccuracyTarget
    /// The best that was reached, with up to 16 bits everywhere.
    public let maxAbsError: Double
    public let topClassAgreement: Double?
    /// The layer from which most of the error that is left comes, and what it does there; nil when
    /// it is not known.
    public let limit: Limit?

    public enum Limit: Sendable, Equatable {
        case rounding(layer: String, bits: Int)
        /// Samples leave the range that others show.
        case saturation(layer: String)
    }
}

extension MissedTarget: CustomStringConvertible {
    public var description: String {
        var text: String
        switch target {
        case .error(let error):
            text = "an error of at most \(error) cannot be had: \(maxAbsError) is the best"
        case .agreement(let share):
            guard let topClassAgreement else {
                return "no output has classes to agree on; ask for an error instead"
            }
            text =
                "an agreement of \(share) cannot be had: \(topClassAgreement) is the best"
        }
        switch limit {
        case .rounding(let layer, let bits):
            text += ", limited by the rounding of \(layer) to \(bits) bits; scale the model down "
            text += "there, or ask for less"
        case .saturation(let layer):
            text += ", limited by values of \(layer) that leave their range; give more samples, "
            text += "or a larger margin"
        case nil:
            text += "; ask for less"
        }
        return text
    }
}
