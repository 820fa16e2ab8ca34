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

    public var turningPoints: [Double]? { nil }
    public var endsAtCalibratedRange: Bool { true }
}

/// A ball in an array, which move-only values cannot be.
private final class SharedBall {
    let ball: Ball

    init(_ ball: consuming Ball) { self.ball = ball }
}
