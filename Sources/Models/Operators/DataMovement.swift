/// An operation whose result consists of elements of its one operand, put in other places.
public protocol DataMovement: Operator {
    /// Where each element of the result comes from.
    func indexMap(operand: [Int]) -> IndexMap
    /// The element where the map says padding.
    var padding: Double { get }
}

extension DataMovement {
    public var padding: Double { 0 }

    public func evaluate(
        _ operands: [Tensor], results: [ValueType]
    ) throws(EvaluationError) -> [Tensor] {
        let map = indexMap(operand: operands[0].shape)
        let shape = results[0].shape
        switch operands[0] {
        case .float(let tensor):
            let values = map.gather(tensor.values, padding: padding)
            return [.float(FloatTensor(shape: shape, values: values))]
        case .int(let tensor):
            guard let padding = Int(exactly: padding) else { throw .integerOverflow }
            let values = map.gather(tensor.values, padding: padding)
            return [.int(IntTensor(shape: shape, values: values))]
        }
    }
}

/// A map from result to operand that treats each axis on its own.
///
/// Element (i_0, i_1, …) of the result is element Σ_a offsets[a][i_a] of the operand's row-major
/// values, or padding where any of the offsets is ``padding``. As a matrix the map is the tensor
/// product of one 0/1 matrix an axis. The result's shape is the list of the tables' counts, up to
/// axes that are written as one.
public struct IndexMap: Sendable, Equatable {
    public static let padding = -1
    public let offsets: [[Int]]

    /// Σ offsets in row-major order of the result; ``padding`` for padding.
    public var sources: [Int] {
        var sources = [0]
        for table in offsets {
            sources = sources.flatMap { source in
                table.map { source < 0 || $0 < 0 ? IndexMap.padding : source + $0 }
            }
        }
        return sources
    }

    /// The result's elements.
    func gather<Element>(_ values: [Element], padding: Element) -> [Element] {
        guard let last = offsets.last else { return values }
        let outer = IndexMap(offsets: offsets.dropLast()).sources
        var result: [Element] = []
        result.reserveCapacity(outer.count * last.count)
        for base in outer {
            for offset in last {
                result.append(base < 0 || offset < 0 ? padding : values[base + offset])
            }
        }
        return result
    }
}
