/// How far outputs are from those of a reference, usually the float model.
public struct Agreement: Sendable, Equatable {
    public var maxAbsError: Double
    public var meanAbsError: Double
    /// Rows compared, and those among them whose largest value stands in the same place. A row
    /// runs along the last axis and has several values; ties go to the lowest index.
    public var rowCount: Int
    public var agreeingRowCount: Int
    /// Positions of the rows that disagree, counted over all samples; at most 100 of them.
    public var disagreements: [Int]

    /// Compares tensors of equal shapes.
    ///
    /// - Parameters:
    ///   - actual: Outputs, in any order.
    ///   - expected: The reference's, in the same order and the same shapes.
    /// - Precondition: Shapes and counts agree, and there is at least one value.
    public init(of actual: [TensorData], with expected: [TensorData]) {
        precondition(actual.map(\.shape) == expected.map(\.shape), "shapes differ")
        var count = 0
        var sum = 0.0
        var largest = 0.0
        var rows = 0
        var agreeing = 0
        var differing: [Int] = []
        for (a, e) in zip(actual, expected) {
            let (a, e, width) = (a.doubles, e.doubles, a.shape.last ?? 1)
            for (x, y) in zip(a, e) {
                largest = max(largest, abs(x - y))
                sum += abs(x - y)
            }
            count += a.count
            guard width > 1 else { continue }
            for start in stride(from: 0, to: a.count, by: width) {
                let same = Self.top(a, start, width) == Self.top(e, start, width)
                if same {
                    agreeing += 1
                } else if differing.count < 100 {
                    differing.append(rows)
                }
                rows += 1
            }
        }
        precondition(count > 0, "nothing to compare")
        maxAbsError = largest
        meanAbsError = sum / Double(count)
        rowCount = rows
        agreeingRowCount = agreeing
        disagreements = differing
    }

    private static func top(_ values: [Double], _ start: Int, _ width: Int) -> Int {
        var best = start
        for i in start..<start + width where values[i] > values[best] { best = i }
        return best - start
    }

    /// The share of rows that agree; nil where there is none.
    public var topClassAgreement: Double? {
        rowCount > 0 ? Double(agreeingRowCount) / Double(rowCount) : nil
    }

    public var json: JSONValue {
        [
            "maxAbsError": .number(maxAbsError), "meanAbsError": .number(meanAbsError),
            "topClassAgreement": topClassAgreement.map(JSONValue.number) ?? .null,
            "rows": .integer(rowCount), "agreeingRows": .integer(agreeingRowCount),
            "disagreements": .array(disagreements.map { .integer($0) }),
        ]
    }

    public var text: String {
        let share = rowCount > 0 ? ", top class agrees on \(agreeingRowCount) of \(rowCount)" : ""
        return "largest error \(humanNumber(maxAbsError, digits: 3)), "
            + "mean \(humanNumber(meanAbsError, digits: 3))\(share)"
    }
}
