import Circuits
import Field
import ProofSystem

/// The tables of one sum-check instance, and the expression of them that is summed.
struct InstanceTables {
    /// Over the instance's remaining variables.
    private var tables: [CellArray]
    private let expression: SumcheckKernels.Expression
    /// How many of the tables, from the first, the verifier does not know.
    private let privateCount: Int
    /// The round in progress, where the last fold has summed it.
    private var values: (at0: Fr, at2: Fr)?

    init(_ instance: SumcheckInstance<Fr>, witness: Witness) {
        privateCount = instance.privateCount
        switch instance.content {
        case .merge(let tensor, let kernels):
            var combined = [Fr](repeating: .zero, count: 1 << instance.variableCount)
            for (weight, kernel) in kernels {
                kernel.accumulate(into: &combined, at: 0, weight: weight)
            }
            tables = [witness.paddedCells(tensor), .elements(combined)]
            expression = .product([0, 1])
        case .einsum(_, let plan, let point):
            let source = EinsumTables(
                plan: plan, point: point.map { $0.map(\.value) }, witness: witness)
            tables = plan.distinctOperands.map(source.table)
            var expression = SumcheckKernels.Expression.product(plan.operandIndices)
            if let factor = source.structuredFactor() {
                expression.factor = tables.count
                tables.append(.elements(factor))
            }
            self.expression = expression
        case .zero(let constraint, let kernel):
            let factors = constraint.distinctFactors
            tables = factors.map { factor in
                Self.spread(factor, extents: constraint.extents, witness: witness)
            }
            let terms = constraint.terms.map { term in
                (Fr(term.coefficient), term.factors.compactMap(factors.firstIndex(of:)))
            }
            var mask = [Fr](repeating: .zero, count: 1 << instance.variableCount)
            kernel.accumulate(into: &mask, at: 0, weight: .one)
            expression = .init(terms: terms, factor: tables.count)
            tables.append(.elements(mask))
        }
    }

    /// The factor's padded cells over the constraint's labels, repeated along those it lacks.
    private static func spread(
        _ factor: ZeroConstraint.Factor, extents: [Int], witness: Witness
    ) -> CellArray {
        let strides = witness.system.shape(factor.tensor).paddedStrides
        let padded = extents.map { 1 << log2Ceiling($0) }
        return witness.paddedCells(factor.tensor).gathered(
            extents: padded,
            strides: extents.indices.map { label in
                factor.labels.firstIndex(of: label).map { strides[$0] } ?? 0
            }, padded: padded)
    }

    private var isProductOfTwo: Bool {
        expression.factor == nil && expression.terms.count == 1
            && expression.terms[0].tables == [0, 1]
    }

    /// The round polynomial at 0, 2, 3, …, degree.
    func roundValues(degree: Int) -> [Fr] {
        if let values { return [values.at0, values.at2] }
        if isProductOfTwo {
            switch (tables[0], tables[1]) {
            case (.elements(let a), .elements(let b)):
                let (at0, at2) = SumcheckKernels.productRound(a, b)
                return [at0, at2]
            case (.integers(let a), .elements(let b)), (.elements(let b), .integers(let a)):
                let (at0, at2) = SumcheckKernels.productRound(a, b)
                return [at0, at2]
            case (.integers, .integers): break
            }
        }
        return SumcheckKernels.round(expression, tables, degree: degree)
    }

    mutating func fold(by challenge: Fr) {
        values = nil
        if isProductOfTwo, tables[0].count >= 4, case .elements(var a) = tables[0],
            case .elements(var b) = tables[1]
        {
            tables.removeAll()
            values = a.withUnsafeMutableBufferPointer { a in
                b.withUnsafeMutableBufferPointer { b in
                    SumcheckKernels.foldThenProductRound(a, b, by: challenge)
                }
            }
            a.removeLast(a.count / 2)
            b.removeLast(b.count / 2)
            tables = [.elements(a), .elements(b)]
            return
        }
        for index in tables.indices { tables[index].fold(by: challenge) }
    }

    /// What is left of the private tables when no variable is.
    var privateValues: [Fr] { tables[..<privateCount].map { $0.asElements()[0] } }
}
