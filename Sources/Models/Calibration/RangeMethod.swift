/// How the range that a value's format holds follows from what samples show of the value.
public enum RangeMethod: Sendable, Hashable {
    /// From the smallest to the largest element. Each end moves outwards by `margin` times its
    /// magnitude, or by less where the samples show that inputs like them do not go so far: see
    /// ``ValueStatistics/range(margin:)``.
    case minMax(margin: Double = 0.25)
    /// What is left without the same share of the elements at either end, `percentile` percent of
    /// them. The others saturate.
    case percentile(Double)

    static let margins = 0.0...1.0
    static let percentiles = 50.0...100.0
}
