import Circuits
import Curve
import Field
import ProofSystem
import Prover
import ToolSupport

/// A bundle on disk: a folder of four files.
struct BundleFiles {
    static let names: Set<String> = ["circuit", "weights", "verifying.key", "powers"]

    let folder: String

    var circuit: String { joinPath(folder, "circuit") }
    var weights: String { joinPath(folder, "weights") }
    var verifyingKey: String { joinPath(folder, "verifying.key") }
    var powers: String { joinPath(folder, "powers") }

    /// - Throws: Exit status 3, naming the file.
    func readCircuit() throws -> CircuitFile {
        try decoding(circuit) { bytes throws(DecodingError) in try CircuitFile(decoding: bytes) }
    }

    func readWeights(of circuit: Circuit) throws -> [[Int64]] {
        try decoding(weights) { bytes throws(DecodingError) in
            try WeightsFile.decode(bytes, circuit: circuit)
        }
    }

    func readVerifyingKey() throws -> VerifyingKey { try readKey(verifyingKey) }

    /// Everything that proving needs; checks that the parts belong together.
    func readProvingKey() throws -> (CircuitFile, ProvingKey) {
        let file = try readCircuit()
        let key = try readVerifyingKey()
        guard file.circuit == key.circuit else {
            throw ToolFailure(
                .unreadableFile, "\(circuit): not the circuit of \(verifyingKey); compile again")
        }
        let weights = try readWeights(of: key.circuit)
        let srs: StructuredReferenceString
        do {
            srs = try StructuredReferenceString(path: powers, log2Size: key.log2Chunk)
        } catch {
            throw ToolFailure(.unreadableFile, "\(powers): \(describe(error))")
        }
        guard srs.identity == key.srs else {
            throw ToolFailure(
                .unreadableFile, "\(powers): not the powers of \(verifyingKey); compile again")
        }
        do {
            let provingKey = try ProvingKey(
                verifyingKey: key, constants: weights, powers: srs.powers)
            return (file, provingKey)
        } catch {
            throw ToolFailure(.unreadableFile, "\(folder): \(describe(error))")
        }
    }
}

/// Reads and decodes a verifying key.
func readKey(_ path: String) throws -> VerifyingKey {
    let bytes = try readFile(path)
    do {
        return try VerifyingKey(decoding: bytes)
    } catch {
        throw ToolFailure(.unreadableFile, "\(path): \(describe(error))")
    }
}

/// Reads a file and decodes it, naming it in errors.
func decoding<Value>(
    _ path: String, _ decode: ([UInt8]) throws(DecodingError) -> Value
) throws -> Value {
    let bytes = try readFile(path)
    do {
        return try decode(bytes)
    } catch {
        throw ToolFailure(.unreadableFile, "\(path): \(describe(error))")
    }
}

/// Lower-case hexadecimal.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension SRSReport {
    init(_ identity: SRSIdentity, log2Size: Int) {
        let ceremony = identity.ceremony
        self.init(
            source: identity.isInsecure
                ? "development" : ceremony?.rawValue ?? "unknown ceremony",
            isSecure: identity.isInsecure ? false : ceremony != nil ? true : nil,
            log2Size: log2Size,
            digest: hexadecimal(identity.digest))
    }
}
