import Field

extension G1Affine {
    /// H, the generator that blinds commitments: nobody knows its logarithm to the base [1]_1.
    ///
    /// The smallest counter for which x = Keccak-256("zkml-blinding-H" ‖ counter) mod q, the counter
    /// as four little-endian bytes and the digest read as a little-endian integer, is on the curve;
    /// y is the even root.
    public static let blindingGenerator: G1Affine = {
        let name = Array("zkml-blinding-H".utf8)
        var counter: UInt32 = 0
        while true {
            let suffix = (0..<4).map { UInt8(truncatingIfNeeded: counter >> (8 * UInt32($0))) }
            let x = Fq(reducing: Keccak256.hash(name + suffix))
            if let y = (x.squared() * x + G1Curve.b).squareRoot() {
                return G1Affine(x: x, y: y.isOdd ? -y : y)
            }
            counter += 1  // half of all x are on the curve
        }
    }()
}
