/// What point encodings need of a coordinate field. Variable time: never on secrets.
public protocol PointCoordinate: FieldElement {
    static var byteCount: Int { get }
    /// nil unless there are exactly ``byteCount`` bytes and every component is below q.
    init?(canonicalBytes bytes: some Collection<UInt8>)
    var canonicalBytes: [UInt8] { get }
    /// A square root, or nil for a non-square.
    func squareRoot() -> Self?
    /// The sign: true for exactly one of a and −a, where a ≠ 0.
    var isOdd: Bool { get }
}

extension Fq: PointCoordinate {
    /// A square root, or nil for a non-square: the (q + 1)/4-th power, as q ≡ 3 mod 4.
    ///
    /// About 380 multiplications.
    public func squareRoot() -> Fq? {
        let q = Fq.modulus
        let quarter = [
            (q.l0 &+ 1) >> 2 | q.l1 << 62, q.l1 >> 2 | q.l2 << 62, q.l2 >> 2 | q.l3 << 62,
            q.l3 >> 2,
        ]
        let root = power(quarter)
        return root.squared() == self ? root : nil
    }

    /// The parity of the canonical residue.
    public var isOdd: Bool { canonicalLimbs.l0 & 1 == 1 }
}

extension Fq2: PointCoordinate {
    public static var byteCount: Int { 2 * Fq.byteCount }

    /// Decodes c0, then c1, 32 little-endian bytes each.
    public init?(canonicalBytes bytes: some Collection<UInt8>) {
        guard let c0 = Fq(canonicalBytes: bytes.prefix(Fq.byteCount)),
            let c1 = Fq(canonicalBytes: bytes.dropFirst(Fq.byteCount))
        else { return nil }
        self.init(c0, c1)
    }

    public var canonicalBytes: [UInt8] { c0.canonicalBytes + c1.canonicalBytes }

    /// A square root, or nil for a non-square.
    ///
    /// (x + y u)² = c0 + c1 u means x² = (c0 ± √norm)/2 and 2xy = c1; x = 0 leaves y² = −c0.
    public func squareRoot() -> Fq2? {
        guard let root = norm.squareRoot(), let half = Fq(2).inverse() else { return nil }
        for candidate in [(c0 + root) * half, (c0 - root) * half] {
            guard let x = candidate.squareRoot() else { continue }
            let result: Fq2
            if let inverse = x.doubled().inverse() {
                result = Fq2(x, c1 * inverse)
            } else {
                guard let y = (-c0).squareRoot() else { continue }
                result = Fq2(.zero, y)
            }
            if result.squared() == self { return result }
        }
        return nil
    }

    /// The parity of c0, or of c1 where c0 is zero.
    ///
    /// Reference: RFC 9380, section 4.1, `sgn0`.
    public var isOdd: Bool { c0.isZero ? c1.isOdd : c0.isOdd }
}
