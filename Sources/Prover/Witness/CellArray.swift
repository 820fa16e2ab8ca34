import Circuits
import Field

/// The cells of a tensor or table while the prover works on it: integers until a kernel turns them
/// into field elements.
enum CellArray {
    case integers([Int64])
    case elements([Fr])

    var count: Int {
        switch self {
        case .integers(let cells): cells.count
        case .elements(let cells): cells.count
        }
    }

    /// As field elements.
    consuming func asElements() -> [Fr] {
        switch self {
        case .integers(let cells): FieldKernels.convert(cells)
        case .elements(let cells): cells
        }
    }

    /// Σ of the summed axis against `weights`, reading from cell `start` on.
    func contracted(
        _ layout: ContractionKernels.Layout, from start: Int, with weights: [Fr]
    ) -> [Fr] {
        weights.withUnsafeBufferPointer { weights in
            switch self {
            case .integers(let cells):
                cells.withUnsafeBufferPointer { cells in
                    .filled(layout.outputCount) {
                        ContractionKernels.contract(
                            UnsafeBufferPointer(rebasing: cells[start...]), layout, with: weights,
                            into: $0)
                    }
                }
            case .elements(let cells):
                cells.withUnsafeBufferPointer { cells in
                    .filled(layout.outputCount) {
                        ContractionKernels.contract(
                            UnsafeBufferPointer(rebasing: cells[start...]), layout, with: weights,
                            into: $0)
                    }
                }
            }
        }
    }

    /// target += coefficient · cells of a range.
    func accumulate(
        _ range: Range<Int>, times coefficient: Fr, into target: UnsafeMutableBufferPointer<Fr>
    ) {
        switch self {
        case .integers(let cells):
            cells[range].withUnsafeBufferPointer {
                FieldKernels.accumulate(coefficient, times: $0, into: target)
            }
        case .elements(let cells):
            cells[range].withUnsafeBufferPointer {
                FieldKernels.accumulate(coefficient, times: $0, into: target)
            }
        }
    }

    /// Cells [outer, extent, inner] at some positions of the middle axis, zeros for those outside it.
    func selected(outer: Int, extent: Int, inner: Int, positions: [Int]) -> CellArray {
        func selected<Cell>(_ cells: [Cell], zero: Cell) -> [Cell] {
            var result = [Cell](repeating: zero, count: outer * positions.count * inner)
            var target = 0
            for a in 0..<outer {
                for position in positions {
                    if 0..<extent ~= position {
                        let source = (a * extent + position) * inner
                        for i in 0..<inner { result[target + i] = cells[source + i] }
                    }
                    target += inner
                }
            }
            return result
        }
        return switch self {
        case .integers(let cells): .integers(selected(cells, zero: 0))
        case .elements(let cells): .elements(selected(cells, zero: .zero))
        }
    }

    /// The cells at row-major positions Σ index · stride, in row-major order of `extents`;
    /// zeros up to `padded`.
    func gathered(extents: [Int], strides: [Int], padded: [Int]) -> CellArray {
        if extents == padded, strides == rowMajorStrides(extents), count == extents.reduce(1, *) {
            return self
        }
        return switch self {
        case .integers(let cells):
            .integers(gather(cells, zero: 0, extents: extents, strides: strides, padded: padded))
        case .elements(let cells):
            .elements(
                gather(cells, zero: .zero, extents: extents, strides: strides, padded: padded))
        }
    }
}

extension CellArray {
    /// Fixes the first variable of a table; integers become field elements, half as many.
    mutating func fold(by challenge: Fr) {
        switch self {
        case .integers(let cells):
            self = .elements(FieldKernels.fold(cells, by: challenge))
        case .elements(var cells):
            self = .elements([])
            FieldKernels.fold(&cells, by: challenge)
            self = .elements(cells)
        }
    }
}

/// See ``CellArray/gathered(extents:strides:padded:)``.
private func gather<Cell>(
    _ cells: [Cell], zero: Cell, extents: [Int], strides: [Int], padded: [Int]
) -> [Cell] {
    var result = [Cell](repeating: zero, count: padded.reduce(1, *))
    let targets = rowMajorStrides(padded)
    let last = extents.count - 1
    guard last >= 0 else {
        result[0] = cells[0]
        return result
    }
    var index = [Int](repeating: 0, count: extents.count)
    var source = 0
    var target = 0
    while true {
        for i in 0..<extents[last] { result[target + i] = cells[source + i * strides[last]] }
        // The next row, as an odometer.
        var axis = last - 1
        while axis >= 0 {
            index[axis] += 1
            source += strides[axis]
            target += targets[axis]
            if index[axis] < extents[axis] { break }
            source -= strides[axis] * extents[axis]
            target -= targets[axis] * extents[axis]
            index[axis] = 0
            axis -= 1
        }
        if axis < 0 { return result }
    }
}

extension Witness {
    /// Every padded cell of a tensor, in row-major order.
    func paddedCells(_ id: TensorID) -> CellArray {
        switch values[id.index] {
        case .integers(let cells):
            let shape = system.shape(id)
            guard shape.isPadded else { return .integers(cells) }
            return CellArray.integers(cells).gathered(
                extents: shape.extents, strides: shape.strides, padded: shape.paddedExtents)
        case .padded(let cells):
            return .elements(cells)
        case nil:
            preconditionFailure("tensor \(id.index) has no value")
        }
    }
}
