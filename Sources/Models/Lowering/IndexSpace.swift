import Circuits

/// The indices that an operation's tensors share, and the labels they become.
///
/// A dimension is an index of the operation, such as the depth of a matrix product. Aligning a
/// layout with dimensions cuts them into digits that the layout can address; each digit becomes one
/// label. All layouts are aligned before labels are asked for.
struct IndexSpace {
    private var extents: [Int] = []
    private var digits: [[Int]] = []

    /// Adds a dimension.
    mutating func dimension(_ extent: Int) -> Int {
        extents.append(extent)
        digits.append(extent == 1 ? [] : [extent])
        return extents.count - 1
    }

    /// Cuts the dimensions so that a logical axis, which they make up in this order, can be indexed
    /// by them. An axis of extent 1 is broadcast and fits all dimensions.
    ///
    /// - Returns: false when digits overlap without nesting.
    mutating func align(_ layout: Layout, axis: Int, with dimensions: [Int]) -> Bool {
        let factors = layout.factors(axis)
        if factors.isEmpty { return true }
        guard let refined = Factors.refine(factors, dimensions.flatMap { digits[$0] }) else {
            return false
        }
        let pieces = Factors.pieces(refined, of: dimensions.map { extents[$0] })
        for (dimension, piece) in zip(dimensions, pieces) { digits[dimension] = piece }
        return true
    }

    /// The extent of each label.
    var labelExtents: [Int] { digits.flatMap { $0 } }

    func factors(_ dimension: Int) -> [Int] { digits[dimension] }

    func labels(_ dimension: Int) -> [Label] {
        let first = digits[..<dimension].reduce(0) { $0 + $1.count }
        return Array(first..<first + digits[dimension].count)
    }

    func labels(_ dimensions: [Int]) -> [Label] { dimensions.flatMap { labels($0) } }

    /// The terms by which dimensions index the parts of a logical axis, by physical axis.
    func terms(_ layout: Layout, axis: Int, with dimensions: [Int]) -> [(axis: Int, LabelTerm)] {
        let factors = layout.factors(axis)
        if factors.isEmpty { return [] }
        let labels = labels(dimensions)
        let labelExtents = labelExtents
        var rest = labels[...]
        var terms: [(axis: Int, LabelTerm)] = []
        for (part, piece) in zip(
            layout.axes[axis], Factors.pieces(labels.map { labelExtents[$0] }, of: factors))
        {
            for (digit, label) in zip(part.split(piece), rest) {
                terms.append((part.axis, LabelTerm(label, digit.stride)))
            }
            rest = rest.dropFirst(piece.count)
        }
        return terms
    }
}
