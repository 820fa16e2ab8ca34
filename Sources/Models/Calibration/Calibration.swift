/// The range of every value of a graph, as seen on sample inputs.
///
/// Found by running the graph in IEEE double, sample by sample, in order.
public struct Calibration: Sendable, Equatable {
    /// The smallest and largest element of each value, or its percentiles; nil for constants.
    public let ranges: [ClosedRange<Double>?]
    /// The ranges with room for what the samples do not show: what formats hold.
    public let reaches: [ClosedRange<Double>?]
    public let sampleCount: Int

    /// - Parameter samples: Each a tensor for every graph input, by name.
    /// - Throws: ``ModelError`` when a sample does not fit the graph.
    public init(
        _ graph: ModelGraph, samples: [[String: FloatTensor]],
        method: RangeMethod = .minMax()
    ) throws(ModelError) {
        let interpreter = FloatInterpreter(graph)
        var hasHistogram = false
        if case .percentile = method { hasHistogram = true }
        var statistics = [ValueStatistics](
            repeating: ValueStatistics(hasHistogram: hasHistogram), count: graph.values.count)
        for sample in samples {
            _ = try interpreter.run(sample) { value, tensor in
                statistics[value].add(tensor.reals)
            }
        }
        sampleCount = samples.count
        var ranges: [ClosedRange<Double>?] = []
        var reaches: [ClosedRange<Double>?] = []
        for (value, statistics) in zip(graph.values, statistics) {
            // Whole numbers are exact: their formats have no bits to spare or to save.
            let isFloat = value.type.elementType.isFloat
            switch method {
            case .percentile(let percentile) where isFloat:
                ranges.append(statistics.range(percentile: percentile))
                reaches.append(ranges.last ?? nil)
            case .minMax(let margin) where isFloat:
                ranges.append(statistics.range)
                reaches.append(statistics.range(margin: margin))
            default:
                ranges.append(statistics.range)
                reaches.append(statistics.range)
            }
        }
        self.ranges = ranges
        self.reaches = Self.possible(reaches, ranges, graph)
    }

    /// The reaches without what no argument within its own reach leads to.
    private static func possible(
        _ reaches: [ClosedRange<Double>?], _ ranges: [ClosedRange<Double>?], _ graph: ModelGraph
    ) -> [ClosedRange<Double>?] {
        var reaches = reaches
        for node in graph.nodes {
            guard let operand = node.operands.first, let argument = reaches[operand],
                let result = node.results.first, let reach = reaches[result],
                let range = ranges[result]
            else { continue }
            var image: ClosedRange<Double>?
            switch node.operation {
            case let function as any ElementwiseFunction: image = function.image(of: argument)
            case is Softmax: image = 0...1
            default: break
            }
            guard let image else { continue }
            let possible = range.union(image)
            reaches[result] = reach.clamped(to: possible)
        }
        return reaches
    }

    /// Samples for a model of which only the ranges of the inputs are known.
    ///
    /// Uniform pseudo-random numbers, the same on every machine, and one sample at each end of the
    /// ranges: a poor stand-in for real data, whose structure random numbers lack.
    public static func syntheticSamples(
        _ graph: ModelGraph, range: ClosedRange<Double>,
        ranges: [String: ClosedRange<Double>] = [:],
        count: Int = 30
    ) -> [[String: FloatTensor]] {
        var generator = SplitMix(state: 0x7a6b_6d6c)
        var samples: [[String: FloatTensor]] = []
        for index in 0..<count + 2 {
            var sample: [String: FloatTensor] = [:]
            for input in graph.inputs {
                let value = graph.values[input]
                let range = ranges[value.name] ?? range
                let width = range.upperBound - range.lowerBound
                let elements = (0..<value.shape.reduce(1, *)).map { _ in
                    let position = index < 2 ? Double(index) : generator.nextUnit()
                    let number = range.lowerBound + width * position
                    guard let integers = value.type.elementType.integerRange else { return number }
                    return min(
                        max(number.rounded(.down), Double(integers.lowerBound)),
                        Double(integers.upperBound))
                }
                sample[value.name] = FloatTensor(shape: value.shape, values: elements)
            }
            samples.append(sample)
        }
        return samples
    }
}

/// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
private struct SplitMix {
    var state: UInt64

    /// In [0, 1), a multiple of 2^−53.
    mutating func nextUnit() -> Double {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 31
        return Double(z >> 11) * 0x1p-53
    }
}

extension ClosedRange<Double> {
    func union(_ other: ClosedRange<Double>) -> ClosedRange<Double> {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }

    /// Both ends moved by a share of the larger magnitude.
    func widened(by share: Double) -> ClosedRange<Double> {
        let margin = Swift.max(lowerBound.magnitude, upperBound.magnitude) * share
        return lowerBound - margin...upperBound + margin
    }
}

extension ElementwiseFunction {
    /// The values at the ends of a range and where the function turns between them; nil where that
    /// is not known, or the function is not defined on all of the range.
    func image(of range: ClosedRange<Double>) -> ClosedRange<Double>? {
        guard let turningPoints, largestJump == 0 else { return nil }
        let places = [range.lowerBound, range.upperBound] + turningPoints.filter(range.contains)
        let values = places.map { self($0) }
        guard values.allSatisfy(\.isFinite), let low = values.min(), let high = values.max() else {
            return nil
        }
        return low...high
    }
}
