/// `ReduceSum` and its kin over constant axes.
enum Reductions {
    static func decomposeSum(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 13, identity: 0) { x, steps throws(ModelError) in
            try sum(x, &steps)
        }
    }

    /// The sum divided by the count.
    static func decomposeMean(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18) { x, steps throws(ModelError) in
            let sum = try sum(x, &steps)
            return try steps.apply(
                "Div", [sum, steps.scalar(Double(x.count), like: sum)], step: "mean")
        }
    }

    static func decomposeSumSquare(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18, identity: 0) { x, steps throws(ModelError) in
            try sumOfSquares(x, &steps)
        }
    }

    /// Σ |x|.
    static func decomposeL1(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18, identity: 0) { x, steps throws(ModelError) in
            var x = x
            x.value = try steps.apply("Abs", [x.value], step: "magnitudes")
            return try sum(x, &steps)
        }
    }

    /// √Σ x².
    static func decomposeL2(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18, identity: 0) { x, steps throws(ModelError) in
            try steps.apply("Sqrt", [sumOfSquares(x, &steps)], step: "root")
        }
    }

    /// ln Σ x.
    static func decomposeLogSum(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18) { x, steps throws(ModelError) in
            try steps.apply("Log", [sum(x, &steps)], step: "logarithm")
        }
    }

    /// m + ln Σ e^(x − m) with m the maximum.
    static func decomposeLogSumExp(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18) { x, steps throws(ModelError) in
            let maximum = try extremum(x, isMinimum: false, &steps)
            let rank = x.value.shape.count
            let aligned = try steps.reshape(
                maximum, to: x.kept.map { x.value.shape[$0] } + x.axes.map { _ in 1 },
                step: "aligned")
            let back = (0..<rank).map { axis in (x.kept + x.axes).firstIndex(of: axis) ?? 0 }
            let shift = try steps.transpose(aligned, back, step: "shift")
            var powers = x
            powers.value = try steps.apply("Sub", [x.value, shift], step: "differences")
            powers.value = try steps.apply("Exp", [powers.value], step: "powers")
            let logarithm = try steps.apply("Log", [sum(powers, &steps)], step: "logarithm")
            return try steps.apply("Add", [logarithm, maximum], step: "sum")
        }
    }

    static func decomposeMax(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(
            &node, &steps, since: 18, identity: extreme(node) { $0.lowerBound }
        ) { x, steps throws(ModelError) in
            try extremum(x, isMinimum: false, &steps)
        }
    }

    static func decomposeMin(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(
            &node, &steps, since: 18, identity: extreme(node) { $0.upperBound }
        ) { x, steps throws(ModelError) in
            try extremum(x, isMinimum: true, &steps)
        }
    }

    /// What the extremum of no integers is: an end of the type's range, false or true. That of no
    /// reals is infinite.
    private static func extreme(
        _ node: NodeReader, _ end: (ClosedRange<Int>) -> Int
    ) throws(ModelError) -> Double? {
        guard let range = try node.type(0).elementType.integerRange else { return nil }
        // The ends of 64-bit types are no doubles.
        return Double(exactly: end(range))
    }

    /// A tree of products of halves.
    static func decomposeProd(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try reduce(&node, &steps, since: 18, identity: 1) { x, steps throws(ModelError) in
            guard x.count <= 64 else {
                throw steps.unsupported(
                    "a product of \(x.count) factors is",
                    advice: "reduce over at most 64, or add logarithms")
            }
            let first = try steps.transpose(x.value, x.axes + x.kept, step: "moved")
            let kept = x.kept.map { x.value.shape[$0] }
            var rest = try steps.reshape(first, to: [x.count] + kept, step: "factors")
            // What an odd count leaves over, the last one first.
            var odd: [Decomposition.Value] = []
            var level = 0
            while rest.shape[0] > 1 {
                let (half, name) = (rest.shape[0] / 2, "level\(level)")
                func part(_ range: Range<Int>) -> [AxisGather.Axis] {
                    [.positions(Array(range))] + kept.map { _ in .all }
                }
                if rest.shape[0] % 2 == 1 {
                    odd.append(
                        try steps.gather(rest, part(2 * half..<2 * half + 1), step: name + "/odd"))
                }
                let (a, b) = (
                    try steps.gather(rest, part(0..<half), step: name + "/left"),
                    try steps.gather(rest, part(half..<2 * half), step: name + "/right")
                )
                rest = try steps.apply("Mul", [a, b], step: name)
                level += 1
            }
            for (index, factor) in odd.enumerated() {
                rest = try steps.apply("Mul", [rest, factor], step: "odd\(index)")
            }
            return try steps.reshape(rest, to: kept, step: "product")
        }
    }
}

