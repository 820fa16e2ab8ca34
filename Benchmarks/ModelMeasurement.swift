import CKernels
import Circuits
import Foundation
import Models
import ProofSystem
import Prover
import Verifier

extension ModelBenchmark {
    /// Measures the model in this process.
    ///
    /// - Precondition: The process has not proved before: its peak of memory is this model's.
    func measure(samples: Int, threadCount: Int) throws -> ModelFigures {
        let file = try self.file()
        var options = CompileOptions()
        options.inputRange = inputRange
        var (model, key): (CompiledModel?, ProvingKey?)
        let compile = try spread(samples) {
            model = try ModelCompiler.compile(
                try ModelGraph(onnx: file), samples: [], options: options)
        }
        guard let model else { preconditionFailure("at least one sample") }
        let srs = StructuredReferenceString.generate(log2Size: model.cost.log2Chunk)
        let keys = try spread(samples) {
            key = try ProvingKey(
                circuit: model.circuit, constants: model.constants,
                log2Chunk: model.cost.log2Chunk, srs: srs.identity, powers: srs.powers)
        }
        guard let key else { preconditionFailure("at least one sample") }

        let interpreter = try model.interpreter()
        let inputs = try model.circuit.inputs.map { input in
            try input.port.quantised(Self.sampleInput(input.shape.cellCount, in: inputRange))
        }
        let inference = try spread(samples) { blackHole(try interpreter.outputs(inputs)) }
        let witness = try spread(samples) { blackHole(try interpreter.witness(inputs)) }
        let values = try interpreter.witness(inputs)
        let prover = NativeProver(key: key)
        var proof: [UInt8] = []
        func prove(threads: Int) throws -> Spread {
            try spread(samples, threads: threads) {
                proof = try prover.prove(values).encoded(for: key.verifyingKey)
            }
        }
        PeakMemory.reset()
        let parallel = try prove(threads: threadCount)
        let peak = PeakMemory.byteCount
        let sequential = try prove(threads: 1)
        let keyBytes = key.verifyingKey.encoded
        let verifier = NativeVerifier(key: try VerifyingKey(decoding: keyBytes))
        let verify = try spread(samples) {
            blackHole(try verifier.verify(proof, trusting: .development))
        }
        return ModelFigures(
            multiplyAdds: model.cost.multiplyAdds, compile: compile, keys: keys,
            inference: inference, witness: witness, proveOnOneThread: sequential, verify: verify,
            prove: parallel, proofByteCount: proof.count,
            publicByteCount: proof.count - key.verifyingKey.proofShape.byteCount,
            verifyingKeyByteCount: keyBytes.count, peakByteCount: peak,
            constantCells: model.cost.constantCells, adviceCells: model.cost.adviceCells,
            log2Chunk: model.cost.log2Chunk)
    }

    /// An input with all levels of the range, the same in every run.
    static func sampleInput(_ count: Int, in range: ClosedRange<Double>) -> [Double] {
        (0..<count).map {
            range.lowerBound + (range.upperBound - range.lowerBound) * Double($0 * 37 % 101) / 101
        }
    }

    /// Work on one thread is timed by that thread's processor time, which other processes disturb
    /// less than the clock on the wall. What takes long is run fewer times: a first run over half a
    /// second is no warm-up but a sample, and after ten seconds there are enough.
    private func spread(
        _ samples: Int, threads: Int = 1, _ body: () throws -> Void
    ) throws -> Spread {
        ck_set_thread_count(Int32(threads))
        let first = try Sample.measure(body)
        var taken = samples == 1 || first.wall > 0.5 ? [first] : []
        var total = first.wall
        while taken.count < samples && (total < 10 || taken.isEmpty) {
            let sample = try Sample.measure(body)
            total += sample.wall
            taken.append(sample)
        }
        return Spread(taken.map { threads == 1 ? $0.processor : $0.wall })
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
