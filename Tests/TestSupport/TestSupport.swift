import Field

/// SplitMix64: the same numbers for the same seed, everywhere.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

extension MontgomeryField {
    /// The element with the given 64 hexadecimal digits, most significant first.
    public init(hex: String) {
        let bytes: [UInt8] = bytes(hex: hex).reversed()
        guard let value = Self(canonicalBytes: bytes) else { fatalError("not an element: \(hex)") }
        self = value
    }

    /// 0, ±1, ±2, (p ± 1)/2 and the limb edges that are below p.
    public static var edgeValues: [Self] {
        var values: [Self] = [.zero, .one, Self(2), -.one, -Self(2)]
        if let half = Self(2).inverse() { values += [half, -half] }
        let full = UInt64.max
        for limbs in [
            Limbs256(full, 0, 0, 0), Limbs256(0, 1, 0, 0), Limbs256(full, full, 0, 0),
            Limbs256(0, 0, 1, 0), Limbs256(full, full, full, 0), Limbs256(0, 0, 0, 1),
            Limbs256(0, 0, 0, modulus.l3), Limbs256(full, full, full, modulus.l3 - 1),
        ] {
            values.append(Self(montgomery: limbs))
            if let value = Self(canonicalLimbs: limbs) { values.append(value) }
        }
        return values
    }
}

/// The bytes that an even number of hexadecimal digits stand for.
public func bytes(hex: String) -> [UInt8] {
    let digits = Array(hex)
    return stride(from: 0, to: digits.count, by: 2).map {
        guard let byte = UInt8(String(digits[$0..<$0 + 2]), radix: 16) else {
            fatalError("not hexadecimal: \(hex)")
        }
        return byte
    }
}

/// Lower-case hexadecimal digits, two a byte.
public func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
