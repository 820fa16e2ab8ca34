@_exported import TestSupport

extension SeededGenerator {
    /// True once in `n` times.
    public mutating func oneIn(_ n: Int) -> Bool { Int.random(in: 0..<n, using: &self) == 0 }

    public mutating func integer(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &self)
    }

    /// - Precondition: `choices` is not empty.
    public mutating func pick<T>(_ choices: [T]) -> T {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    public mutating func cells(_ count: Int, in range: ClosedRange<Int>) -> [Int64] {
        (0..<count).map { _ in Int64(Int.random(in: range, using: &self)) }
    }
}
