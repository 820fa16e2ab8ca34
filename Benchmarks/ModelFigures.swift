import Foundation

/// What a model costs, from ONNX file to verified proof.
struct ModelFigures: Codable {
    var name = ""
    var multiplyAdds: Int
    /// Seconds of one thread's processor time. Inference is that of the integers, alone; witness
    /// is inference with all that is committed to.
    var compile, keys, inference, witness, proveOnOneThread, verify: Spread
    /// Seconds by the wall, on all threads.
    var prove: Spread
    var proofByteCount: Int
    /// Of the inputs and outputs in the proof.
    var publicByteCount: Int
    var verifyingKeyByteCount: Int
    /// Resident, at most, while it proves on all threads in a process of its own; its key and the
    /// powers included. 0 where the system does not tell.
    var peakByteCount: Int
    var constantCells: Int
    var adviceCells: Int
    var log2Chunk: Int

    static let header = row(
        [
            "model", "MACs", "compile", "keys", "inference", "witness", "prove", "in parallel",
            "/ inference", "verify", "proof", "+ public", "memory", "cells", "chunk",
        ], widths)
    private static let widths = [19, 10, 10, 10, 11, 10, 10, 12, 12, 10, 10, 10, 9, 10, 5]

    var line: String {
        row(
            [
                name, "\(multiplyAdds)", duration(compile.median), duration(keys.median),
                duration(inference.median), duration(witness.median),
                duration(proveOnOneThread.median), duration(prove.median),
                String(format: "%.0f", proveOnOneThread.median / inference.median),
                duration(verify.median), "\(proofByteCount - publicByteCount) B",
                "\(publicByteCount) B", "\(peakByteCount >> 20) MB", "\(adviceCells)",
                "2^\(log2Chunk)",
            ], Self.widths)
    }
}
