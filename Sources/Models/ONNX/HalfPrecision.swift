/// The two 16-bit floating-point encodings, widened without loss.
enum HalfPrecision {
    /// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
    ///
    /// Written out because `Float16` does not exist on every platform.
    static func float16(_ pattern: UInt16) -> Double {
        let sign = pattern >> 15 == 0 ? 1.0 : -1.0
        let exponent = Int(pattern >> 10 & 0x1f)
        let fraction = Double(pattern & 0x3ff)
        switch exponent {
        case 0: return sign * fraction * 0x1p-24
        case 31: return fraction == 0 ? sign * .infinity : .nan
        default:
            return sign * Double(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
        }
    }

    /// The upper half of a binary32.
    static func bfloat16(_ pattern: UInt16) -> Double {
        Double(Float(bitPattern: UInt32(pattern) << 16))
    }
}
