import Curve
import TestSupport
import Testing

@testable import Prover

@Suite("Hashes of ceremonies' files") struct SRSFileHashTests {
    // Printed by Tests/Vectors/file_hashes.py.
    static let sha256Chain = "35c6b5439515e743ab02715b54e01009ca52b6e596d342fd26c560cf4719bffd"
    static let blake2bChain =
        "ece41cb5929c4e9c72e9d07dedc0a7c8dc2a84e96999dcce833d1b1559e47d73"
        + "df7c7a4dcf5bfe88002fe4043cebc76eb8e072401213d0f0a46e0bdfd6615b03"
    static let files: [(name: String, algorithm: SRSFileHash.Algorithm, digest: String)] = [
        (
            "dev3_raw.ptau", .blake2b,
            "dc71842a65020ff2ef92db1f1627755bb0adf07159aa4b2ecaf865f98235d43e"
                + "693fffb8c72769209ebde4369bb2e1c446a7a6f779a38d99a4a36e498c72baa9"
        ),
        ("dev3.srs", .sha256, "d2f81e6e7f14190ca95795e651a332f2183ddd5f175031f7211ef95bbc1ca3da"),
    ]

    @Test("every length from 0 to 299, as hashlib says")
    func lengths() {
        let message = (0..<300).map { UInt8(7 * $0 % 251) }
        let prefixes = (0..<300).map { Array(message.prefix($0)) }
        let sha256 = prefixes.flatMap { SHA256.hash($0.span.bytes) }
        #expect(hex(SHA256.hash(sha256.span.bytes)) == Self.sha256Chain)
        let blake2b = prefixes.flatMap { BLAKE2b.hash($0.span.bytes) }
        #expect(hex(BLAKE2b.hash(blake2b.span.bytes)) == Self.blake2bChain)
    }

    @Test("FIPS 180-4 and RFC 7693 on abc")
    func standards() {
        let abc = Array("abc".utf8)
        #expect(
            hex(SHA256.hash(abc.span.bytes))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hex(BLAKE2b.hash(abc.span.bytes))
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                + "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923")
    }

    @Test("a file is hashed by the function that its kind is published with")
    func files() throws {
        for (name, algorithm, digest) in Self.files {
            let bytes = try vector(name)
            let hash = SRSFileHash(bytes.span.bytes)
            #expect(hash.algorithm == algorithm && hex(hash.digest) == digest, "\(name)")
            #expect(hash.published == nil)
        }
        for short in [[], Array("pta".utf8)] as [[UInt8]] {
            #expect(SRSFileHash(short.span.bytes).algorithm == .sha256)
        }
        #expect(
            srsError { () throws(SRSError) in
                _ = try SRSFileHash(path: "/no/such.ptau")
                return .generate(log2Size: 1)
            } == .inaccessibleFile(path: "/no/such.ptau"))
    }

    @Test("EZKL's kzg1.srs is recognised, and no other byte string in its place")
    func published() throws {
        var bytes = try vector("kzg1.srs")
        let file = try #require(SRSFileHash(bytes.span.bytes).published)
        #expect(file.name == "kzg1.srs" && file.publisher == "EZKL")
        #expect(file.ceremony == .perpetualPowersOfTau)
        bytes[300] ^= 1
        #expect(SRSFileHash(bytes.span.bytes).published == nil)
        // A digest counts with its algorithm only.
        let disguised = SRSFileHash(algorithm: .blake2b, hexadecimal: hex(file.hash.digest))
        #expect(disguised.published == nil)
    }

    @Test("the tables are whole")
    func tables() {
        let all = PublishedSRSFile.all
        #expect(Set(all.map(\.hash)).count == all.count && Set(all.map(\.name)).count == all.count)
        let ezkl = all.filter { $0.ceremony == .perpetualPowersOfTau }
        #expect(ezkl.map(\.name) == (1...26).map { "kzg\($0).srs" })
        #expect(ezkl.allSatisfy { $0.hash.algorithm == .sha256 && $0.hash.digest.count == 32 })
        let hermez = all.filter { $0.ceremony == .hermez }
        let powers = (8...27).map { $0 < 10 ? "_0\($0)" : "_\($0)" } + [""]
        #expect(hermez.map(\.name) == powers.map { "powersOfTau28_hez_final\($0).ptau" })
        #expect(hermez.allSatisfy { $0.hash.algorithm == .blake2b && $0.hash.digest.count == 64 })
    }
}
