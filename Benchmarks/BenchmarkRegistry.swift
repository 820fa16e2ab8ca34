/// Every case there is, in the order they are printed. Add a family by adding its list here.
enum BenchmarkRegistry {
    static func cases(_ options: BenchmarkOptions) -> [BenchmarkCase] {
        KernelBenchmarks.cases(options)
    }
}
