import Circuits

/// What to do with a value that leaves its calibrated range.
public enum OutOfRange: String, Sendable, Hashable, CaseIterable {
    /// It becomes the nearest end of the range.
    case saturate
    /// The circuit has no room for it: proving refuses such an input by layer name. Cheaper. What
    /// was calibrated is widened by a quarter, because integers err and inputs vary.
    case refuse
}

/// How a model becomes a circuit.
public struct CompileOptions: Sendable {
    /// B of activations and inputs; more, up to 16, for those that a steep function or a comparison
    /// reads. Where a target is asked for, each value has its own, and the search begins with this.
    ///
    /// On the shipped digits models the top class agrees with the float model's on 450 of 450 test
    /// images from 9 bits on, 449 with 8; below, agreement drops. 10 leaves room and costs little:
    /// what grows with it is one table of 2^10 rows.
    public var bits = 10
    /// The most bits an output may have; fewer where its bounds allow.
    public var outputBits = 32
    /// What the model has to reach on the samples; the cheapest circuit found that does is taken.
    public var target: AccuracyTarget?
    public var inputVisibility = Visibility.public
    public var outputVisibility = Visibility.public
    public var outOfRange = OutOfRange.saturate
    /// The width of range-check tables; chosen by the cost model when nil.
    public var limbBits: Int?
    /// Formats of inputs by name, such as those of the committed outputs of an earlier model.
    public var inputFormats: [String: FixedPointFormat] = [:]
    /// How ranges follow from samples.
    public var rangeMethod = RangeMethod.minMax()
    /// The range of every input for which nothing else is known.
    public var inputRange = -1.0...1.0
    public var inputRanges: [String: ClosedRange<Double>] = [:]

    public init() {}

    static let bitsRange = 4...16
    static let limbBitsRange = 8...16
}
