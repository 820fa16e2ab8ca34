import CKernels
import Foundation

/// `swift run -c release Benchmarks`: medians of every case, each beside its baselines, which are
/// timed in the same minute on the same machine; growth with size; whole models.
@main enum Runner {
    /// What `--json` prints.
    struct Report: Encodable {
        var machine = Machine()
        var threads: Int
        var samples: Int
        var cases: [CaseFigures] = []
        var growth: [GrowthTable] = []
        var models: [ModelFigures] = []
    }

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard let options = BenchmarkOptions(arguments, threadCount: Int(ck_thread_count()))
        else { fail(BenchmarkOptions.usage, status: 64) }
        do {
            switch options.task {
            case .benchmarks: try benchmarks(options)
            case .model(let name):
                printJSON(
                    try ModelBenchmark.named(name).measure(
                        samples: options.samples, threadCount: options.threadCount))
            case .comparison(let file): try comparison(file, options)
            }
        } catch {
            fail("\(error)\n", status: 1)
        }
    }

    private static func benchmarks(_ options: BenchmarkOptions) throws {
        var report = Report(threads: options.threadCount, samples: options.samples)
        func show(_ text: String) {
            if !options.json { print(text) }
        }
        show("\(report.machine.description); threads: \(options.threadCount)")

        let cases = KernelBenchmarks.cases(options).filter { options.names($0.name) }
        if !cases.isEmpty {
            show(
                """

                kernels on one thread, medians of \(options.samples): a run and its quartiles by \
                the wall, each item in processor time; of limit: that time over the field \
                multiplications an item needs, at fr mul's pace in the cache; times as long: \
                others' processor time; threads: by the wall
                """)
            show(CaseFigures.header)
        }
        for benchmark in cases {
            let figures = benchmark.measure(options)
            show(figures.line)
            report.cases.append(figures)
        }
        try GrowthTable.measure(options) { table in
            show(table.text)
            report.growth.append(table)
        }
        let models = ModelBenchmark.all.filter { options.names("model " + $0.name) }
        if !models.isEmpty {
            show(
                """

                models, medians of at most \(options.samples), public input and output: processor \
                time of one thread; in parallel: by the wall; memory: at most, proving in parallel
                """)
            show(ModelFigures.header)
        }
        for model in models {
            let figures = try model.measureApart(options)
            show(figures.line)
            report.models.append(figures)
        }
        if options.json { printJSON(report) }
    }

    private static func comparison(_ file: String?, _ options: BenchmarkOptions) throws {
        let file =
            file ?? ModelBenchmark.repository.appending(path: "Examples/digits/mlp.onnx").path()
        let comparison: EZKLComparison
        do {
            comparison = try EZKLComparison(file: file, options)
        } catch let error as EZKLMissing {
            fail("\(error)\n", status: 69)
        }
        if options.json { printJSON(comparison) } else { print(comparison.text) }
    }

    static func printJSON(_ value: some Encodable) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(value) else {
            fail("a figure is not a number\n", status: 1)
        }
        FileHandle.standardOutput.write(bytes + [UInt8(ascii: "\n")])
    }

    static func fail(_ message: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data(message.utf8))
        exit(status)
    }
}
