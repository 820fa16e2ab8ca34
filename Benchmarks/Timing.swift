import Foundation

/// What a run took: by the clock on the wall, and of the calling thread's processor time.
struct Sample {
    var wall: Double
    var processor: Double

    /// Seconds for one run.
    static func measure(_ run: () throws -> Void) rethrows -> Sample {
        let wall = seconds(CLOCK_MONOTONIC)
        let processor = seconds(CLOCK_THREAD_CPUTIME_ID)
        try run()
        return Sample(
            wall: seconds(CLOCK_MONOTONIC) - wall,
            processor: seconds(CLOCK_THREAD_CPUTIME_ID) - processor)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}

/// Median and quartiles of some samples.
struct Spread: Codable {
    var median, lowerQuartile, upperQuartile: Double
    var samples: Int

    /// - Precondition: at least one value.
    init(_ values: some Sequence<Double>) {
        let sorted = values.sorted()
        samples = sorted.count
        median = sorted[samples / 2]
        lowerQuartile = sorted[samples / 4]
        upperQuartile = sorted[samples * 3 / 4]
    }

    func scaled(by factor: Double) -> Spread {
        var result = self
        result.median *= factor
        result.lowerQuartile *= factor
        result.upperQuartile *= factor
        return result
    }
}

/// Samples of several contestants, taken in turn, so that a slow second on a shared machine slows
/// all of them and leaves their ratios alone.
struct Timings {
    /// One array a contestant.
    private var samples: [[Sample]]

    init(samples count: Int, _ contestants: [() -> Void]) {
        if count > 1 { for run in contestants { run() } }  // warm-up
        samples = Array(repeating: [], count: contestants.count)
        for _ in 0..<count {
            for (i, run) in contestants.enumerated() { samples[i].append(.measure(run)) }
        }
    }

    func spread(_ contestant: Int, _ time: KeyPath<Sample, Double>) -> Spread {
        Spread(samples[contestant].map { $0[keyPath: time] })
    }

    /// The median of the ratios of samples taken next to each other.
    func ratio(_ contestant: Int, to other: Int, _ time: KeyPath<Sample, Double>) -> Double {
        let pairs = zip(samples[contestant], samples[other])
        return Spread(pairs.map { $0[keyPath: time] / $1[keyPath: time] }).median
    }
}

/// Times as they are printed.
func duration(_ seconds: Double) -> String {
    switch seconds {
    case 10...: String(format: "%.1f s", seconds)
    case 0.1...: String(format: "%.3f s", seconds)
    case 0.01...: String(format: "%.1f ms", seconds * 1e3)
    default: String(format: "%.3f ms", seconds * 1e3)
    }
}

/// A line of a table; every column but the last has its width.
func row(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).map { cell, width in
        cell + String(repeating: " ", count: max(1, width - cell.count))
    }.joined()
}
