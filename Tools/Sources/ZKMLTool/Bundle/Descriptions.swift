import Circuits
import Field
import ProofSystem
import Prover

// What errors of the libraries say to a person: what is wrong, where, and what to do.

func describe(_ error: DecodingError) -> String {
    switch error {
    case .truncated(let field, let offset, let needed, let available):
        "ends too early: \(field) at byte \(offset) needs \(needed) bytes, \(available) are left"
    case .trailingBytes(let count): "\(count) bytes too many at the end"
    case .wrongMagic(let expected): "not a file of this kind (it does not begin with \(expected))"
    case .unsupportedVersion(let format, let version):
        "\(format) version \(version), which this program does not know; use a newer one"
    case .outOfRange(let field, let offset, let value, let limit):
        "\(field) at byte \(offset) is \(value), at most \(limit) expected"
    case .notCanonical(let field, let offset):
        "\(field) at byte \(offset) is not in its one valid encoding"
    case .wrongLength(let declared, let actual):
        "says it has \(declared) bytes, but has \(actual)"
    }
}

func describe(_ error: KeyError) -> String {
    switch error {
    case .encoding(let error): describe(error)
    case .circuit(let error): "the circuit is refused: \(error)"
    case .srs(let error): "its SRS is refused: \(error)"
    case .chunkSize(let log2): "chunks of 2^\(log2) cells do not fit the circuit"
    case .tooManyChunks: "its vectors have more than \(VerifyingKey.chunkLimit) chunks"
    case .constantChunks(let expected, let actual):
        "\(actual) commitments to constants, \(expected) expected"
    case .scheme(let scheme): "proof scheme \(scheme), which this program does not know"
    }
}

func describe(_ error: ProvingKeyError) -> String {
    switch error {
    case .key(let error): describe(error)
    case .constantCount(let expected, let actual):
        "\(actual) constant tensors, \(expected) expected"
    case .constantCells(let index, let expected, let actual):
        "constant \(index) has \(actual) cells, \(expected) expected"
    case .tooFewPowers(let needed, let actual):
        "\(needed) powers of tau are needed, the SRS has \(actual): use a larger one"
    }
}

func describe(_ error: SRSError) -> String {
    switch error {
    case .inaccessibleFile: "cannot be read"
    case .unknownFormat: "neither a .ptau, a halo2 .srs nor a file of zkml srs"
    case .notEnoughPowers(let requested, let available):
        "2^\(requested) powers are needed, the file has 2^\(available)"
    case .identity(let error): "its tau is refused: \(error)"
    default: "\(error)"
    }
}

/// - Parameter names: The layer of each gadget.
func describe(_ error: WitnessError, gadgetNames names: [String]) -> String {
    func layer(_ gadget: Int) -> String {
        names.indices.contains(gadget) ? "layer \(names[gadget])" : "gadget \(gadget)"
    }
    switch error {
    case .input(let port, let cell, let value, let allowed):
        return "input \(port), cell \(cell): \(value) is outside \(allowed)"
    case .output(let port, let cell, let value, let allowed):
        return "output \(port), cell \(cell): \(value) is outside \(allowed)"
    case .outOfRange(let gadget, let cell, let value, let allowed):
        return "\(layer(gadget)), cell \(cell): \(value) leaves the calibrated range \(allowed); "
            + "compile with more samples, or with --out-of-range saturate"
    case .overshoot(let gadget, let cell, let distance, let bits):
        return "\(layer(gadget)), cell \(cell): \(distance) beyond the calibrated range, "
            + "more than the circuit's \(bits) bits of overshoot"
    case .spread(let gadget, let cell, let distance, let bits):
        return "\(layer(gadget)), cell \(cell): cells lie \(distance) apart, more than \(bits) bits"
    case .operand(let gadget, let cell, let value, let allowed):
        return "\(layer(gadget)), cell \(cell): an operand is \(value), outside \(allowed)"
    default: return "\(error)"
    }
}

func describe(_ rejection: VerificationError) -> String {
    switch rejection {
    case .claimsDisagree(let tensor): "two claims on tensor \(tensor.index) disagree"
    case .publicClaim: "a claim on public values does not hold"
    case .fractionSum: "a looked-up value is in no table (the lookups' fractions do not cancel)"
    case .fractionDenominator: "a denominator of the lookup argument is zero"
    case .treeLayer(let layer): "layer \(layer) of the lookup tree does not hold"
    case .sumcheck(.merge(let level)): "the merged claims of level \(level) do not hold"
    case .sumcheck(.main(let level)): "the operations of level \(level) do not hold"
    case .openingValue: "the opened polynomial does not have the claimed value"
    case .openingChallenge: "an opening challenge is degenerate"
    case .pairing: "the pairing check fails"
    case .proofLength: "the proof does not have the key's length"
    case .wrongKey: "the proof is about another model"
    case .mergedAxesSplit: "the circuit splits merged axes"
    }
}
