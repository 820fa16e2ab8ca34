import Circuits
import Field
import ProofSystem

extension Kernel<Fr> {
    /// Adds weight · K over all padded cells to a block of `accumulator` starting at `offset`.
    ///
    /// One multiplication a cell of the block.
    func accumulate(into accumulator: inout [Fr], at offset: Int, weight: Fr) {
        guard let last = factors.last else {
            accumulator[offset] += weight
            return
        }
        var rows = [Fr.one]
        for factor in factors.dropLast() { rows = outerProduct(rows, factor.paddedVector()) }
        addOuterProduct(rows, last.paddedVector(), weight: weight, to: &accumulator, at: offset)
    }
}

extension Kernel<Fr> {
    /// K on all padded cells.
    func paddedVector() -> [Fr] {
        factors.reduce([.one]) { outerProduct($0, $1.paddedVector()) }
    }

    /// The kernels on a tensor's first variables and on its last ones whose product this is; nil
    /// where a factor is no such product.
    func cut(columnVariables: Int) -> (rows: Kernel<Fr>, columns: Kernel<Fr>)? {
        var missing = columnVariables
        var end = factors.count
        while missing > 0, end > 0 {
            end -= 1
            let factor = factors[end]
            guard factor.variableCount > missing else {
                missing -= factor.variableCount
                continue
            }
            guard let parts = factor.cut(columnVariables: missing) else { return nil }
            return (
                Kernel(factors[..<end] + [parts.rows]),
                Kernel([parts.columns] + factors[(end + 1)...])
            )
        }
        return (Kernel(Array(factors[..<end])), Kernel(Array(factors[end...])))
    }
}

extension KernelFactor<Fr> {
    /// eq is a product over its variables.
    fileprivate func cut(columnVariables: Int) -> (rows: Self, columns: Self)? {
        switch self {
        case .maskedEq(let point, let extent) where extent < 1 << point.count:
            return nil
        case .eq(let point, let extent), .maskedEq(let point, let extent):
            let width = 1 << columnVariables
            return (
                .eq(Array(point.dropLast(columnVariables)), extent: (extent + width - 1) / width),
                .eq(Array(point.suffix(columnVariables)), extent: width)
            )
        case .window, .merged:
            return nil
        }
    }

    /// ``paddedValues()`` by the kernels where it is an eq table.
    func paddedVector() -> [Fr] {
        if case .eq(let point, _) = self { return FieldKernels.eq(point.map(\.value)) }
        return paddedValues()
    }
}

/// a ⊗ b, row-major.
func outerProduct(_ a: [Fr], _ b: [Fr]) -> [Fr] {
    if a.count == 1, a[0] == .one { return b }
    var result = [Fr](repeating: .zero, count: a.count * b.count)
    addOuterProduct(a, b, weight: .one, to: &result, at: 0)
    return result
}

/// accumulator[offset + i·b.count + j] += weight · a_i · b_j.
private func addOuterProduct(
    _ a: [Fr], _ b: [Fr], weight: Fr, to accumulator: inout [Fr], at offset: Int
) {
    accumulator.withUnsafeMutableBufferPointer { accumulator in
        let block = UnsafeMutableBufferPointer(
            rebasing: accumulator[offset..<offset + a.count * b.count])
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                FieldKernels.accumulateOuterProduct(
                    weight, a, b, into: block, strides: (b.count, 1))
            }
        }
    }
}
