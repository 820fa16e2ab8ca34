// Advice about positions along an axis: selections, one-hot tensors.

extension AdviceEvaluation {
    /// 1 before the first cell along an axis that is 0, else 0; 0 everywhere in a row without one.
    static func beforeFirstZero(_ cells: [Int64], shape: TensorShape, axis: Int) -> [Int64] {
        marked(cells, shape: shape, axis: axis, backwards: false)
    }

    /// 1 after the last cell along an axis that is 0, else 0; 0 everywhere in a row without one.
    static func afterLastZero(_ cells: [Int64], shape: TensorShape, axis: Int) -> [Int64] {
        marked(cells, shape: shape, axis: axis, backwards: true)
    }

    private static func marked(
        _ cells: [Int64], shape: TensorShape, axis: Int, backwards: Bool
    ) -> [Int64] {
        let length = shape.extents[axis]
        let stride = shape.strides[axis]
        var marks = [Int64](repeating: 0, count: cells.count)
        for block in Swift.stride(from: 0, to: cells.count, by: length * stride) {
            for start in block..<block + stride {
                let positions = (0..<length).lazy.map {
                    start + (backwards ? length - 1 - $0 : $0) * stride
                }
                guard let end = positions.firstIndex(where: { cells[$0] == 0 }) else { continue }
                for position in positions[..<end] { marks[position] = 1 }
            }
        }
        return marks
    }

    /// Along a new last axis: 1 at the positions below (cell / divisor) mod count.
    ///
    /// - Precondition: No cell is negative.
    static func thermometer(_ cells: [Int64], divisor: Int, count: Int) -> [Int64] {
        var steps = [Int64](repeating: 0, count: cells.count * count)
        for (index, cell) in cells.enumerated() {
            let digit = Int(cell) / divisor % count
            for position in 0..<digit { steps[index * count + position] = 1 }
        }
        return steps
    }
}
