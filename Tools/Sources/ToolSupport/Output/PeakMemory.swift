import Glibc

/// The most physical memory that this process has used so far, in bytes.
///
/// VmHWM where /proc says it; ru_maxrss also counts the process that started this one.
public func peakMemoryBytes() -> Int {
    if let status = try? readFile("/proc/self/status", limit: 1 << 16),
        let bytes = peakMemory(inStatus: String(decoding: status, as: UTF8.self))
    {
        return bytes
    }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Int(usage.ru_maxrss) * 1024
}

/// The value of the line `VmHWM:    5120 kB`.
package func peakMemory(inStatus status: String) -> Int? {
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
        let words = line.split { $0 == " " || $0 == "\t" }
        guard words.count == 3, words[2] == "kB", let kilobytes = Int(words[1]) else { return nil }
        return kilobytes.multipliedReportingOverflow(by: 1024).partialValue
    }
    return nil
}
