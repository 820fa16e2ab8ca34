import CGMP

/// An integer of any size, kept by GMP.
///
/// Move-only, so that the number's memory has one owner and is freed when it goes.
struct BigInteger: ~Copyable {
    private var storage = __mpz_struct()

    init(_ value: Int = 0) { __gmpz_init_set_si(&storage, value) }

    init(copying other: borrowing BigInteger) {
        var result = __mpz_struct()
        withUnsafePointer(to: other.storage) { __gmpz_init_set(&result, $0) }
        storage = result
    }

    /// A finite double's integer part.
    init(truncating value: Double) { __gmpz_init_set_d(&storage, value) }

    /// 2^exponent.
    init(powerOfTwo exponent: Int) {
        self.init(1)
        shiftLeft(exponent)
    }

    deinit {
        var storage = storage
        __gmpz_clear(&storage)
    }

    /// −1, 0 or 1.
    var sign: Int { withUnsafePointer(to: storage) { Int(zkml_mpz_sgn($0)) } }

    /// The value, nil when it does not fit.
    var exactInt: Int? {
        withUnsafePointer(to: storage) { pointer in
            __gmpz_fits_slong_p(pointer) != 0 ? __gmpz_get_si(pointer) : nil
        }
    }

    /// The value rounded toward zero to a double's significand in [1/2, 1), times 2^exponent.
    var approximation: (significand: Double, exponent: Int) {
        withUnsafePointer(to: storage) { pointer in
            var exponent = 0
            let significand = __gmpz_get_d_2exp(&exponent, pointer)
            return (significand, exponent)
        }
    }

    static func == (a: borrowing BigInteger, b: borrowing BigInteger) -> Bool {
        withUnsafePointer(to: a.storage) { a in
            withUnsafePointer(to: b.storage) { b in __gmpz_cmp(a, b) == 0 }
        }
    }
}

// GMP allows the result to be an operand. Each body takes one pointer to `self` and uses it twice,
// since Swift's exclusivity forbids passing `self` both inout and by value.
extension BigInteger {
    mutating func add(_ other: borrowing BigInteger) {
        withUnsafePointer(to: other.storage) { other in
            withUnsafeMutablePointer(to: &storage) { __gmpz_add($0, $0, other) }
        }
    }

    mutating func subtract(_ other: borrowing BigInteger) {
        withUnsafePointer(to: other.storage) { other in
            withUnsafeMutablePointer(to: &storage) { __gmpz_sub($0, $0, other) }
        }
    }

    mutating func multiply(by other: borrowing BigInteger) {
        withUnsafePointer(to: other.storage) { other in
            withUnsafeMutablePointer(to: &storage) { __gmpz_mul($0, $0, other) }
        }
    }

    mutating func multiply(by other: Int) {
        withUnsafeMutablePointer(to: &storage) { __gmpz_mul_si($0, $0, other) }
    }

    mutating func square() {
        withUnsafeMutablePointer(to: &storage) { __gmpz_mul($0, $0, $0) }
    }

    mutating func negate() {
        withUnsafeMutablePointer(to: &storage) { __gmpz_neg($0, $0) }
    }

    /// The power with an exponent of at least 0.
    mutating func raise(to exponent: Int) {
        withUnsafeMutablePointer(to: &storage) { __gmpz_pow_ui($0, $0, UInt(exponent)) }
    }

    /// The square root, rounded down.
    ///
    /// - Precondition: The number is not negative.
    mutating func floorSquareRoot() {
        precondition(sign >= 0, "square root of a negative number")
        withUnsafeMutablePointer(to: &storage) { __gmpz_sqrt($0, $0) }
    }

    /// The quotient, rounded down.
    ///
    /// - Precondition: `divisor` is positive.
    mutating func floorDivide(by divisor: Int) {
        precondition(divisor > 0, "division by \(divisor)")
        withUnsafeMutablePointer(to: &storage) { _ = __gmpz_fdiv_q_ui($0, $0, UInt(divisor)) }
    }

    /// The quotient, rounded down.
    ///
    /// - Precondition: `divisor` is not zero.
    mutating func floorDivide(by divisor: borrowing BigInteger) {
        precondition(divisor.sign != 0, "division by zero")
        withUnsafePointer(to: divisor.storage) { divisor in
            withUnsafeMutablePointer(to: &storage) { __gmpz_fdiv_q($0, $0, divisor) }
        }
    }

    /// Multiplies by 2^count; a negative count divides and rounds down.
    mutating func shiftLeft(_ count: Int) {
        withUnsafeMutablePointer(to: &storage) { pointer in
            if count >= 0 {
                __gmpz_mul_2exp(pointer, pointer, UInt(count))
            } else {
                __gmpz_fdiv_q_2exp(pointer, pointer, UInt(-count))
            }
        }
    }

    mutating func shiftRight(_ count: Int) { shiftLeft(-count) }
}

extension BigInteger {
    /// Σ (±1)^i / ((2i + 1) · m^(2i + 1)) in units of 2^−precision, each term rounded down twice.
    static func oddPowerSeries(
        ofInverse m: Int, precision: Int, alternating: Bool
    ) -> BigInteger {
        var power = BigInteger(powerOfTwo: precision)
        power.floorDivide(by: m)
        var sum = BigInteger(0)
        var i = 0
        while power.sign != 0 {
            var term = BigInteger(copying: power)
            term.floorDivide(by: 2 * i + 1)
            if alternating, i % 2 == 1 { sum.subtract(term) } else { sum.add(term) }
            power.floorDivide(by: m * m)
            i += 1
        }
        return sum
    }
}
