/// The range of every value of a graph, as seen on sample inputs.
///
/// Found by running the graph in IEEE double, sample by sample, in order.
public struct Calibration: Sendable, Equatable {
    /// The smallest and largest element of each value, nil for constants.
    public let ranges: [ClosedRange<Double>?]
    public let sampleCount: Int

    /// - Parameter samples: Each a tensor for every graph input, by name.
    /// - Throws: ``ModelError`` when a sample does not fit the graph.
    public init(_ graph: ModelGraph, samples: [[String: FloatTensor]]) throws(ModelError) {
        let interpreter = FloatInterpreter(graph)
        var ranges = [ClosedRange<Double>?](repeating: nil, count: graph.values.count)
        for sample in samples {
            _ = try interpreter.run(sample) { value, tensor in
                guard let range = tensor.range else { return }
                ranges[value] =
                    ranges[value].map {
                        min($0.lowerBound, range.lowerBound)...max($0.upperBound, range.upperBound)
                    } ?? range
            }
        }
        self.ranges = ranges
        sampleCount = samples.count
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

extension Tensor {
    /// The smallest and largest element; nil when there are none.
    fileprivate var range: ClosedRange<Double>? {
        switch self {
        case .float(let tensor):
            guard var low = tensor.values.first else { return nil }
            var high = low
            for value in tensor.values {
                low = min(low, value)
                high = max(high, value)
            }
            return low...high
        case .int(let tensor):
            guard let low = tensor.values.min(), let high = tensor.values.max() else { return nil }
            return Double(low)...Double(high)
        }
    }
}
