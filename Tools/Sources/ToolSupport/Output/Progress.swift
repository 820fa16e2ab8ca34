import Glibc

/// What long work is doing, on one line of standard error.
///
/// Says nothing unless standard error is a terminal, and nothing in the first second.
public final class Progress {
    private let isActive: Bool
    private let delay: Duration
    private let write: (String) -> Void
    private let now: () -> ContinuousClock.Instant
    private let start: ContinuousClock.Instant
    private var lastShown: ContinuousClock.Instant?

    /// Progress for a person at a terminal.
    public convenience init() {
        self.init(
            isActive: isatty(STDERR_FILENO) == 1, delay: .seconds(1), now: { ContinuousClock.now },
            write: standardError)
    }

    package init(
        isActive: Bool, delay: Duration, now: @escaping () -> ContinuousClock.Instant,
        write: @escaping (String) -> Void
    ) {
        self.isActive = isActive
        self.delay = delay
        self.now = now
        self.write = write
        start = now()
    }

    deinit { finish() }

    /// Says what is being done now.
    ///
    /// Cheap: shown at most ten times a second.
    ///
    /// - Parameter fraction: How much of this step is done, 0 to 1, where that is known.
    public func update(_ step: String, fraction: Double? = nil) {
        guard isActive else { return }
        let time = now()
        guard time - start >= delay else { return }
        if let lastShown, time - lastShown < .milliseconds(100) { return }
        lastShown = time
        let percent = fraction.map { " \(Int(max(0, min(1, $0)) * 100)) %" } ?? ""
        write("\r\u{1B}[K\(step)\(percent) (\(humanTime(Self.seconds(time - start))))")
    }

    /// Takes the line away.
    public func finish() {
        if lastShown != nil { write("\r\u{1B}[K") }
        lastShown = nil
    }

    static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}

/// Measures elapsed time.
public struct Stopwatch: Sendable {
    private let start = ContinuousClock.now

    public init() {}

    /// Seconds since the stopwatch was made.
    public var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }
}

/// Writes to standard error, as it is.
public func standardError(_ text: String) { writeAll(text, to: STDERR_FILENO) }

/// Writes a line to standard output.
public func standardOutput(line: String) { writeAll(line + "\n", to: STDOUT_FILENO) }

/// Writes all of it, or as much as the reader at the other end takes.
private func writeAll(_ text: String, to file: Int32) {
    var text = text
    text.withUTF8 { buffer in
        var rest = buffer[...]
        while !rest.isEmpty {
            let piece = UnsafeBufferPointer(rebasing: rest)
            let written = write(file, piece.baseAddress, piece.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }
}
