/// What is kept of a value's elements, sample by sample: a few numbers, and a histogram where one
/// is asked for.
struct ValueStatistics {
    /// Of all elements.
    private(set) var low = Double.infinity
    private(set) var high = -Double.infinity
    private var lows = Moments()
    private var highs = Moments()
    private var histogram: RelativeHistogram?

    init(hasHistogram: Bool) { histogram = hasHistogram ? RelativeHistogram() : nil }

    /// The elements of one sample.
    mutating func add(_ elements: some Collection<Double>) {
        guard var least = elements.first else { return }
        var most = least
        for element in elements {
            least = min(least, element)
            most = max(most, element)
        }
        low = min(low, least)
        high = max(high, most)
        lows.add(least)
        highs.add(most)
        histogram?.add(elements)
    }

    /// From the smallest to the largest element; nil when there are none.
    var range: ClosedRange<Double>? { low <= high ? low...high : nil }

    /// The range without the outermost elements, half the share at each end; no wider than the
    /// range, and narrower by whole buckets of the histogram only.
    func range(percentile: Double) -> ClosedRange<Double>? {
        guard let range, let histogram else { return range }
        let tail = (100 - percentile) / 200
        let low = max(range.lowerBound, histogram.end(leavingBelow: tail))
        let high = min(range.upperBound, -histogram.mirrored.end(leavingBelow: tail))
        return min(low, high)...max(low, high)
    }

    /// The range with room for inputs like the samples: each end farther by its magnitude times the
    /// margin, but no farther than the value will go on one input in 10,000.
    ///
    /// That is the mean of the samples' largest elements and 6.7 standard deviations, if these are
    /// distributed as largest elements are (Gumbel 1958); a few samples show less of a deviation
    /// than there is, hence a factor, and one shows nothing. So there is no room for what does not
    /// happen: images that are white somewhere all have the same largest element.
    func range(margin: Double) -> ClosedRange<Double>? {
        guard let range else { return nil }
        let low = -extended(
            -range.lowerBound, mean: -lows.mean, deviation: lows.deviation, margin: margin)
        return
            low...extended(
                range.upperBound, mean: highs.mean, deviation: highs.deviation, margin: margin)
    }

    private func extended(
        _ end: Double, mean: Double, deviation: Double, margin: Double
    ) -> Double {
        let most = end + end.magnitude * margin
        guard lows.count > 1 else { return most }
        let count = Double(lows.count)
        return min(most, max(end, mean + 6.7 * deviation * (count + 3) / (count - 1)))
    }
}

/// Mean and standard deviation, number by number (Welford 1962).
private struct Moments {
    private(set) var count = 0
    private(set) var mean = 0.0
    private var squares = 0.0

    mutating func add(_ number: Double) {
        count += 1
        let distance = number - mean
        mean += distance / Double(count)
        squares += distance * (number - mean)
    }

    var deviation: Double { count > 1 ? (squares / Double(count - 1)).squareRoot() : 0 }
}

/// How many numbers there are of each size, to a thirty-second of it.
///
/// At most 2 · 32 · 384 buckets, however many numbers: below 2^−256 all are 0, from 2^128 on all
/// are the same. The order of the numbers does not matter.
struct RelativeHistogram {
    /// Bucket 0 holds zeros, buckets k and −k the magnitudes of one size.
    private var counts: [Int: Int] = [:]
    private var total = 0

    mutating func add(_ numbers: some Collection<Double>) {
        for number in numbers { counts[Self.bucket(number), default: 0] += 1 }
        total += numbers.count
    }

    private static func bucket(_ number: Double) -> Int {
        let magnitude = min(number.magnitude, 0x1p128.nextDown)
        guard magnitude >= 0x1p-256 else { return 0 }
        // Exponent and the first five bits of the significand.
        let position = Int(magnitude.bitPattern >> 47) - Int((0x1p-256).bitPattern >> 47) + 1
        return number < 0 ? -position : position
    }

    /// The number in a bucket that lies farthest from 0.
    private static func end(_ bucket: Int) -> Double {
        guard bucket != 0 else { return 0 }
        let pattern = UInt64(bucket.magnitude) + (0x1p-256).bitPattern >> 47
        let magnitude = Double(bitPattern: pattern << 47)
        return bucket < 0 ? -magnitude : magnitude
    }

    var mirrored: RelativeHistogram {
        var result = RelativeHistogram()
        result.total = total
        for (bucket, count) in counts { result.counts[-bucket] = count }
        return result
    }

    /// The lower end of a bucket below which lies at most that share of the numbers; −∞ when there
    /// are none.
    func end(leavingBelow share: Double) -> Double {
        let allowed = Int(share * Double(total))
        var below = 0
        for bucket in counts.keys.sorted() {
            below += counts[bucket] ?? 0
            // A positive bucket begins where the one before ends.
            if below > allowed { return Self.end(bucket > 0 ? bucket - 1 : bucket) }
        }
        return -.infinity
    }
}
