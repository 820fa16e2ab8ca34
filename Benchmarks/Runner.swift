import CKernels
import Foundation

/// `swift run -c release Benchmarks`: medians of every case, each beside its baselines, which are
/// timed in the same minute on the same machine; then whole models.
@main enum Runner {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let options = BenchmarkOptions(arguments, threadCount: Int(ck_thread_count()))
        else {
            print(BenchmarkOptions.usage)
            exit(64)
        }
        print(machine(options))
        print(row(["case", "size", "median", "quartiles", "each", "baselines"]))
        for benchmark in BenchmarkRegistry.cases(options)
        where options.filter.isEmpty || benchmark.name.contains(options.filter) {
            print(report(benchmark, options))
        }
        ModelBenchmark.report(options)
    }

    /// The best implementation on one thread; how many times as long any rival and the portable
    /// implementation take; how much faster more threads are.
    static func report(_ benchmark: BenchmarkCase, _ options: BenchmarkOptions) -> String {
        func contestant(
            _ implementation: Variant.Implementation, threads: Int
        ) -> BenchmarkCase.Run {
            let run = benchmark.prepare(
                Variant(implementation: implementation, threadCount: threads))
            return {
                ck_set_thread_count(Int32(threads))
                run()
            }
        }
        var runs = [contestant(.best, threads: 1), contestant(.portable, threads: 1)]
        if options.threadCount > 1 { runs.append(contestant(.best, threads: options.threadCount)) }
        if let rival = benchmark.rival { runs.append(rival.run()) }
        let timings = Timings(samples: options.samples, runs)

        var baselines = ["portable \(format(timings.ratio(1, to: 0, \.processor), 2))x"]
        if let rival = benchmark.rival {
            let ratio = timings.ratio(runs.count - 1, to: 0, \.processor)
            baselines.append("\(rival.name) \(format(ratio, 2))x")
        }
        if options.threadCount > 1 {
            baselines.append(
                "\(options.threadCount) threads \(duration(timings.median(2, \.wall))), "
                    + "\(format(timings.ratio(0, to: 2, \.wall), 2)) times as fast")
        }
        let each = timings.median(0, \.processor) / Double(benchmark.itemCount) * 1e9
        return row([
            benchmark.name, size(benchmark.itemCount), duration(timings.median(0, \.wall)),
            "±" + duration(timings.spread(0, \.wall)), "\(format(each, 1)) ns/\(benchmark.item)",
            baselines.joined(separator: ", "),
        ])
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, [26, 8, 11, 11, 18, 0]).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }.joined()
    }

    private static func size(_ count: Int) -> String {
        count.nonzeroBitCount == 1 ? "2^\(count.trailingZeroBitCount)" : "\(count)"
    }

    private static func duration(_ seconds: Double) -> String {
        seconds >= 0.1 ? format(seconds, 3) + " s" : format(seconds * 1e3, 3) + " ms"
    }

    private static func format(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    private static func machine(_ options: BenchmarkOptions) -> String {
        let cpu = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)).flatMap {
            $0.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":")
                .last
        }
        let kernels = String(cString: ck_kernels_for(ck_cpu_features()).pointee.name)
        return """
            \(cpu?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"), kernels: \
            \(kernels); medians of \(options.samples)
            one thread: wall time, and processor time for each item; baselines: how many times \
            that processor time; threads: by the wall
            """
    }
}
