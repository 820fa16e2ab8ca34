import CKernels
import Foundation

/// Where figures were measured.
struct Machine: Encodable {
    var processor: String
    var cores: Int
    /// Of the last minute when the program started: more than a little, and others use the machine.
    var loadAverage: Double
    /// The implementation that is measured.
    var kernels: String
    /// Those that run here, slowest first.
    var implementations: [String]

    init() {
        let info = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
        let name = info?.split(separator: "\n").first { $0.hasPrefix("model name") }
        processor =
            name?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
            ?? "unknown processor"
        cores = ProcessInfo.processInfo.activeProcessorCount
        loadAverage = 0
        getloadavg(&loadAverage, 1)
        kernels = Implementation.best.name
        implementations = Implementation.all.map(\.name)
    }

    var description: String {
        String(
            format: "%@, %d cores, load %.1f; kernels: %@", processor, cores, loadAverage, kernels)
    }
}
