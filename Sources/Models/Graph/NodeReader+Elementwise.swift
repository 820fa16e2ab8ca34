extension NodeReader {
    /// The shape that all operands broadcast to.
    func broadcastShape() throws(ModelError) -> [Int] {
        var shape = try type(0).shape
        for input in 1..<max(1, inputCount) {
            let other = try type(input).shape
            guard let broadcast = Shape.broadcast(shape, other) else {
                throw mismatch(expected: "shapes that broadcast", actual: "\(shape), \(other)")
            }
            shape = broadcast
        }
        return shape
    }

    /// The one element type of all operands from some position on.
    func commonElementType(from first: Int = 0) throws(ModelError) -> ElementType {
        let type = try type(first).elementType
        for input in first + 1..<max(first + 1, inputCount)
        where try self.type(input).elementType != type {
            throw .elementType(reference, input: input, try self.type(input).elementType)
        }
        return type
    }

    func expectBool(_ input: Int) throws(ModelError) {
        let type = try type(input).elementType
        guard type == .bool else { throw .elementType(reference, input: input, type) }
    }

    /// The one number of which all elements of a constant operand are copies, of any type.
    func number(_ input: Int, role: String) throws(ModelError) -> Double {
        let values = try constant(input, role: role).reals
        guard let value = values.first, values.allSatisfy({ $0 == value }) else {
            throw unsupported("a \(role) of several numbers is", advice: "use one number")
        }
        return value
    }
}
