/// (x − mean) / √(variance + epsilon) over rows that run along some axes, or x / √(mean of x² +
/// epsilon): the core of LayerNormalization, RMSNormalization and their kin.
///
/// Sums in ascending order; the variance is the mean of squared differences from the mean.
public struct Normalization: FloatOperator, Equatable {
    /// Ascending, at least one.
    public let axes: [Int]
    public let epsilon: Double
    /// Whether the mean is taken away first.
    public let isCentred: Bool

    public func evaluate(_ operands: [FloatTensor], shape: [Int]) -> FloatTensor {
        var values = operands[0].values
        for row in RowCells(shape, along: axes) {
            let count = Double(row.count)
            if isCentred {
                let mean = row.reduce(0) { $0 + values[$1] } / count
                for cell in row { values[cell] -= mean }
            }
            let variance = row.reduce(0) { $0 + values[$1] * values[$1] } / count
            let deviation = (variance + epsilon).squareRoot()
            // A row of zeros stays one where epsilon is 0.
            for cell in row { values[cell] = deviation > 0 ? values[cell] / deviation : 0 }
        }
        return FloatTensor(shape: shape, values: values)
    }
}
