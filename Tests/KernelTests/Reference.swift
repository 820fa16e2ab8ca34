import CKernels
import Curve
import Field
import TestSupport
import Testing

@testable import Prover

extension KernelSet: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// Thread counts that every kernel is run with: the results must be the same bits.
let threadCounts = [1, 2, 5]

/// Runs `body` on every thread count, with the kernels it is given, and checks each result
/// against `reference`, a plain Swift loop.
///
/// Above ``largestReference`` elements (`count`, when given) the portable kernel on one thread
/// takes the reference's place: what differs there is how loops are cut, and debug builds of
/// Swift are slow.
func expect<R: Equatable>(
    _ kernels: KernelSet, count: Int? = nil, equals reference: @autoclosure () -> R,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (KernelSet) -> R
) {
    let expected =
        count ?? 0 <= largestReference ? reference() : Threads.with(1) { body(.portable) }
    for threads in threadCounts {
        let result = Threads.with(threads) { body(kernels) }
        #expect(
            result == expected, "\(kernels.name), \(threads) threads",
            sourceLocation: sourceLocation)
    }
}

let largestReference = 130

extension SeededGenerator {
    /// Random elements, one in four an edge value.
    mutating func elements(_ count: Int) -> [Fr] {
        let edges = Fr.edgeValues
        return (0..<count).map { _ in
            Int.random(in: 0..<4, using: &self) == 0
                ? edges.randomElement(using: &self)! : Fr.random(using: &self)
        }
    }

    /// Integers in −2^bits ..< 2^bits of every width, one in four an edge value.
    mutating func integers(_ count: Int, bits: Int = 63) -> [Int64] {
        let top: Int64 = bits == 63 ? .max : 1 << Int64(bits) - 1
        let edges = [0, 1, -1, top, -top - 1, top - 1, -top, top / 2, -(top / 2) - 1]
        return (0..<count).map { _ in
            if Int.random(in: 0..<4, using: &self) == 0 {
                return edges.randomElement(using: &self)!
            }
            let value = Int64.random(in: -top - 1...top, using: &self)
            return value >> Int64.random(in: 0..<Int64(bits), using: &self)
        }
    }

    mutating func element() -> Fr { Fr.random(using: &self) }
}

extension Fr {
    init(_ value: Int64) { self.init(Int(value)) }
}

/// What the kernels compute, one element at a time, in Swift.
enum Reference {
    static func line(_ lo: Fr, _ hi: Fr, _ x: Fr) -> Fr { lo + x * (hi - lo) }

    static func fold(_ table: [Fr], by r: Fr) -> [Fr] {
        let half = table.count / 2
        return (0..<half).map { line(table[$0], table[$0 + half], r) }
    }

    static func innerProduct(_ a: [Fr], _ b: [Fr]) -> Fr {
        zip(a, b).reduce(.zero) { $0 + $1.0 * $1.1 }
    }

    static func evaluate(_ p: [Fr], at x: Fr) -> Fr { p.reversed().reduce(.zero) { $0 * x + $1 } }

    /// Σ_i f(values of the tables' lines at x).
    static func round(_ tables: [[Fr]], at x: Fr, _ f: ([Fr]) -> Fr) -> Fr {
        let half = tables[0].count / 2
        return (0..<half).reduce(.zero) { sum, i in
            sum + f(tables.map { line($0[i], $0[i + half], x) })
        }
    }
}
