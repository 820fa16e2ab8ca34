import CKernels
import Foundation

/// One thing to time: fresh input from `prepare`, not timed, then `run` on it.
struct BenchmarkCase {
    /// Work of a run on one variant (an implementation and a number of threads).
    typealias Run = () -> Void

    var name: String
    /// What one item is: an element, a pair, a leaf, a point.
    var item: String
    /// Items in one run.
    var itemCount: Int
    /// Field multiplications that an item needs however it is done; nil where the work is not made
    /// of multiplications of two elements.
    var multiplications: Double?
    /// Whether every implementation is timed, not the portable one alone.
    var everyImplementation = false
    /// Makes the input for one implementation; the closure it returns is timed.
    var prepare: (Variant) -> Run
    /// A second implementation of the same work by something else, timed beside it on one thread.
    var rival: (name: String, run: () -> Run)?
}

/// A table of the C kernels.
struct Implementation: Hashable {
    /// The `CK_CPU_` bits that select it.
    var features: UInt32

    var name: String { String(cString: ck_kernels_for(features).pointee.name) }

    static let portable = Implementation(features: 0)
    /// Every one that runs here, slowest first; each vector unit adds to those before it.
    static let all: [Implementation] = {
        let bits = [CK_CPU_ADX, CK_CPU_AVX2, CK_CPU_AVX512, CK_CPU_IFMA].map { UInt32($0) }
        let there = bits.filter { ck_cpu_features() & $0 != 0 }
        return [portable] + there.map { Implementation(features: $0) }
    }()
    /// What the prover uses: the last, or the one that ZKML_KERNELS names.
    static let best: Implementation = {
        let name = ProcessInfo.processInfo.environment["ZKML_KERNELS"] ?? ""
        guard let best = all.last(where: { name.isEmpty || $0.name == name }) else {
            let names = all.map(\.name).joined(separator: ", ")
            Runner.fail("ZKML_KERNELS=\(name): kernels that run here are \(names)\n", status: 64)
        }
        return best
    }()
}

/// Which implementation, on how many threads.
struct Variant: Hashable {
    var implementation: Implementation
    var threadCount: Int

    var kernels: ck_kernels { ck_kernels_for(implementation.features).pointee }
}
