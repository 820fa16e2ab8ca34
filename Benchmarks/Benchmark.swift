import Foundation

/// One thing to time: fresh input from `prepare`, not timed, then `run` on it.
///
/// Cases register themselves in ``BenchmarkRegistry``; kernels are there now, protocol steps and
/// whole models join the same list.
struct BenchmarkCase {
    /// Work of a run on one variant (an implementation and a number of threads).
    typealias Run = () -> Void

    var name: String
    /// What one item is: an element, a pair, a leaf, a point.
    var item: String
    /// Items in one run.
    var itemCount: Int
    /// Makes the input for one implementation; the closure it returns is timed.
    var prepare: (Variant) -> Run
    /// A second implementation of the same work by something else, timed beside it on one thread.
    var rival: (name: String, run: () -> Run)?
}

/// Which implementation, on how many threads.
struct Variant: Hashable {
    enum Implementation: Hashable {
        case portable
        case best
    }
    var implementation: Implementation
    var threadCount: Int
}

struct BenchmarkOptions {
    var log2Size = 18
    var samples = 7
    var filter = ""
    var threadCount = 2
    /// Every body once, no claims about time: for continuous integration.
    var once = false

    static let usage = """
        usage: Benchmarks [--log2-size n] [--samples n] [--threads n] [--filter text] [--once]
        """

    /// nil for arguments that are not understood.
    init?(_ arguments: [String], threadCount: Int) {
        self.threadCount = threadCount
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            if flag == "--once" {
                (once, samples) = (true, 1)
                continue
            }
            guard let value = rest.popFirst() else { return nil }
            switch (flag, Int(value)) {
            case ("--filter", _): filter = value
            case ("--log2-size", let n?) where 4...26 ~= n: log2Size = n
            case ("--samples", let n?) where n > 0: samples = n
            case ("--threads", let n?) where n > 0: self.threadCount = n
            default: return nil
            }
        }
    }
}

/// What a run took: by the clock on the wall, and of the calling thread's processor time.
struct Sample {
    var wall: Double
    var processor: Double

    /// Seconds for one run.
    static func measure(_ run: BenchmarkCase.Run) -> Sample {
        let wall = seconds(CLOCK_MONOTONIC)
        let processor = seconds(CLOCK_THREAD_CPUTIME_ID)
        run()
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

/// Samples of several contestants, taken in turn, so that a slow second on a shared machine slows
/// all of them and leaves their ratios alone.
struct Timings {
    /// One array a contestant.
    private var samples: [[Sample]]

    init(samples count: Int, _ contestants: [BenchmarkCase.Run]) {
        if count > 1 { for run in contestants { run() } }  // warm-up
        samples = Array(repeating: [], count: contestants.count)
        for _ in 0..<count {
            for (i, run) in contestants.enumerated() { samples[i].append(.measure(run)) }
        }
    }

    func median(_ contestant: Int, _ time: KeyPath<Sample, Double>) -> Double {
        Self.median(samples[contestant].map { $0[keyPath: time] })
    }

    /// Between the quartiles.
    func spread(_ contestant: Int, _ time: KeyPath<Sample, Double>) -> Double {
        let sorted = samples[contestant].map { $0[keyPath: time] }.sorted()
        return sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
    }

    /// The median of the ratios of samples taken next to each other.
    func ratio(_ contestant: Int, to other: Int, _ time: KeyPath<Sample, Double>) -> Double {
        Self.median(
            zip(samples[contestant], samples[other]).map {
                $0[keyPath: time] / $1[keyPath: time]
            })
    }

    private static func median(_ values: [Double]) -> Double {
        values.sorted()[values.count / 2]
    }
}
