import Circuits
import Field

/// How an einsum's claim at a point becomes one sum-check (Thaler 2013, section 4, generalised).
///
/// Labels of one operand only that are in the output are fixed at the point. Labels shared by
/// operands, and summed labels, are variables: shared output labels in output order, then summed
/// labels in order of first occurrence. A shared output label carries eq, a summed label whose
/// extent is no power of two carries lt.
public struct EinsumPlan: Sendable {
    public let einsum: Einsum<TensorID>
    /// The labels that are variables, in order.
    public let variables: [Label]
    /// How many of them are shared output labels, with an eq factor each; the rest are summed.
    public let sharedCount: Int
    /// Operands without repetition.
    public let distinctOperands: [Operand<TensorID>]
    /// For each operand its place among the distinct ones.
    public let operandIndices: [Int]

    public init(_ einsum: Einsum<TensorID>) {
        self.einsum = einsum
        var distinct: [Operand<TensorID>] = []
        var indices: [Int] = []
        for operand in einsum.operands {
            if let index = distinct.firstIndex(of: operand) {
                indices.append(index)
            } else {
                indices.append(distinct.count)
                distinct.append(operand)
            }
        }
        distinctOperands = distinct
        operandIndices = indices
        let shared = einsum.output.filter { label in
            einsum.operands.count { $0.labels.contains(label) } > 1
        }
        var summed: [Label] = []
        for label in einsum.operands.flatMap(\.labels)
        where !einsum.output.contains(label) && !summed.contains(label) {
            summed.append(label)
        }
        variables = shared + summed
        sharedCount = shared.count
    }

    public var variableExtents: [Int] { variables.map { einsum.extents[$0] } }
    public var variableCount: Int { variableExtents.reduce(0) { $0 + log2Ceiling($1) } }

    /// Whether the label's factor is not the constant 1.
    public func hasFactor(variable index: Int) -> Bool {
        let extent = einsum.extents[variables[index]]
        return index < sharedCount ? extent > 1 : extent & (extent - 1) != 0
    }

    public var hasStructuredFactor: Bool { variables.indices.contains(where: hasFactor) }

    public var degree: Int { einsum.operands.count + (hasStructuredFactor ? 1 : 0) }

    /// Product of eq and lt factors at `z`.
    func structuredFactor<Scalar>(point: [Point<Scalar>], at z: Point<Scalar>) -> Scalar {
        let coordinates = z.split(variableExtents.map(log2Ceiling))
        var product = Scalar.one
        for (index, label) in variables.enumerated() where hasFactor(variable: index) {
            let at: [Scalar] = coordinates[index].values()
            if index < sharedCount {
                product *= StructuredPolynomials.eq(
                    outputPoint(point, label).values(), at)
            } else {
                product *= StructuredPolynomials.lessThan(einsum.extents[label], at)
            }
        }
        return product
    }

    /// The output's point at one of its labels.
    public func outputPoint<Scalar>(_ point: [Point<Scalar>], _ label: Label) -> Point<Scalar> {
        zip(einsum.output, point).first { $0.0 == label }?.1 ?? []
    }

    /// The point of every label once the variables are bound to `z`.
    func labelPoints<Scalar>(output: [Point<Scalar>], at z: Point<Scalar>) -> [Point<Scalar>] {
        var points = [Point<Scalar>](repeating: [], count: einsum.extents.count)
        for (label, coordinates) in zip(einsum.output, output) { points[label] = coordinates }
        let bound = z.split(variableExtents.map(log2Ceiling))
        for (label, coordinates) in zip(variables, bound) { points[label] = coordinates }
        return points
    }
}
