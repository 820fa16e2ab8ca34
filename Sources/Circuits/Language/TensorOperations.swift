/// An index letter of an einsum, view or affine tensor: a position in its list of extents.
public typealias Label = Int

/// `coefficient · label`.
public struct LabelTerm: Sendable, Hashable {
    public var label: Label
    public var coefficient: Int

    public init(_ label: Label, _ coefficient: Int = 1) {
        self.label = label
        self.coefficient = coefficient
    }
}

/// How one axis of a tensor is indexed: Σ coefficient · label + offset.
public struct AxisIndex: Sendable, Hashable {
    public var terms: [LabelTerm]
    public var offset: Int

    public init(_ terms: [LabelTerm], offset: Int = 0) {
        self.terms = terms
        self.offset = offset
    }

    /// The label itself.
    public static func label(_ label: Label) -> AxisIndex { AxisIndex([LabelTerm(label)]) }

    /// The label, when the index is exactly that.
    public var plainLabel: Label? {
        guard terms.count == 1, terms[0].coefficient == 1, offset == 0 else { return nil }
        return terms[0].label
    }
}

/// A tensor read through an index map: cell (labels) is T[index of each axis] where all indices
/// lie inside the true extents, else 0.
public struct Operand<Source: Sendable & Hashable>: Sendable, Hashable {
    public var source: Source
    /// One index an axis of the source; a label occurs in at most one axis.
    public var axes: [AxisIndex]

    public init(_ source: Source, _ axes: [AxisIndex]) {
        self.source = source
        self.axes = axes
    }

    /// The source indexed by one label an axis.
    public init(_ source: Source, labels: [Label]) {
        self.init(source, labels.map(AxisIndex.label))
    }

    /// Labels in order of first occurrence.
    public var labels: [Label] { axes.flatMap { $0.terms.map(\.label) } }

    func mapped<T>(_ transform: (Source) -> T) -> Operand<T> {
        Operand<T>(transform(source), axes)
    }
}

/// out[output labels] = Σ over the other labels of the product of one to three operands.
public struct Einsum<Source: Sendable & Hashable>: Sendable, Hashable {
    /// The extent of each label.
    public var extents: [Int]
    public var output: [Label]
    public var operands: [Operand<Source>]

    public init(extents: [Int], output: [Label], operands: [Operand<Source>]) {
        self.extents = extents
        self.output = output
        self.operands = operands
    }

    func mapped<T>(_ transform: (Source) -> T) -> Einsum<T> {
        Einsum<T>(
            extents: extents, output: output, operands: operands.map { $0.mapped(transform) })
    }
}

/// out[labels] = T[index of each axis] where that lies inside, else `fill`.
///
/// Label i is output axis i. Every label occurs in exactly one axis of T.
public struct View<Source: Sendable & Hashable>: Sendable, Hashable {
    public var extents: [Int]
    public var operand: Operand<Source>
    public var fill: Int

    public init(extents: [Int], operand: Operand<Source>, fill: Int = 0) {
        self.extents = extents
        self.operand = operand
        self.fill = fill
    }
}

/// Neighbouring axes joined: out[m] = T[m div n, m mod n] for each group of axes.
public struct Merge<Source: Sendable & Hashable>: Sendable, Hashable {
    public var source: Source
    /// How many axes of the source each output axis joins; they add up to its rank.
    public var groups: [Int]

    public init(source: Source, groups: [Int]) {
        self.source = source
        self.groups = groups
    }
}

/// out = (constant + Σ coefficient · T[labels]) · 2^−rightShift, in the field.
///
/// Label i is output axis i; an output label that a term lacks is broadcast over its true extent.
public struct Affine<Source: Sendable & Hashable>: Sendable, Hashable {
    public struct Term: Sendable, Hashable {
        public var coefficient: Int128
        public var source: Source
        /// The output label of each axis of the source, all different.
        public var labels: [Label]

        public init(_ coefficient: Int128, _ source: Source, _ labels: [Label]) {
            self.coefficient = coefficient
            self.source = source
            self.labels = labels
        }
    }

    public var extents: [Int]
    public var constant: Int128
    public var terms: [Term]
    /// Not zero only in the top limb of a range check, where the sum is a multiple of 2^rightShift.
    public var rightShift: Int

    public init(extents: [Int], constant: Int128 = 0, terms: [Term], rightShift: Int = 0) {
        self.extents = extents
        self.constant = constant
        self.terms = terms
        self.rightShift = rightShift
    }

    func mapped<T>(_ transform: (Source) -> T) -> Affine<T> {
        Affine<T>(
            extents: extents, constant: constant,
            terms: terms.map {
                Affine<T>.Term($0.coefficient, transform($0.source), $0.labels)
            }, rightShift: rightShift)
    }
}
