import Foundation

/// One kind of work at growing sizes, and the exponent with which its time grows.
struct GrowthTable: Encodable {
    struct Row: Encodable {
        var size: Int
        /// Seconds of one thread's processor time.
        var time: Spread
    }

    var name: String
    /// What the sizes count.
    var item: String
    var rows: [Row]
    /// Of the line through all rows, both axes logarithmic.
    var exponent: Double

    init(name: String, item: String, rows: [Row]) {
        (self.name, self.item, self.rows) = (name, item, rows)
        let points = rows.map { (log(Double($0.size)), log($0.time.median)) }
        let count = Double(points.count)
        let (x, y) = (points.map(\.0).reduce(0, +) / count, points.map(\.1).reduce(0, +) / count)
        let covariance = points.map { ($0.0 - x) * ($0.1 - y) }.reduce(0, +)
        exponent = covariance / points.map { ($0.0 - x) * ($0.0 - x) }.reduce(0, +)
    }

    var text: String {
        let widths = [16, 12, 16, 0]
        var lines = ["", "\(name): time grows with exponent \(String(format: "%.2f", exponent))"]
        lines.append(row([item, "time", "each", "than the row above"], widths))
        for (index, line) in rows.enumerated() {
            let times = index == 0 ? 1 : line.time.median / rows[index - 1].time.median
            let work = index == 0 ? 1 : Double(line.size) / Double(rows[index - 1].size)
            lines.append(
                row(
                    [
                        "\(line.size)", duration(line.time.median),
                        String(format: "%.1f ns", line.time.median / Double(line.size) * 1e9),
                        index == 0 ? "" : String(format: "%.2fx for %.2fx", times, work),
                    ], widths))
        }
        return lines.joined(separator: "\n")
    }
}

extension GrowthTable {
    /// MLPs with two hidden layers of growing width, four times the weights a row.
    static let models: [(weights: Int, model: ModelBenchmark)] = [128, 256, 512, 1024, 2048].map {
        width in
        (
            weights: 2 * width * width + 10 * width,
            model: ModelBenchmark(name: "growth MLP \(width)") {
                BuiltModels.mlp([width, width, width, 10])
            }
        )
    }

    /// The tables that the options name, one after another.
    static func measure(
        _ options: BenchmarkOptions, _ report: (GrowthTable) -> Void
    ) throws {
        for (name, family, log2Sizes) in kernels(options) where options.names("growth " + name) {
            let rows = log2Sizes.map { log2Size in
                guard let benchmark = family(1 << log2Size).first(where: { $0.name == name })
                else { preconditionFailure("a case of the family") }
                return Row(
                    size: benchmark.itemCount,
                    time: benchmark.processorTime(samples: min(options.samples, 5)))
            }
            let item = family(16).first { $0.name == name }?.item ?? "item"
            report(GrowthTable(name: "growth " + name, item: item, rows: rows))
        }
        guard options.names("growth MLP") else { return }
        let small = options.quick || options.once
        let rows = try models.prefix(small ? 2 : models.count).map { weights, model in
            Row(size: weights, time: try model.measureApart(options).proveOnOneThread)
        }
        report(GrowthTable(name: "growth MLP, proving", item: "weight", rows: rows))
    }

    /// Case, its family and log2 sizes, four times the work a row.
    private static func kernels(
        _ options: BenchmarkOptions
    ) -> [(String, (Int) -> [BenchmarkCase], [Int])] {
        let log2Sizes = options.once ? 8...10 : options.quick ? 10...16 : 12...20
        let sizes = Array(stride(from: log2Sizes.lowerBound, through: log2Sizes.upperBound, by: 2))
        return [
            ("msm full width", KernelBenchmarks.sums, sizes),
            ("msm 16 bits", KernelBenchmarks.sums, sizes),
            ("msm 8 bits", KernelBenchmarks.sums, sizes),
            ("sum-check, whole", KernelBenchmarks.sumchecks, sizes),
            ("leaf layer sum-check", KernelBenchmarks.fractions, sizes),
            ("fraction tree, whole", KernelBenchmarks.fractions, sizes),
        ]
    }
}
