/// The output Indices of `MaxPool`: where in [n, c, d…] each window's maximum is, the first one of
/// several, as a place among all elements.
public struct PoolPositions: Operator, Equatable {
    public let window: Window
    /// Whether places in a plane are counted with its first axis the fastest, not the last.
    public let isColumnMajor: Bool

    public var parameterCount: Int {
        window.outputShape.saturatingProduct.saturatingProduct(window.tapCount)
    }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        results[0].shape.saturatingProduct.saturatingProduct(window.tapCount)
    }

    /// For each window of a plane and each of its taps, row-major, where in the plane it is; nil for
    /// padding.
    func places() -> [Int?] {
        let extents = window.axes.map(\.input)
        let strides =
            isColumnMajor
            ? Array(Shape.strides(extents.reversed()).reversed()) : Shape.strides(extents)
        return window.places(strides: strides)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let (values, shape) = (operands[0].reals, results[0].shape)
        let plane = window.axes.map(\.input).reduce(1, *)
        let sources = window.places(strides: Shape.strides(window.axes.map(\.input)))
        let places = places()
        let taps = window.tapCount
        var positions: [Int] = []
        positions.reserveCapacity(shape.reduce(1, *))
        for base in stride(from: 0, to: values.count, by: plane) {
            for first in stride(from: 0, to: sources.count, by: taps) {
                var best: (value: Double, place: Int)?
                for tap in first..<first + taps {
                    guard let source = sources[tap], let place = places[tap] else { continue }
                    let value = values[base + source]
                    if best.map({ value > $0.value }) ?? true { best = (value, place) }
                }
                guard let best else { throw .indexOutOfRange }
                positions.append(base + best.place)
            }
        }
        return [.int(IntTensor(shape: shape, values: positions))]
    }
}

extension Window {
    /// Σ stride · position for each window and tap, row-major; nil for padding.
    fileprivate func places(strides: [Int]) -> [Int?] {
        let (outputs, kernels) = (axes.map(\.output), axes.map(\.kernel))
        let (outer, inner) = (Shape.strides(outputs), Shape.strides(kernels))
        let count = outputs.reduce(1, *)
        return (0..<count * tapCount).map { index in
            let (window, tap) = (index / tapCount, index % tapCount)
            var place = 0
            for (number, axis) in axes.enumerated() {
                let position = axis.position(
                    window: window / outer[number] % axis.output,
                    tap: tap / inner[number] % axis.kernel)
                guard (0..<axis.input).contains(position) else { return nil }
                place += position * strides[number]
            }
            return place
        }
    }
}
