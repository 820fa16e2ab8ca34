import Testing
import ToolSupport

@Suite("Output")
struct OutputTests {
    static let sizes = [
        (0, "0 B"), (999, "999 B"), (1000, "1.00 KB"), (24_560, "24.6 KB"), (99_950, "100 KB"),
        (999_499, "999 KB"), (999_500, "1.00 MB"), (1_310_000_000, "1.31 GB"),
        (Int.max, "9.22 EB"),
    ]

    @Test("sizes", arguments: sizes)
    func size(bytes: Int, text: String) { #expect(humanSize(bytes) == text) }

    static let times = [
        (0, "0.00 µs"), (850e-6, "850 µs"), (0.9994e-3, "999 µs"), (0.9996e-3, "1.00 ms"),
        (0.01234, "12.3 ms"), (0.9996, "1.00 s"), (1.236, "1.24 s"), (59.9, "59.9 s"),
        (59.96, "1 min 00 s"), (125, "2 min 05 s"), (11_530, "3 h 12 min"), (.infinity, "?"),
        (-1, "?"),
    ]

    @Test("times", arguments: times)
    func time(seconds: Double, text: String) { #expect(humanTime(seconds) == text) }

    @Test("counts and numbers")
    func numbers() {
        #expect(humanCount(0) == "0")
        #expect(humanCount(1_234_567) == "1 234 567")
        #expect(humanCount(-123_456) == "-123 456")
        #expect(humanCount(.min) == "-9 223 372 036 854 775 808")
        #expect(humanNumber(0) == "0")
        #expect(humanNumber(-0.25) == "-0.25")
        #expect(humanNumber(3.14159265) == "3.14159")
        #expect(humanNumber(123_456_789) == "123456789")
        #expect(humanNumber(0.000123456789, digits: 3) == "0.000123")
        #expect(humanNumber(1e-30) == "1e-30")
        #expect(humanNumber(1e300) == "1e+300")
        #expect(humanNumber(.nan) == "nan")
        #expect(humanNumber(-.greatestFiniteMagnitude).hasPrefix("-1.79"))
    }

    @Test("JSON keeps the order of its keys and escapes what must be")
    func json() {
        let value: JSONValue = [
            "z": 1, "a": [true, .null, 2.5, .number(.nan), .number(-0.0)],
            "text": "a\"\\\n\u{1}é😀", "numbers": .numbers([1, 0.1, 1e100]), "empty": [],
            "inner": ["x": .integer(.min)],
        ]
        let text =
            #"{"z": 1, "a": [true, null, 2.5, null, 0], "text": "a\"\\\n\u0001\u00e9\ud83d\ude00", "#
            + #""numbers": [1, 0.1, 1e+100], "empty": [], "inner": {"x": -9223372036854775808}}"#
        #expect(value.text == text)
        #expect(value["z"] == 1)
        #expect(value["y"] == nil)
        #expect(
            JSONValue.object([]).adding(["a": 1, "b": nil, "c": "d"]).text == #"{"a": 1, "c": "d"}"#
        )
    }

    @Test("JSON that we write, we read")
    func jsonRoundTrip() throws {
        let values = [0.1, -1e-300, .leastNonzeroMagnitude, 1.7976931348623157e308, 123456789.125]
        let text = (["x": .numbers(values)] as JSONValue).text
        #expect(try TensorFile.decode(Array(text.utf8))["x"]?.doubles == values)
    }

    @Test("names from files are safe to print")
    func quoting() {
        #expect(quoted("a\u{1B}[31m\"\n") == #""a\u{1B}[31m\"\n""#)
        #expect(quoted(String(repeating: "x", count: 500)).count == 203)
    }

    @Test("peak memory")
    func peak() {
        #expect(peakMemory(inStatus: "Name:\tx\nVmHWM:\t    5120 kB\nVmRSS:\t 1 kB\n") == 5_242_880)
        #expect(peakMemory(inStatus: "VmHWM:\t\n") == nil)
        #expect(peakMemory(inStatus: "") == nil)
        #expect(peakMemoryBytes() > 1 << 20)
    }

    @Test("progress waits a second, speaks ten times a second, and cleans up")
    func progress() {
        final class Screen {
            var time = ContinuousClock.now
            var text: [String] = []
        }
        let screen = Screen()
        do {
            let progress = Progress(
                isActive: true, delay: .seconds(1), now: { screen.time },
                write: { screen.text.append($0) })
            progress.update("early")
            screen.time += .milliseconds(1500)
            progress.update("making keys", fraction: 0.256)
            screen.time += .milliseconds(50)
            progress.update("too soon")
            screen.time += .milliseconds(100)
            progress.update("proving")
        }
        #expect(
            screen.text == [
                "\r\u{1B}[Kmaking keys 25 % (1.50 s)", "\r\u{1B}[Kproving (1.65 s)", "\r\u{1B}[K",
            ])
        let silent = Progress(
            isActive: false, delay: .zero, now: { .now }, write: { screen.text.append($0) })
        silent.update("nothing")
        silent.finish()
        #expect(screen.text.count == 3)
    }

    @Test("exit statuses are the documented ones")
    func statuses() {
        #expect(ExitStatus.allCases.map(\.rawValue) == [0, 1, 2, 3, 4, 5])
        #expect(FileError(path: "x", problem: .missing).exitStatus == .unreadableFile)
        #expect(InputFitError.empty(name: "x").exitStatus == .unfitInput)
    }
}
