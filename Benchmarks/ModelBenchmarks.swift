import CKernels
import Circuits
import Field
import Foundation
import Models
import ProofSystem
import Prover
import Verifier

/// Whole models, from ONNX file to verified proof, with public input and output.
///
/// Calibrated on random inputs: what a proof costs depends on shapes, not on what was learned.
struct ModelBenchmark {
    var name: String
    /// In the repository.
    var path: String

    static let all = [
        ModelBenchmark(name: "digits MLP", path: "Examples/digits/mlp.onnx"),
        ModelBenchmark(name: "digits CNN", path: "Examples/digits/cnn.onnx"),
        ModelBenchmark(name: "LeNet-5", path: "Benchmarks/Models/lenet5.onnx"),
    ]

    /// Runs and prints the models that the filter names; `model` names all.
    static func report(_ options: BenchmarkOptions) {
        let chosen = all.filter {
            options.filter.isEmpty || options.filter == "model" || $0.name.contains(options.filter)
        }
        guard !chosen.isEmpty else { return }
        print(
            """

            whole models: medians of \(options.samples), public input and output; processor time on one \
            thread; in parallel: by the wall, on \(options.threadCount) threads; peak memory while \
            proving
            """)
        print(
            row([
                "model", "compile", "keys", "inference", "witness", "prove", "in parallel",
                "/ inference", "verify", "proof", "memory", "cells", "chunk",
            ]))
        for model in chosen {
            do {
                let figures = try model.measure(
                    samples: options.samples, threadCount: options.threadCount)
                print(row([model.name] + figures.cells))
            } catch {
                print("\(model.name): \(error)")
            }
        }
    }

    private static func row(_ cells: [String]) -> String {
        zip(cells, [12, 10, 10, 11, 10, 10, 12, 12, 10, 9, 9, 9, 5]).map { cell, width in
            cell + String(repeating: " ", count: max(1, width - cell.count))
        }.joined()
    }

    struct Figures {
        /// Medians in seconds; the cost of a proof is told by its ratio to plain integer inference.
        var compile, keys, witness, proveOnOneThread, prove, verify, inference: Double
        var proofByteCount: Int
        /// The process's peak while it proves, keys and powers included.
        var peakByteCount: Int
        var advice: Int
        var log2Chunk: Int

        var cells: [String] {
            func milliseconds(_ seconds: Double) -> String {
                String(format: seconds < 0.1 ? "%.2f ms" : "%.0f ms", seconds * 1e3)
            }
            return [
                milliseconds(compile), milliseconds(keys), milliseconds(inference),
                milliseconds(witness), milliseconds(proveOnOneThread), milliseconds(prove),
                String(format: "%.0f", proveOnOneThread / inference), milliseconds(verify),
                "\(proofByteCount) B", "\(peakByteCount >> 20) MB", "\(advice)", "2^\(log2Chunk)",
            ]
        }
    }

    /// - Precondition: The file is a model that compiles; its proofs verify.
    func measure(samples: Int, threadCount: Int) throws -> Figures {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let file = [UInt8](try Data(contentsOf: root.appending(path: path)))
        var options = CompileOptions()
        options.inputRange = 0...1
        var model: CompiledModel?
        let compile = try median(of: samples) {
            model = try ModelCompiler.compile(
                try ModelGraph(onnx: file), samples: [], options: options)
        }
        guard let model else { preconditionFailure("at least one sample") }
        let srs = StructuredReferenceString.generate(log2Size: model.cost.log2Chunk)
        var key: ProvingKey?
        let keys = try median(of: samples) {
            key = try ProvingKey(
                circuit: model.circuit, constants: model.constants,
                log2Chunk: model.cost.log2Chunk, srs: srs.identity, powers: srs.powers)
        }
        guard let key else { preconditionFailure("at least one sample") }

        let interpreter = try model.interpreter()
        let inputs = model.circuit.inputs.map { input in
            // A fixed image with all grey levels.
            (0..<input.shape.cellCount).map { cell in
                Int64(input.port.domain.clamping((cell * 37 % 101) << 2))
            }
        }
        let inference = try median(of: samples) { blackHole(try interpreter.outputs(inputs)) }
        let witness = try median(of: samples) { blackHole(try interpreter.witness(inputs)) }
        let values = try interpreter.witness(inputs)
        let prover = NativeProver(key: key)
        var bytes: [UInt8] = []
        func prove(threads: Int) throws -> Double {
            try median(of: samples, threads: threads) {
                bytes = try prover.prove(values).encoded(for: key.verifyingKey)
            }
        }
        PeakMemory.reset()
        let parallel = try prove(threads: threadCount)
        let peak = PeakMemory.byteCount
        let sequential = try prove(threads: 1)
        let verifier = NativeVerifier(key: try VerifyingKey(decoding: key.verifyingKey.encoded))
        let verify = try median(of: samples) {
            blackHole(try verifier.verify(bytes, trusting: .development))
        }
        return Figures(
            compile: compile, keys: keys, witness: witness, proveOnOneThread: sequential,
            prove: parallel, verify: verify, inference: inference, proofByteCount: bytes.count,
            peakByteCount: peak, advice: model.cost.adviceCells, log2Chunk: model.cost.log2Chunk)
    }

    /// One warm-up, then the median. Work on one thread is timed by that thread's processor time,
    /// which other processes disturb less than the clock on the wall.
    private func median(
        of samples: Int, threads: Int = 1, _ body: () throws -> Void
    ) throws -> Double {
        ck_set_thread_count(Int32(threads))
        if samples > 1 { try body() }
        var failure: (any Error)?
        let times = withoutActuallyEscaping(body) { body in
            (0..<samples).map { _ in
                let sample = Sample.measure {
                    do { try body() } catch { failure = error }
                }
                return threads == 1 ? sample.processor : sample.wall
            }
        }
        if let failure { throw failure }
        return times.sorted()[samples / 2]
    }
}

/// The process's peak resident memory, which Linux lets one start anew.
private enum PeakMemory {
    static func reset() {
        try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    }

    /// 0 where it is not known.
    static var byteCount: Int {
        let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(separator: " ").dropLast().last.flatMap { Int($0) } ?? 0) << 10
    }
}
