/// How much memory and time the constants of a model may take to compute.
///
/// A file of a hundred bytes can ask for a constant of any size; honest models compute little from
/// their constants. What is allowed grows with the initialisers that are really there.
struct FoldingBudget {
    private var elements = 1 << 22
    private var operations = 1 << 28

    mutating func allow(elements count: Int) {
        elements += 4 * count
        operations += 256 * count
    }

    /// Accounts for what an operation keeps.
    mutating func spend(parameters count: Int) throws(EvaluationError) {
        guard count <= elements else { throw .tooLarge }
        elements -= count
    }

    /// - Throws: ``EvaluationError/tooLarge`` before anything is computed.
    mutating func spend(
        _ operation: any Operator, operands: [ValueType], results: [ValueType]
    ) throws(EvaluationError) {
        for type in results {
            guard let count = Shape.elementCount(type.shape), count <= elements else {
                throw .tooLarge
            }
            elements -= count
        }
        let count = operation.operationCount(operands: operands, results: results)
        guard count <= operations else { throw .tooLarge }
        operations -= count
    }
}
