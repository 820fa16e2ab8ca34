import Curve
import Field

/// The check that a list of points are the powers of the τ in [τ]_2.
///
/// With 128-bit weights ρ_i drawn from a hash of all the points,
/// e(Σ ρ_i P_{i+1}, [1]_2) = e(Σ ρ_i P_i, [τ]_2). A list that is wrong anywhere passes with
/// probability 2^-128 a hash evaluation.
public struct PowersCheck: Sendable {
    /// Σ weights_i · points_i.
    public typealias Sum = @Sendable (ArraySlice<G1Affine>, ArraySlice<UInt128>) -> G1

    private let sum: Sum

    /// - Parameter sum: Another multi-scalar multiplication than the kernel's.
    public init(sum: @escaping Sum) { self.sum = sum }

    public init() {
        self.init { points, weights in
            G1(MSMKernel.multiply(bases: Array(points), scalars: weights.map(Fr.init(weight:))))
        }
    }

    /// Two sums over all points and one check of two pairs; more only to find a wrong power.
    ///
    /// - Throws: ``SRSError/inconsistentPower(_:)`` with the first wrong power.
    public func verify(_ powers: [G1Affine], tauG2: G2Affine) throws(SRSError) {
        let weights = Self.weights(powers, tauG2)
        let (one, tau) = (G2Prepared(.generator), G2Prepared(tauG2))
        /// Whether P_{i+1} = τ P_i for all i of the range.
        func holds(_ range: Range<Int>) -> Bool {
            let shifted = range.lowerBound + 1..<range.upperBound + 1
            let left = sum(powers[shifted], weights[range]).affine
            let right = sum(powers[range], weights[range]).affine
            return Pairing.isOne([(left, one), (-right, tau)])
        }
        var suspect = 0..<powers.count - 1
        guard !holds(suspect) else { return }
        while suspect.count > 1 {
            let middle = suspect.lowerBound + suspect.count / 2
            let lower = suspect.lowerBound..<middle
            suspect = holds(lower) ? middle..<suspect.upperBound : lower
        }
        throw .inconsistentPower(suspect.upperBound)
    }

    /// 128 bits a point from Keccak-256(Keccak-256(all points) ‖ index), two a hash.
    private static func weights(_ powers: [G1Affine], _ tauG2: G2Affine) -> [UInt128] {
        var content = Keccak256()
        content.update(Array("zkml-srs-powers-check".utf8) + tauG2.encoded)
        for power in powers {
            for limbs in [power.x.limbs, power.y.limbs] {
                content.update(littleEndian: limbs.l0)
                content.update(littleEndian: limbs.l1)
                content.update(littleEndian: limbs.l2)
                content.update(littleEndian: limbs.l3)
            }
        }
        let seed = content.finalize()
        var messages: [UInt8] = []
        messages.reserveCapacity(powers.count * 20 + 40)
        for index in stride(from: 0, to: powers.count, by: 2) {
            messages += seed
            for byte in 0..<8 { messages.append(UInt8(truncatingIfNeeded: index >> (8 * byte))) }
        }
        let digests = KeccakKernel.digests(of: messages, messageLength: seed.count + 8)
        return stride(from: 0, to: digests.count, by: 16).map { start in
            digests[start..<start + 16].reduce(0) { $0 << 8 | UInt128($1) }
        }
    }
}

extension Fr {
    /// An integer below 2^128.
    fileprivate init(weight: UInt128) {
        let low = Fr(UInt64(truncatingIfNeeded: weight))
        let high = Fr(UInt64(truncatingIfNeeded: weight >> 64))
        self = low + high * Fr(UInt64(1) << 32).squared()
    }
}
