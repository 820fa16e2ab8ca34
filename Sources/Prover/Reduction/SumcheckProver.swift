import Circuits
import Field
import ProofSystem

/// The prover's side of one batched sum-check: the tables of its instances, folded round by round.
struct SumcheckProver {
    /// One instance: its tables, and the expression of them that is summed.
    fileprivate struct Running {
        var tables: [[Fr]]
        let expression: SumcheckKernels.Expression
        let degree: Int
        let weight: Fr
        /// The round at which it enters.
        let entry: Int
        /// Its own running claim.
        var claim: Fr
        /// Values at 0, 2, …, degree of the round in progress.
        var message: [Fr] = []
        /// Which tables' last entries are sent.
        let privateTables: Range<Int>
    }

    private var instances: [Running]
    private var round = 0

    init(_ instances: [SumcheckInstance<Fr>], weights: [Fr], witness: Witness) {
        let rounds = instances.map(\.variableCount).max() ?? 0
        self.instances = zip(instances, weights).map { instance, weight in
            let (tables, expression, privateTables) = Self.tables(instance, witness: witness)
            return Running(
                tables: tables, expression: expression, degree: instance.degree, weight: weight,
                entry: rounds - instance.variableCount, claim: instance.claim,
                privateTables: privateTables)
        }
    }

    private static func tables(
        _ instance: SumcheckInstance<Fr>, witness: Witness
    ) -> ([[Fr]], SumcheckKernels.Expression, Range<Int>) {
        switch instance.content {
        case .merge(let tensor, let kernels):
            let cells = witness.paddedCells(tensor).asElements()
            var combined = [Fr](repeating: .zero, count: cells.count)
            for (weight, kernel) in kernels {
                kernel.accumulate(into: &combined, at: 0, weight: weight)
            }
            return ([cells, combined], .product([0, 1]), 0..<1)
        case .einsum(_, let plan, let point):
            let source = EinsumTables(
                plan: plan, point: point.map { $0.map(\.value) }, witness: witness)
            var tables = plan.distinctOperands.map(source.table)
            let operands = 0..<tables.count
            var expression = SumcheckKernels.Expression.product(plan.operandIndices)
            if let factor = source.structuredFactor() {
                expression.factor = tables.count
                tables.append(factor)
            }
            return (tables, expression, operands)
        case .zero(let constraint, let kernel):
            let factors = constraint.distinctFactors
            var tables = factors.map { factor in
                spread(factor, extents: constraint.extents, witness: witness)
            }
            let terms = constraint.terms.map { term in
                (Fr(term.coefficient), term.factors.compactMap(factors.firstIndex(of:)))
            }
            var mask = [Fr](repeating: .zero, count: 1 << instance.variableCount)
            kernel.accumulate(into: &mask, at: 0, weight: .one)
            tables.append(mask)
            return (tables, .init(terms: terms, factor: factors.count), 0..<factors.count)
        }
    }

    /// The factor's padded cells over the constraint's labels, repeated along those it lacks.
    private static func spread(
        _ factor: ZeroConstraint.Factor, extents: [Int], witness: Witness
    ) -> [Fr] {
        let shape = witness.system.shape(factor.tensor)
        let strides = shape.paddedStrides
        let padded = extents.map { 1 << log2Ceiling($0) }
        return witness.paddedCells(factor.tensor).gathered(
            extents: padded,
            strides: extents.indices.map { label in
                factor.labels.firstIndex(of: label).map { strides[$0] } ?? 0
            }, padded: padded
        ).asElements()
    }

    /// The round polynomial at 0, 2, 3, …, degree.
    mutating func message(degree: Int) -> [Fr] {
        var sum = [Fr](repeating: .zero, count: degree)
        for index in instances.indices where instances[index].entry <= round {
            let values = instances[index].roundValues()
            instances[index].message = values
            for (position, point) in ([0] + Array(2...max(2, degree))).prefix(degree).enumerated() {
                // Beyond its own degree an instance's values follow from the others.
                let value =
                    position < values.count
                    ? values[position]
                    : RoundPolynomial.evaluate(values, sum: instances[index].claim, at: Fr(point))
                sum[position] += instances[index].weight * value
            }
        }
        return sum
    }

    mutating func bind(_ challenge: Fr) {
        for index in instances.indices where instances[index].entry <= round {
            instances[index].bind(challenge)
        }
        round += 1
    }

    /// The values of one instance's private factors at its point.
    func factorValues(instance: Int) -> [Fr] {
        instances[instance].privateTables.map { instances[instance].tables[$0][0] }
    }
}

extension SumcheckProver.Running {
    func roundValues() -> [Fr] {
        if expression.factor == nil, expression.terms.count == 1,
            expression.terms[0].tables == [0, 1]
        {
            let (at0, at2) = SumcheckKernels.productRound(tables[0], tables[1])
            return [at0, at2]
        }
        return SumcheckKernels.round(expression, tables.map(CellArray.elements), degree: degree)
    }

    mutating func bind(_ challenge: Fr) {
        claim = RoundPolynomial.evaluate(message, sum: claim, at: challenge)
        for table in tables.indices { FieldKernels.fold(&tables[table], by: challenge) }
    }
}
