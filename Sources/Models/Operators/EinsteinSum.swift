/// out[output labels] = Σ over the other labels of the product of one or two operands: what
/// `Einsum`, `ReduceSum` and all constant linear maps that are no convolution come to.
///
/// Evaluated as a sum over the labels that the output lacks, the last one fastest, ascending.
/// Integers are exact, overflow is refused.
public struct EinsteinSum: Operator, Equatable {
    /// The label of each axis of each operand, within one operand all different. An axis of extent 1
    /// is broadcast. With two operands, a label that the output lacks is one of both.
    public let operands: [[Int]]
    /// All different, each of them an operand's.
    public let output: [Int]
    /// By label.
    public let extents: [Int]

    /// The labels that are summed over.
    var summed: [Int] {
        extents.indices.filter { label in
            !output.contains(label) && operands.contains { $0.contains(label) }
        }
    }

    var shape: [Int] { output.map { extents[$0] } }

    /// How many products one element of the result sums.
    var depth: Int { summed.map { extents[$0] }.saturatingProduct }

    public func operationCount(operands: [ValueType], results: [ValueType]) -> Int {
        shape.saturatingProduct.saturatingProduct(depth)
    }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        switch operands[0] {
        case .float(let first):
            var lists = [first.values]
            if operands.count > 1, case .float(let second) = operands[1] {
                lists.append(second.values)
            }
            let values = try sums(lists, shapes: operands.map(\.shape), zero: 0.0) {
                (sum, a, b) throws(EvaluationError) in
                sum + a * b
            } single: { (sum, a) throws(EvaluationError) in
                sum + a
            }
            return [.float(FloatTensor(shape: shape, values: values))]
        case .int(let first):
            var lists = [first.values]
            if operands.count > 1, case .int(let second) = operands[1] {
                lists.append(second.values)
            }
            let values = try sums(lists, shapes: operands.map(\.shape), zero: 0) {
                (sum, a, b) throws(EvaluationError) in
                let (product, overflow) = a.multipliedReportingOverflow(by: b)
                let (result, overflows) = sum.addingReportingOverflow(product)
                guard !overflow, !overflows else { throw .integerOverflow }
                return result
            } single: { (sum, a) throws(EvaluationError) in
                let (result, overflow) = sum.addingReportingOverflow(a)
                guard !overflow else { throw .integerOverflow }
                return result
            }
            if let range = results[0].elementType.integerRange {
                guard values.allSatisfy(range.contains) else { throw .integerOverflow }
            }
            return [.int(IntTensor(shape: shape, values: values))]
        }
    }

    @inline(__always)
    private func sums<Element>(
        _ lists: [[Element]], shapes: [[Int]], zero: Element,
        _ step: (Element, Element, Element) throws(EvaluationError) -> Element,
        single: (Element, Element) throws(EvaluationError) -> Element
    ) throws(EvaluationError) -> [Element] {
        let inner = summed
        var result: [Element] = []
        result.reserveCapacity(shape.reduce(1, *))
        var outer = LabelWalk(output, of: self, shapes: shapes)
        var walk = LabelWalk(inner.dropLast(), of: self, shapes: shapes)
        // The last label's loop is written out: nearly all the time goes there.
        let last = LabelWalk(inner.suffix(1), of: self, shapes: shapes)
        let (count, strides) = (last.count, last.strides.first ?? shapes.map { _ in 0 })
        for _ in 0..<outer.count {
            var sum = zero
            for _ in 0..<walk.count {
                var first = outer.positions[0] + walk.positions[0]
                if lists.count > 1 {
                    var second = outer.positions[1] + walk.positions[1]
                    for _ in 0..<count {
                        sum = try step(sum, lists[0][first], lists[1][second])
                        first += strides[0]
                        second += strides[1]
                    }
                } else {
                    for _ in 0..<count {
                        sum = try single(sum, lists[0][first])
                        first += strides[0]
                    }
                }
                walk.advance()
            }
            result.append(sum)
            outer.advance()
        }
        return result
    }
}

/// The operands' positions while some labels run through all their values, the last one fastest.
private struct LabelWalk {
    /// One an operand.
    private(set) var positions: [Int]
    let count: Int
    /// By label, then operand.
    let strides: [[Int]]
    private let extents: [Int]
    private var index: [Int]

    init(_ labels: some Collection<Int>, of sum: EinsteinSum, shapes: [[Int]]) {
        extents = labels.map { sum.extents[$0] }
        count = extents.reduce(1, *)
        strides = labels.map { label in
            zip(sum.operands, shapes).map { axes, shape in
                guard let axis = axes.firstIndex(of: label), shape[axis] > 1 else { return 0 }
                return Shape.strides(shape)[axis]
            }
        }
        positions = shapes.map { _ in 0 }
        index = labels.map { _ in 0 }
    }

    /// From the last place back to the first.
    mutating func advance() {
        for place in extents.indices.reversed() {
            index[place] += 1
            let isLast = index[place] == extents[place]
            for operand in positions.indices {
                let stride = strides[place][operand]
                positions[operand] += isLast ? -stride * (extents[place] - 1) : stride
            }
            if !isLast { return }
            index[place] = 0
        }
    }
}
