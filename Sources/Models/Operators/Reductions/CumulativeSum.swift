/// `CumSum`: sums of what lies before each place of an axis; a sum with a constant triangle, exact.
enum CumulativeSum {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 2...2)
        let x = try steps.operand(0)
        let list = try node.integers(1, role: "axis")
        guard let value = list.first, list.count == 1 else {
            throw node.mismatch(expected: "one axis", actual: "\(list)")
        }
        let axis = try node.axis(value, bound: x.shape.count, name: "axis")
        let isExclusive = try node.flag("exclusive")
        let isReversed = try node.flag("reverse")
        let isTerm = try steps.zeroOne([x.shape[axis], x.shape[axis]], like: x) {
            let distance = isReversed ? $0[1] - $0[0] : $0[0] - $0[1]
            return isExclusive ? distance > 0 : distance >= 0
        }
        let rank = x.shape.count
        var labels = Array(0..<rank)
        labels[axis] = rank
        let sum = EinsteinSum(
            operands: [[axis, rank], labels], output: Array(0..<rank),
            extents: x.shape + [x.shape[axis]])
        return [try steps.add(sum, to: [isTerm, x], shape: x.shape, step: "sums")]
    }
}
