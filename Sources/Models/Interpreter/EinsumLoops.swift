import Circuits

/// An einsum as nested loops over its labels, prepared once for given shapes.
///
/// Every loop runs over the values that keep all indices inside their axes, as far as the labels
/// of the loops around it decide; the last label of an axis decides exactly, so the innermost loop
/// tests nothing. Labels of extent 1 have no loop. One multiply-add a label combination, no copy
/// of an operand.
struct EinsumLoops: Sendable {
    struct Loop: Sendable {
        var extent: Int
        /// How far one step moves in the output and in each operand; 0 for operands there are not.
        var outputStep: Int
        var steps: (Int, Int, Int)
        /// Which entries of `bounds` limit this loop.
        var firstBound: Int
        var endBound: Int
        /// Operands that move here and no further in.
        var completed: (Bool, Bool, Bool)
    }

    /// low ≤ position + coefficient · label ≤ high, position being an axis's index as far as the
    /// loops around have fixed it.
    struct Bound: Sendable {
        var position: Int
        var coefficient: Int
        var low: Int
        var high: Int
    }

    let outputCellCount: Int
    /// Outermost first.
    private(set) var loops: [Loop] = []
    /// The operands, those that the innermost loop moves first.
    let operandOrder: [Int]
    /// How many those are.
    let movingCount: Int
    private(set) var bounds: [Bound] = []
    /// The indices of bounded axes where all labels are 0.
    private(set) var positions: [Int] = []
    /// For each operand, in that order, the offset of the cell where all labels are 0; it may lie
    /// outside.
    let starts: [Int]
    /// How many operands no loop moves.
    let constantCount: Int
    /// An index that no label moves lies outside: the result is 0.
    private(set) var isZero = false
    /// Whether the range of the innermost loop is the same for every value of the loop around it.
    private(set) var isBlock = false
    /// No output cell is a sum of more products than this.
    let productCount: Int

    /// - Parameter shapes: Of each operand's source.
    init<Source>(_ einsum: Einsum<Source>, shapes: [TensorShape]) {
        let extents = einsum.extents
        let outputExtents = einsum.output.map { extents[$0] }
        outputCellCount = outputExtents.reduce(1, *)
        productCount = extents.indices.reduce(1) {
            einsum.output.contains($1) ? $0 : $0 * extents[$1]
        }
        var outputSteps = [Int](repeating: 0, count: extents.count)
        for (label, stride) in zip(einsum.output, rowMajorStrides(outputExtents)) {
            outputSteps[label] = stride
        }
        var steps: [[Int]] = []
        var starts: [Int] = []
        for (operand, shape) in zip(einsum.operands, shapes) {
            var operandSteps = [Int](repeating: 0, count: extents.count)
            var start = 0
            for (axis, stride) in zip(operand.axes, shape.strides) {
                start &+= axis.offset &* stride
                for term in axis.terms { operandSteps[term.label] = term.coefficient &* stride }
            }
            steps.append(operandSteps)
            starts.append(start)
        }
        let order = Self.order(
            extents: extents, outputSteps: outputSteps, operandSteps: steps,
            outputCells: outputCellCount, operandCells: shapes.map(\.cellCount))
        // How many loops there are up to the last one that moves each operand.
        let depths = steps.map { steps in (order.lastIndex { steps[$0] != 0 } ?? -1) + 1 }
        let operandOrder = depths.indices.sorted { (depths[$1], $0) < (depths[$0], $1) }
        self.operandOrder = operandOrder
        self.starts = operandOrder.map { starts[$0] }
        movingCount = order.isEmpty ? 0 : depths.count { $0 == order.count }
        constantCount = depths.count { $0 == 0 }
        for (index, label) in order.enumerated() {
            func step(_ place: Int) -> Int {
                place < operandOrder.count ? steps[operandOrder[place]][label] : 0
            }
            func isCompleted(_ place: Int) -> Bool {
                place < operandOrder.count && depths[operandOrder[place]] == index + 1
            }
            loops.append(
                Loop(
                    extent: extents[label], outputStep: outputSteps[label],
                    steps: (step(0), step(1), step(2)), firstBound: 0, endBound: 0,
                    completed: (isCompleted(0), isCompleted(1), isCompleted(2))))
        }
        addBounds(einsum, shapes: shapes, order: order)
    }

