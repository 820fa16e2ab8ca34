import Foundation
import Models

/// This prover and EZKL on one ONNX file and one input, both public inputs and outputs, measured
/// one after the other on one machine.
struct EZKLComparison: Encodable {
    /// What `ezkl_compare.py` writes.
    struct EZKL: Codable {
        struct Step: Codable {
            /// Seconds; processor time is that of all threads together.
            var wall, processor: Double
            /// Bytes, resident at most.
            var memory: Int
        }
        var steps: [String: Step]
        var proofBytes, provingKeyBytes, verifyingKeyBytes, log2Rows, inputScale: Int
        var version: String
    }

    struct Line: Encodable {
        var what: String
        var ours, theirs: Double
        var ratio: Double { theirs / ours }
        var unit: Unit

        enum Unit: String, Encodable { case seconds, bytes }
        enum CodingKeys: CodingKey { case what, ours, theirs, ratio, unit }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(what, forKey: .what)
            try values.encode(ours, forKey: .ours)
            try values.encode(theirs, forKey: .theirs)
            try values.encode(ratio, forKey: .ratio)
            try values.encode(unit, forKey: .unit)
        }
    }

    var machine = Machine()
    var file: String
    var threads: Int
    var ours: ModelFigures
    var ezkl: EZKL
    var lines: [Line]

    /// - Throws: ``EZKLMissing``; ``ModelProcessError`` where either side fails on the file, about
    ///   which it has written to standard error.
    init(file: String, _ options: BenchmarkOptions) throws {
        (self.file, threads) = (file, options.threadCount)
        try Self.findPackage(options.python)
        let graph = try ModelGraph(onnx: [UInt8](try Data(contentsOf: URL(filePath: file))))
        let inputs = graph.inputs.map { input in
            ModelBenchmark.sampleInput(graph.values[input].shape.reduce(1, *), in: 0...1)
        }
        ours = try ModelBenchmark.named(file).measureApart(options)

        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "input.json")
        try JSONEncoder().encode(["input_data": inputs]).write(to: input)
        let driver = ModelBenchmark.repository.appending(path: "Benchmarks/ezkl_compare.py")
        let output = try Self.run(
            options.python,
            [driver.path(), file, input.path(), folder.path(), "\(min(options.samples, 3))"],
            threads: options.threadCount)
        ezkl = try JSONDecoder().decode(EZKL.self, from: output)
        lines = Self.lines(ours, ezkl)
    }

    private static func lines(_ ours: ModelFigures, _ ezkl: EZKL) -> [Line] {
        func step(_ name: String) -> EZKL.Step {
            ezkl.steps[name] ?? EZKL.Step(wall: 0, processor: 0, memory: 0)
        }
        let compile = ["settings", "calibrate", "compile"].map { step($0).processor }
        func seconds(_ what: String, _ ours: Spread, _ theirs: Double) -> Line {
            Line(what: what, ours: ours.median, theirs: theirs, unit: .seconds)
        }
        func bytes(_ what: String, _ ours: Int, _ theirs: Int) -> Line {
            Line(what: what, ours: Double(ours), theirs: Double(theirs), unit: .bytes)
        }
        return [
            seconds("compile, calibrate: processor", ours.compile, compile.reduce(0, +)),
            seconds("keys: processor", ours.keys, step("setup").processor),
            seconds("witness: processor", ours.witness, step("witness").processor),
            seconds("prove: processor", ours.proveOnOneThread, step("prove").processor),
            seconds("prove: wall", ours.prove, step("prove").wall),
            seconds("verify: processor", ours.verify, step("verify").processor),
            bytes("proof", ours.proofByteCount - ours.publicByteCount, ezkl.proofBytes),
            bytes("verifying key", ours.verifyingKeyByteCount, ezkl.verifyingKeyBytes),
            bytes("memory of proving", ours.peakByteCount, step("prove").memory),
        ]
    }

    var text: String {
        let widths = [32, 14, 14, 0]
        var text = """
            \(machine.description); threads: \(threads)
            \(file)
            EZKL \(ezkl.version): 2^\(ezkl.log2Rows) rows, scale of inputs 2^\(ezkl.inputScale) \
            (calibrated for resources), proving key of \(ezkl.provingKeyBytes >> 20) MB, which it \
            reads from a file in the time of proving; processor time of all threads
            here: cells of 10 bits, the key in memory; processor time of one thread; proofs without \
            public values

            """
        text += row(["", "here", "EZKL", "EZKL / here"], widths)
        for line in lines {
            func cell(_ value: Double) -> String {
                switch line.unit {
                case .seconds: duration(value)
                case .bytes where Int(value) >= 1 << 20: "\(Int(value) >> 20) MB"
                case .bytes: "\(Int(value)) B"
                }
            }
            text +=
                "\n"
                + row(
                    [
                        line.what, cell(line.ours), cell(line.theirs),
                        String(format: "%.2f", line.ratio),
                    ], widths)
        }
        return text
    }

    private static func findPackage(_ python: String) throws {
        do {
            _ = try run(python, ["-c", "import ezkl"], threads: 1, quiet: true)
        } catch {
            throw EZKLMissing(python: python)
        }
    }

    /// Standard output of a program found as a shell would.
    private static func run(
        _ program: String, _ arguments: [String], threads: Int, quiet: Bool = false
    ) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["RAYON_NUM_THREADS=\(threads)", program] + arguments
        let output = Pipe()
        process.standardOutput = output
        if quiet { process.standardError = FileHandle.nullDevice }
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ModelProcessError(status: process.terminationStatus)
        }
        return bytes
    }
}

/// There is nothing to compare with.
struct EZKLMissing: Error, CustomStringConvertible {
    var python: String
    var description: String {
        """
        \(python) has no ezkl package. To install it:
            python3 -m venv venv && venv/bin/pip install ezkl==23.0.5
            swift run -c release Benchmarks --compare ezkl --python venv/bin/python
        """
    }
}
