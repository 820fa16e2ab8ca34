import Circuits
import Field

/// ``reduce(_:plan:statement:driver:)`` on field elements, for drivers of other modules.
///
/// The same code, compiled once for `Fr`. Called directly from another module the generic code runs
/// unspecialised, each addition of two elements a call through a table: several times as long.
public func reduceNative<Driver: ReductionDriver<Fr>>(
    _ system: ConstraintSystem, plan: ReductionPlan, statement: Statement<Fr>,
    driver: inout Driver
) throws(VerificationError) -> PairingEquation<Fr> {
    var native = NativeDriver(base: driver)
    defer { if let base = native.base as? Driver { driver = base } }
    return try reduce(system, plan: plan, statement: statement, driver: &native)
}

/// A driver whose type the compiler knows here.
private struct NativeDriver: ReductionDriver {
    var base: any ReductionDriver<Fr>

    mutating func draw(_ label: StaticString) -> Challenge<Fr> { base.draw(label) }

    mutating func begin(_ step: ReductionStep<Fr>) { base.begin(step) }

    mutating func receive(_ message: ReductionMessage<Fr>) throws(VerificationError) -> [Fr] {
        try base.receive(message)
    }

    mutating func receivePoints(
        _ label: StaticString, count: Int
    ) throws(VerificationError) -> [PointReference] {
        try base.receivePoints(label, count: count)
    }

    mutating func requireZero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {
        try base.requireZero(value, relation)
    }

    mutating func requireNonzero(
        _ value: Fr, _ relation: VerificationError
    ) throws(VerificationError) {
        try base.requireNonzero(value, relation)
    }
}
