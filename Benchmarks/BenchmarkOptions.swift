struct BenchmarkOptions {
    /// What the program is asked for.
    enum Task {
        case benchmarks
        /// Our prover and EZKL on one ONNX file.
        case comparison(file: String?)
        /// The figures of one model, as JSON: what the program runs itself for, a process a model,
        /// so that its peak of memory is that model's.
        case model(String)
    }

    var task = Task.benchmarks
    var log2Size = 18
    var samples = 7
    var filter = ""
    var threadCount: Int
    /// Every body once, no claims about time: for continuous integration.
    var once = false
    /// Small sizes and few samples: under a minute.
    var quick = false
    /// One JSON object on standard output, and nothing else.
    var json = false
    /// An interpreter that has the ezkl package.
    var python = "python3"

    static let usage = """
        usage: Benchmarks [--quick | --once] [--json] [--filter text] [--log2-size n] [--samples n]
                          [--threads n]
               Benchmarks --compare ezkl [file.onnx] [--python path] [--json] [--samples n]
                          [--threads n]

          --filter     only cases, growth tables and models with this text in their names:
                       "msm", "growth", "model", "model LeNet-5"
          --quick      small sizes and three samples, under a minute in all
          --once       everything once and small, without claims about time
          --json       one object on standard output, and nothing else
          --log2-size  entries of the tables that kernels work on (18; 14 with --quick)
          --compare    the same ONNX file through EZKL, from PyPI, beside this prover; it exits with 69
                       where the Python that --python names (python3) has no ezkl package

        """

    /// nil for arguments that are not understood.
    init?(_ arguments: [String], threadCount: Int) {
        self.threadCount = threadCount
        var (log2Size, samples): (Int?, Int?) = (nil, nil)
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            switch flag {
            case "--once": once = true
            case "--quick": quick = true
            case "--json": json = true
            default:
                guard let value = rest.popFirst() else { return nil }
                switch (flag, Int(value)) {
                case ("--filter", _): filter = value
                case ("--log2-size", let n?) where 4...26 ~= n: log2Size = n
                case ("--samples", let n?) where n > 0: samples = n
                case ("--threads", let n?) where 1...1024 ~= n: self.threadCount = n
                case ("--python", _): python = value
                case ("--measure-model", _): task = .model(value)
                case ("--compare", _):
                    guard value == "ezkl" else { return nil }
                    let hasFile = rest.first.map { !$0.hasPrefix("--") } ?? false
                    task = .comparison(file: hasFile ? rest.popFirst() : nil)
                default: return nil
                }
            }
        }
        self.log2Size = log2Size ?? (once ? 12 : quick ? 14 : 18)
        self.samples = once ? 1 : samples ?? (quick ? 3 : 7)
    }

    func names(_ name: String) -> Bool {
        filter.isEmpty || name.lowercased().contains(filter.lowercased())
    }
}