    private mutating func addBounds<Source>(
        _ einsum: Einsum<Source>, shapes: [TensorShape], order: [Label]
    ) {
        var boundsOfLoop = [[Bound]](repeating: [], count: order.count)
        for (operand, shape) in zip(einsum.operands, shapes) {
            for (axis, extent) in zip(operand.axes, shape.extents) {
                // (loop, coefficient), outermost first.
                let terms = axis.terms.compactMap { term in
                    order.firstIndex(of: term.label).map { (loop: $0, term.coefficient) }
                }.sorted { $0.loop < $1.loop }
                // What the loops further in can add to the index.
                var least = 0
                var most = 0
                var pending: [(loop: Int, bound: Bound)] = []
                for (loop, coefficient) in terms.reversed() {
                    pending.append(
                        (
                            loop,
                            Bound(
                                position: positions.count, coefficient: coefficient,
                                low: -most, high: extent - 1 - least)
                        ))
                    let reach = coefficient * (loops[loop].extent - 1)
                    least += min(reach, 0)
                    most += max(reach, 0)
                }
                if axis.offset + least >= 0, axis.offset + most < extent { continue }
                if terms.isEmpty { isZero = true }
                for (loop, bound) in pending { boundsOfLoop[loop].append(bound) }
                positions.append(axis.offset)
            }
        }
        for (loop, own) in boundsOfLoop.enumerated() {
            loops[loop].firstBound = bounds.count
            bounds += own
            loops[loop].endBound = bounds.count
        }
        if boundsOfLoop.count > 1 {
            let inner = boundsOfLoop[boundsOfLoop.count - 1].map(\.position)
            isBlock = boundsOfLoop[boundsOfLoop.count - 2].allSatisfy {
                !inner.contains($0.position)
            }
        }
    }
}

extension EinsumLoops {
    /// The labels of extent above 1, outermost first.
    ///
    /// Innermost is the label whose steps cost least; of the others, those go outside for which
    /// least has to be read again: a loop runs through every tensor that lacks its label.
    private static func order(
        extents: [Int], outputSteps: [Int], operandSteps: [[Int]], outputCells: Int,
        operandCells: [Int]
    ) -> [Label] {
        let labels = extents.indices.filter { extents[$0] > 1 }
        let innermost = labels.min {
            innerCost($0, extents, outputSteps, operandSteps)
                < innerCost($1, extents, outputSteps, operandSteps)
        }
        guard let innermost else { return [] }
        func readAgain(_ label: Label) -> Int {
            var cells = outputSteps[label] == 0 ? outputCells : 0
            for (steps, count) in zip(operandSteps, operandCells) where steps[label] == 0 {
                cells += count
            }
            return cells
        }
        func reach(_ label: Label) -> Int {
            operandSteps.reduce(outputSteps[label]) { max($0, abs($1[label])) }
        }
        let outer = labels.filter { $0 != innermost }.sorted {
            (readAgain($0), -reach($0), $0) < (readAgain($1), -reach($1), $1)
        }
        return outer + [innermost]
    }

    /// A guess at the time of one step, in units of a contiguous load, with the loop's own
    /// overhead shared out.
    private static func innerCost(
        _ label: Label, _ extents: [Int], _ outputSteps: [Int], _ operandSteps: [[Int]]
    ) -> Double {
        func access(_ step: Int) -> Double {
            switch abs(step) {
            case 0: 0
            case 1: 1
            case ..<8: 1.5
            default: 4
            }
        }
        let loads = operandSteps.reduce(0) { $0 + access($1[label]) }
        return loads + 2 * access(outputSteps[label]) + 15 / Double(extents[label])
    }
}
