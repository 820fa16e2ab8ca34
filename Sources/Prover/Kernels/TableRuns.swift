import CKernels

/// Where a table of the fraction tree repeats one value: padding of a tensor, and the gap behind
/// the last block. Kernels read and write only the first entry of a run.
struct TableRuns {
    /// Entries of a run, which begins at a multiple of it.
    static let length = Int(CK_RUN)

    /// One flag for every `length` entries of the table; empty when there are no runs.
    private(set) var flags: [UInt8]

    init(flags: [UInt8] = []) {
        self.flags = flags.contains { $0 != 0 } ? flags : []
    }

    var isEmpty: Bool { flags.isEmpty }

    /// Those of the table's halves.
    var halves: (TableRuns, TableRuns) {
        let half = flags.count / 2
        return (Self(flags: Array(flags[..<half])), Self(flags: Array(flags[half...])))
    }

    /// Those of a table made of this one's halves, entry by entry: where both are runs.
    var combined: TableRuns {
        let half = flags.count / 2
        return Self(flags: (0..<half).map { flags[$0] & flags[$0 + half] })
    }

    /// Those of the table with its halves exchanged.
    var exchanged: TableRuns {
        let half = flags.count / 2
        return Self(flags: Array(flags[half...]) + Array(flags[..<half]))
    }

    /// Stores every entry of the runs.
    func expand<T>(_ table: inout [T]) {
        for (run, flag) in flags.enumerated() where flag != 0 {
            let first = run * Self.length
            for entry in first + 1..<first + Self.length { table[entry] = table[first] }
        }
    }

    func withPointer<R>(_ body: (UnsafePointer<UInt8>?) -> R) -> R {
        flags.withUnsafeBufferPointer { body($0.isEmpty ? nil : $0.baseAddress) }
    }

    /// - Precondition: there are no runs, or as many flags as `count` entries have.
    func check(_ count: Int) {
        precondition(
            isEmpty || flags.count * Self.length == count,
            "\(flags.count) runs for \(count) entries")
    }
}