// MARK: - Common

extension Reductions {
    /// What is reduced over which axes.
    struct Operand {
        var value: Decomposition.Value
        let axes: [Int]

        var kept: [Int] { value.shape.indices.filter { !axes.contains($0) } }
        /// How many elements one result is made of.
        var count: Int { axes.map { value.shape[$0] }.saturatingProduct }
    }

    /// Reads axes and flags; the reduction itself drops the axes.
    ///
    /// - Parameters:
    ///   - opset: Where axes became an operand and noop_with_empty_axes appeared.
    ///   - identity: What a reduction of nothing gives.
    private static func reduce(
        _ node: inout NodeReader, _ steps: inout Decomposition, since opset: Int,
        identity: Double? = nil,
        by reduction: (Operand, inout Decomposition) throws(ModelError) -> Decomposition.Value
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: node.opset < opset ? 1...1 : 1...2)
        let x = try steps.operand(0)
        var list: [Int]?
        var isIdentity = false
        if node.opset < opset {
            list = try node.ints("axes")
        } else {
            if node.has(1) { list = try node.integers(1, role: "axes") }
            isIdentity = try node.flag("noop_with_empty_axes")
        }
        let keepsAxes = try node.flag("keepdims", default: true)
        let given = list ?? []
        let axes =
            given.isEmpty
            ? (isIdentity ? [] : Array(x.shape.indices))
            : try node.axes(given, rank: x.shape.count).sorted()
        let shape = x.shape.indices.filter { keepsAxes || !axes.contains($0) }.map {
            axes.contains($0) ? 1 : x.shape[$0]
        }
        if x.shape.contains(0) {
            guard let identity else {
                throw node.unsupported(
                    "a reduction of nothing is", advice: "use positive extents")
            }
            let count = try steps.reserved(shape)
            let values = [Double](repeating: identity, count: count)
            return [
                steps.constant(
                    x.type.elementType.isFloat
                        ? .float(FloatTensor(shape: shape, values: values))
                        : .int(IntTensor(shape: shape, values: values.map { Int($0) })),
                    x.type.elementType)
            ]
        }
        let reduced = try reduction(Operand(value: x, axes: axes), &steps)
        return [try steps.reshape(reduced, to: shape, step: "axes")]
    }

    static func sum(
        _ x: Operand, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        guard !x.axes.isEmpty else { return x.value }
        let sum = EinsteinSum(
            operands: [Array(x.value.shape.indices)], output: x.kept, extents: x.value.shape)
        return try steps.add(sum, to: [x.value], shape: sum.shape, step: "sum")
    }

    private static func sumOfSquares(
        _ x: Operand, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        let labels = Array(x.value.shape.indices)
        let sum = EinsteinSum(
            operands: [labels, labels], output: x.kept, extents: x.value.shape)
        return try steps.add(sum, to: [x.value, x.value], shape: sum.shape, step: "squares")
    }

    static func extremum(
        _ x: Operand, isMinimum: Bool, _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        guard !x.axes.isEmpty else { return x.value }
        let shape = x.kept.map { x.value.shape[$0] }
        return try steps.add(
            AxisExtremum(axes: x.axes, isMinimum: isMinimum), to: [x.value], shape: shape,
            step: isMinimum ? "minimum" : "maximum")
    }
}

extension Decomposition {
    func unsupported(_ what: String, advice: String) -> ModelError {
        .unsupported(reference, what: what, advice: advice)
    }

    /// A number of the element type of another value.
    mutating func scalar(_ number: Double, like x: Value) -> Value {
        guard !x.type.elementType.isFloat else {
            return constant(.float(FloatTensor(shape: [], values: [number])), x.type.elementType)
        }
        return constant(.int(IntTensor(shape: [], values: [Int(number)])), x.type.elementType)
    }
}
