import Foundation

/// The hash of a whole ceremony's file, by the function that its kind is published with.
public struct SRSFileHash: Sendable, Hashable {
    public enum Algorithm: String, Sendable {
        /// Of halo2 files, which EZKL publishes.
        case sha256 = "SHA-256"
        /// Of .ptau files, which snarkjs publishes; 512 bits, no key.
        case blake2b = "BLAKE2b-512"
    }

    public let algorithm: Algorithm
    public let digest: [UInt8]

    /// Of a file's bytes, all of them.
    public init(_ bytes: borrowing RawSpan) {
        var isPtau = bytes.byteCount >= ptauMagic.count
        if isPtau {
            for (offset, byte) in ptauMagic.enumerated() {
                isPtau = isPtau && bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) == byte
            }
        }
        algorithm = isPtau ? .blake2b : .sha256
        digest = isPtau ? BLAKE2b.hash(bytes) : SHA256.hash(bytes)
    }

    /// Of the file at a path, which is mapped, not read.
    ///
    /// - Throws: ``SRSError/inaccessibleFile(path:)``.
    public init(path: String) throws(SRSError) {
        guard let file = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        else { throw .inaccessibleFile(path: path) }
        self.init(file.bytes)
    }

    /// - Precondition: an even number of hexadecimal digits.
    init(algorithm: Algorithm, hexadecimal digits: String) {
        self.algorithm = algorithm
        var nibbles = digits.compactMap(\.hexDigitValue).makeIterator()
        var digest: [UInt8] = []
        while let high = nibbles.next(), let low = nibbles.next() {
            digest.append(UInt8(16 * high + low))
        }
        precondition(2 * digest.count == digits.count, "not hexadecimal: \(digits)")
        self.digest = digest
    }

    /// The published file with this hash; nil for any other.
    public var published: PublishedSRSFile? { PublishedSRSFile.all.first { $0.hash == self } }
}
