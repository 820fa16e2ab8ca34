import Curve
import Field

/// Multiples of one point: d · 2^(width · j) · base for every window j and digit d ≥ 1.
struct FixedBaseTable {
    private let width: Int
    /// Window by window, digits 1 … 2^width − 1.
    private let entries: [G1Affine]

    /// About 2^width additions a window.
    init(base: G1Affine, width: Int) {
        self.width = width
        var entries: [G1Affine] = []
        var start = G1(base)
        for _ in stride(from: 0, to: Fr.bitCount, by: width) {
            var multiples = [start]
            for _ in 2..<1 << width { multiples.append(multiples[multiples.count - 1] + start) }
            start += multiples[multiples.count - 1]
            entries += G1.normalize(multiples)
        }
        self.entries = entries
    }

    /// scalar · base: an addition a window. Variable time.
    func multiple(_ scalar: Fr) -> G1 {
        let limbs = scalar.canonicalLimbs
        var result = G1.infinity
        var window = 0
        for bit in stride(from: 0, to: Fr.bitCount, by: width) {
            let digit = Int(limbs.bits(from: bit, count: width))
            if digit != 0 { result += entries[window + digit - 1] }
            window += 1 << width - 1
        }
        return result
    }
}

extension Fr {
    fileprivate static var bitCount: Int { 254 }
}
