import Field

/// The algebra with one element, which takes no memory and no time.
struct NoValue: ScalarAlgebra {
    static var zero: NoValue { NoValue() }
    static var one: NoValue { NoValue() }
    init() {}
    init(constant value: Fr) {}
    static func + (a: NoValue, b: NoValue) -> NoValue { a }
    static func - (a: NoValue, b: NoValue) -> NoValue { a }
    static func * (a: NoValue, b: NoValue) -> NoValue { a }
    static func += (a: inout NoValue, b: NoValue) {}
    static func -= (a: inout NoValue, b: NoValue) {}
    static func *= (a: inout NoValue, b: NoValue) {}
    func inverseOrZero() -> NoValue { self }
    static func innerProduct(_ weights: [NoValue], _ values: ArraySlice<NoValue>) -> NoValue {
        NoValue()
    }
}

/// Counts messages; there are no values, and every relation holds.
struct CountingDriver: ReductionDriver {
    var elementCount = 0
    var pointCount = 0
    var slot = 0

    mutating func draw(_ label: StaticString) -> Challenge<NoValue> {
        slot += 1
        return Challenge(slot: slot, value: .zero)
    }

    mutating func begin(_ step: ReductionStep<NoValue>) {}

    mutating func receive(_ message: ReductionMessage<NoValue>) throws(VerificationError)
        -> [NoValue]
    {
        elementCount += message.elementCount
        return Array(repeating: .zero, count: message.elementCount)
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        pointCount += count
        return (pointCount - count..<pointCount).map(PointReference.opening)
    }

    mutating func requireZero(
        _ value: NoValue, _ relation: VerificationError
    ) throws(VerificationError) {}

    mutating func requireNonzero(
        _ value: NoValue, _ relation: VerificationError
    ) throws(VerificationError) {}
}
