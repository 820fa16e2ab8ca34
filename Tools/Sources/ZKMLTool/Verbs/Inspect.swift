import Circuits
import Field
import Models
import ProofSystem
import Prover
import ToolSupport

/// Describes a file or bundle.
///
/// - Parameter key: A proof's verifying key. With it the sections are named; `inputs` and `outputs`
///   are where public values lie.
func inspectFile(_ path: String, key: String?) throws -> InspectReport {
    if let names = try? folderContents(path) {
        guard names.contains("verifying.key"), names.contains("circuit") else {
            throw ToolFailure(.unreadableFile, "\(path): a folder that is no bundle")
        }
        return try inspectBundle(BundleFiles(folder: path))
    }
    let bytes = try readFile(path)
    if bytes.starts(with: NativeProof.magic.utf8) {
        return try inspectProof(path, bytes, key: try key.map(readKey))
    }
    let magics: [(String, (String, [UInt8]) throws -> InspectReport)] = [
        (VerifyingKey.magic, inspectKey), (CircuitFile.magic, inspectCircuit),
        (WeightsFile.magic, inspectWeights),
        (OpeningsFile.magic, inspectOpenings), ("ZKSRS\0\0\0", inspectSRS), ("ptau", inspectSRS),
    ]
    for (magic, inspect) in magics where bytes.starts(with: magic.utf8) {
        return try inspect(path, bytes)
    }
    if path.hasSuffix(".srs") { return try inspectSRS(path, bytes) }
    if TensorFile.isRecognised(bytes) { return try inspectTensors(path) }
    return try inspectModel(path, bytes)
}

private func inspectBundle(_ files: BundleFiles) throws -> InspectReport {
    let key = try files.readVerifyingKey()
    let circuit = try files.readCircuit()
    let account = CircuitAccount(key.system, names: circuit.gadgetNames, log2Chunk: key.log2Chunk)
    let srs = SRSReport(key.srs, log2Size: key.log2Chunk)
    return InspectReport(
        kind: "bundle",
        contents: ([
            "modelID": .string(hexadecimal(key.digest)), "srs": srs.json,
            "verifyingKeyBytes": .integer(key.encoded.count),
            "proofBytes": .integer(account.cost.proofBytes),
        ] as JSONValue).adding(members: account.json),
        lines: ["model ID \(hexadecimal(key.digest))", "SRS \(srs.text)"] + account.lines)
}

private func inspectKey(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    let key = try readKey(path)
    let account = CircuitAccount(key.system, names: [], log2Chunk: key.log2Chunk)
    let srs = SRSReport(key.srs, log2Size: key.log2Chunk)
    return InspectReport(
        kind: "verifying key",
        contents: ([
            "modelID": .string(hexadecimal(key.digest)), "srs": srs.json,
            "bytes": .integer(bytes.count), "constantChunks": .integer(key.constantChunks.count),
            "elements": .integer(key.proofShape.elementCount),
        ] as JSONValue).adding(members: account.json),
        lines: [
            "model ID \(hexadecimal(key.digest))", "SRS \(srs.text)",
            "\(key.constantChunks.count) commitments to constants, chunks of 2^\(key.log2Chunk)",
            "proofs of \(humanCount(key.proofShape.elementCount)) field elements",
        ] + account.lines)
}

private func inspectCircuit(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    let file = try decoding(path) { bytes throws(DecodingError) in
        try CircuitFile(decoding: bytes)
    }
    let system: ConstraintSystem
    do {
        system = try ConstraintSystem(file.circuit)
    } catch {
        throw ToolFailure(.unreadableFile, "\(path): refused: \(error)")
    }
    let account = CircuitAccount(system, names: file.gadgetNames, log2Chunk: nil)
    var writer = ByteWriter()
    file.circuit.encode(into: &writer)
    let digest = hexadecimal(Keccak256.hash(writer.bytes))
    return InspectReport(
        kind: "circuit",
        contents: (["digest": .string(digest)] as JSONValue).adding(members: account.json),
        lines: ["circuit digest \(digest)"] + account.lines)
}

private func inspectProof(
    _ path: String, _ bytes: [UInt8], key: VerifyingKey?
) throws -> InspectReport {
    guard let modelID = NativeProof.modelID(of: bytes) else {
        throw ToolFailure(.unreadableFile, "\(path): ends before the model ID")
    }
    var lines = ["of model \(hexadecimal(modelID)), \(humanCount(bytes.count)) bytes"]
    var contents: JSONValue = [
        "modelID": .string(hexadecimal(modelID)), "bytes": .integer(bytes.count),
    ]
    var sections: [InspectReport.Section] = []
    if let key {
        guard key.digest == modelID else {
            throw ToolFailure(.unreadableFile, "\(path): not a proof of that key's model")
        }
        sections = NativeProof.sections(for: key).map {
            .init(name: $0.name, offset: $0.offset, byteCount: $0.byteCount)
        }
        let srs = SRSReport(key.srs, log2Size: key.log2Chunk)
        lines.append("SRS \(srs.text)")
        contents = contents.adding(["srs": srs.json])
    } else {
        lines.append(
            "what it says, and on which SRS, is read with the model's key: --key, or zkml verify")
    }
    return InspectReport(
        kind: "proof", contents: contents, lines: lines, sections: sections)
}

private func inspectWeights(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    // What the cells mean is in the circuit beside it.
    let digest = hexadecimal(Keccak256.hash(bytes))
    let constants = try decoding(path) { bytes throws(DecodingError) in
        try WeightsFile.layout(of: bytes)
    }
    return InspectReport(
        kind: "weights",
        contents: [
            "bytes": .integer(bytes.count), "keccak256": .string(digest),
            "constants": .array(
                constants.map {
                    ["cells": .integer($0.cellCount), "bytesPerCell": .integer($0.byteWidth)]
                }),
        ],
        lines: ["\(humanSize(bytes.count)), Keccak-256 \(digest)"]
            + constants.enumerated().map {
                "constant \($0): \(humanCount($1.cellCount)) integers of \(8 * $1.byteWidth) bits"
            })
}

private func inspectOpenings(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    let file = try decoding(path) { bytes throws(DecodingError) in
        try OpeningsFile(decoding: bytes)
    }
    let ports = file.openings.map { opening -> JSONValue in
        [
            "name": .string(opening.port.name),
            "shape": .array(opening.shape.extents.map { .integer($0) }),
            "bits": .integer(opening.port.bits),
            "fractionalBits": .integer(opening.port.fractionalBits),
            "commitment": .string(hexadecimal(opening.commitment.encoded)),
        ]
    }
    return InspectReport(
        kind: "openings",
        contents: [
            "srsDigest": .string(hexadecimal(file.srsDigest)), "openings": .array(ports),
        ],
        lines: [
            "SECRET: values and blindings of committed tensors; not shown here",
            "on the SRS \(hexadecimal(file.srsDigest))",
        ]
            + file.openings.map {
                "\($0.port.name) \($0.shape), \($0.port.bits) bits: "
                    + hexadecimal($0.commitment.encoded)
            })
}

private func inspectSRS(_ path: String, _ bytes: [UInt8]) throws -> InspectReport {
    let srs: StructuredReferenceString
    do {
        srs = try StructuredReferenceString(path: path)
    } catch {
        throw ToolFailure(.unreadableFile, "\(path): \(describe(error))")
    }
    let report = SRSReport(srs.identity, log2Size: srs.log2Size)
    return InspectReport(
        kind: "srs", contents: report.json, lines: [report.text, "digest \(report.digest)"])
}
