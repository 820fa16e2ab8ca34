/// A function put together from others, such as x · ½ · (1 + erf(x / √2)): one table instead of
/// several tables and products. ``Fusion`` finds them.
public struct ComposedFunction: EnclosedFunction {
    /// Each names earlier steps by position; the last one's value is the function's.
    enum Step: Sendable {
        case argument
        case constant(Double)
        case function(any EnclosedFunction, Int)
        case arithmetic(Arithmetic.Kind, Int, Int)
    }

    let steps: [Step]

    public func callAsFunction(_ x: Double) -> Double {
        var values: [Double] = []
        for step in steps {
            let value: Double =
                switch step {
                case .argument: x
                case .constant(let constant): constant
                case .function(let function, let operand): function(values[operand])
                case .arithmetic(.add, let a, let b): values[a] + values[b]
                case .arithmetic(.subtract, let a, let b): values[a] - values[b]
                case .arithmetic(.multiply, let a, let b): values[a] * values[b]
                case .arithmetic(.divide, let a, let b): values[a] / values[b]
                }
            values.append(value)
        }
        return values[values.count - 1]
    }

    func callAsFunction(_ x: borrowing Ball, _ reals: BallArithmetic) -> Ball {
        var values: [SharedBall] = []
        for step in steps {
            let value: Ball =
                switch step {
                case .argument: Ball(copying: x)
                case .constant(let constant): reals.number(constant)
                case .function(let function, let operand): function(values[operand].ball, reals)
                case .arithmetic(.add, let a, let b): reals.sum(values[a].ball, values[b].ball)
                case .arithmetic(.subtract, let a, let b):
                    reals.difference(values[a].ball, values[b].ball)
                case .arithmetic(.multiply, let a, let b):
                    reals.product(values[a].ball, values[b].ball)
                case .arithmetic(.divide, let a, let b):
                    reals.quotient(values[a].ball, values[b].ball)
                }
            values.append(SharedBall(value))
        }
        return Ball(copying: values[values.count - 1].ball)
    }

    /// From differences between 2^10 points, the change from one difference to the next added.
    public func slope(over range: ClosedRange<Double>) -> Double {
        let count = 1 << 10
        let width = max(range.upperBound - range.lowerBound, 0x1p-40)
        let step = width / Double(count)
        var (steepest, last) = (0.0, Double?.none)
        var value = self(range.lowerBound)
        for index in 1...count {
            let next = self(range.lowerBound + Double(index) * step)
            let slope = (next - value) / step
            guard slope.isFinite else { return .infinity }
            steepest = max(steepest, slope.magnitude + (last.map { (slope - $0).magnitude } ?? 0))
            (value, last) = (next, slope)
        }
        return steepest
    }

    /// From 2^10 intervals, halved where the slopes of their halves differ, until they are as short
    /// as the distance: a root is steep at its end alone.
    public func variation(over range: ClosedRange<Double>, within distance: Double) -> Double {
        guard distance > 0 else { return 0 }
        let count = 1 << 10
        let width = max(range.upperBound - range.lowerBound, 0x1p-40)
        let step = width / Double(count)
        var largest = 0.0
        var value = self(range.lowerBound)
        // Of the intervals that a distance spans, the values at their ends.
        var recent: [Double] = []
        let spanned = min(Int(min(distance / step, Double(count)).rounded(.up)) + 1, count)
        for index in 0..<count {
            let low = range.lowerBound + Double(index) * step
            let next = self(low + step)
            guard value.isFinite, next.isFinite else { return .infinity }
            recent.append(value)
            if recent.count > spanned { recent.removeFirst() }
            if distance > step {
                for other in recent { largest = max(largest, (next - other).magnitude) }
            } else {
                largest = max(
                    largest, change(from: (low, value), to: (low + step, next), distance, 60))
            }
            value = next
        }
        return largest
    }

    /// How much the function changes within a distance, between two points at least as far apart.
    private func change(
        from a: (x: Double, y: Double), to b: (x: Double, y: Double), _ distance: Double,
        _ depth: Int
    ) -> Double {
        let middle = a.x + (b.x - a.x) / 2
        let value = self(middle)
        let (left, right) = ((value - a.y).magnitude, (b.y - value).magnitude)
        if b.x - a.x <= distance || depth == 0 || middle <= a.x || middle >= b.x {
            return 2 * max(left, right, (b.y - a.y).magnitude)
        }
        let steep = max(left, right)
        if steep <= 2 * min(left, right) || steep * distance <= 0x1p-40 * (b.x - a.x) {
            return 1.5 * steep / (middle - a.x) * distance
        }
        return max(
            change(from: a, to: (middle, value), distance, depth - 1),
            change(from: (middle, value), to: b, distance, depth - 1))
    }

    /// Divisors that are no constants may be 0.
    public var isDefinedEverywhere: Bool {
        steps.allSatisfy { step in
            switch step {
            case .argument, .constant: true
            case .function(let function, _): function.isDefinedEverywhere
            case .arithmetic(.divide, _, let divisor):
                if case .constant = steps[divisor] { true } else { false }
            case .arithmetic: true
            }
        }
    }

    public var turningPoints: [Double]? { nil }
    public var endsAtCalibratedRange: Bool { true }
}

/// A ball in an array, which move-only values cannot be.
private final class SharedBall {
    let ball: Ball

    init(_ ball: consuming Ball) { self.ball = ball }
}
