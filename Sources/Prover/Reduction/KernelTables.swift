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

extension KernelFactor<Fr> {
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
