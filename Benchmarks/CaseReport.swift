import CKernels
import Foundation

/// What was measured of one case: the prover's implementation on one thread, and its ratios to
/// what was timed in turn with it.
struct CaseFigures: Encodable {
    var name: String
    var item: String
    var itemCount: Int
    /// Seconds a run, by the wall, on one thread.
    var wall: Spread
    /// Nanoseconds of processor time an item.
    var each: Spread
    /// Processor time over that of the multiplications it needs, each as long as one of `fr mul`
    /// on a table that stays in the cache.
    var limit: Double?
    /// Processor time of each other implementation, and of any rival, over this one's.
    var timesAsLong: [String: Double] = [:]
    /// Seconds by the wall on all threads; nil for one thread.
    var parallelWall: Spread?
    /// By the wall, over all threads.
    var speedup: Double?

    static let header = row(
        ["case", "size", "median", "quartiles", "each", "of limit", "times as long; threads"],
        widths)
    private static let widths = [24, 6, 11, 22, 19, 10, 0]

    var line: String {
        var baselines = Implementation.all.compactMap { implementation in
            timesAsLong[implementation.name].map { "\(implementation.name) \(times($0))" }
        }
        let names = Set(Implementation.all.map(\.name))
        for (name, ratio) in timesAsLong where !names.contains(name) {
            baselines.append("\(name) \(times(ratio))")
        }
        if let parallelWall, let speedup {
            baselines.append(
                "threads \(duration(parallelWall.median)), \(times(speedup)) as fast")
        }
        let size =
            itemCount.nonzeroBitCount == 1
            ? "2^\(itemCount.trailingZeroBitCount)" : "\(itemCount)"
        return row(
            [
                name, size, duration(wall.median),
                "\(duration(wall.lowerQuartile))–\(duration(wall.upperQuartile))",
                String(format: "%.1f ns/", each.median) + item,
                limit.map { String(format: "%.2f", $0) } ?? "", baselines.joined(separator: ", "),
            ], Self.widths)
    }

    private func times(_ ratio: Double) -> String { String(format: "%.2fx", ratio) }
}

extension BenchmarkCase {
    /// The prover's implementation on one thread and on all, the portable one, any rival, and the
    /// multiplications of the limit, in turn.
    func measure(_ options: BenchmarkOptions) -> CaseFigures {
        let best = Implementation.best
        var runs = [contestant(best, threads: 1)]
        var others: [(name: String, index: Int)] = []
        for implementation in everyImplementation ? Implementation.all : [.portable]
        where implementation != best {
            others.append((implementation.name, runs.count))
            runs.append(contestant(implementation, threads: 1))
        }
        if let rival {
            others.append((rival.name, runs.count))
            runs.append(rival.run())
        }
        let parallel = options.threadCount > 1 ? runs.count : nil
        if parallel != nil { runs.append(contestant(best, threads: options.threadCount)) }
        let products = multiplications == nil ? nil : runs.count
        if products != nil { runs.append(KernelBenchmarks.multiplicationsInCache(best)) }

        let timings = Timings(samples: options.samples, runs)
        let toNanoseconds = 1e9 / Double(itemCount)
        var figures = CaseFigures(
            name: name, item: item, itemCount: itemCount, wall: timings.spread(0, \.wall),
            each: timings.spread(0, \.processor).scaled(by: toNanoseconds))
        for (name, index) in others {
            figures.timesAsLong[name] = timings.ratio(index, to: 0, \.processor)
        }
        if let products, let multiplications {
            let needed = multiplications * Double(itemCount)
            let counted = Double(KernelBenchmarks.multiplicationsInCache)
            figures.limit = timings.ratio(0, to: products, \.processor) * counted / needed
        }
        if let parallel {
            figures.parallelWall = timings.spread(parallel, \.wall)
            figures.speedup = timings.ratio(0, to: parallel, \.wall)
        }
        return figures
    }

    /// On one thread, nothing beside it: seconds of processor time a run.
    func processorTime(samples: Int) -> Spread {
        Timings(samples: samples, [contestant(.best, threads: 1)]).spread(0, \.processor)
    }

    private func contestant(_ implementation: Implementation, threads: Int) -> Run {
        let run = prepare(Variant(implementation: implementation, threadCount: threads))
        return {
            ck_set_thread_count(Int32(threads))
            run()
        }
    }
}
