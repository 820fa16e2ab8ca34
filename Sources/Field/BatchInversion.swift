extension FieldElement {
    /// Replaces every value by its inverse; zeros stay zero.
    ///
    /// Montgomery's trick: one inversion and 3 multiplications a value; allocates one array.
    /// Branches on which values are zero.
    @inlinable public static func batchInvert(_ values: inout [Self]) {
        var prefixes: [Self] = []
        prefixes.reserveCapacity(values.count)
        var product = Self.one
        for value in values {
            prefixes.append(product)
            if !value.isZero { product *= value }
        }
        guard var suffix = product.inverse() else { return }  // a product of non-zeros
        for i in values.indices.reversed() where !values[i].isZero {
            let value = values[i]
            values[i] = suffix * prefixes[i]
            suffix *= value
        }
    }
}
