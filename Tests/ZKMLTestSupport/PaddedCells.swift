import Circuits
import Field

/// A tensor over its padded extents.
struct PaddedCells {
    let shape: TensorShape
    var cells: [Fr]
    private let strides: [Int]

    init(shape: TensorShape, cells: [Fr]? = nil) {
        self.shape = shape
        self.cells = cells ?? Array(repeating: .zero, count: shape.paddedCellCount)
        strides = shape.paddedStrides
    }

    subscript(index: [Int]) -> Fr {
        get { cells[position(index)] }
        set { cells[position(index)] = newValue }
    }

    private func position(_ index: [Int]) -> Int {
        zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

extension TensorShape {
    func contains(_ index: [Int]) -> Bool {
        zip(index, extents).allSatisfy { $0 >= 0 && $0 < $1 }
    }
}

/// Every index below the extents, row-major.
public func indices(_ extents: [Int]) -> [[Int]] {
    extents.reduce([[]]) { prefixes, extent in
        prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
}

/// The true cells of a padded tensor, row-major.
func trueCells(_ cells: [Fr], _ shape: TensorShape) -> [Fr] {
    let padded = PaddedCells(shape: shape, cells: cells)
    return indices(shape.extents).map { padded[$0] }
}

extension Witness {
    /// The true cells of a tensor as field elements, however it is held.
    ///
    /// - Precondition: the tensor has a value.
    public func trueFieldCells(_ id: TensorID) -> [Fr] {
        switch self[id]! {
        case .integers(let cells): cells.map { Fr(Int($0)) }
        case .padded(let cells): trueCells(cells, system.shape(id))
        }
    }

    /// All padded cells of a tensor as field elements: integers have zeros in their padding.
    ///
    /// - Precondition: the tensor has a value.
    public func paddedFieldCells(_ id: TensorID) -> [Fr] {
        switch self[id]! {
        case .padded(let cells): return cells
        case .integers(let cells):
            var padded = PaddedCells(shape: system.shape(id))
            for (cell, index) in zip(cells, indices(system.shape(id).extents)) {
                padded[index] = Fr(Int(cell))
            }
            return padded.cells
        }
    }

    /// The positions of a tensor's padding among its padded cells.
    public func paddingPositions(_ id: TensorID) -> [Int] {
        let shape = system.shape(id)
        return indices(shape.paddedExtents).enumerated().compactMap { position, index in
            shape.contains(index) ? nil : position
        }
    }
}
