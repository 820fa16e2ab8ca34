/// The positions of an operand's elements while a broadcast result is walked in row-major order.
struct BroadcastIndices {
    private let shape: [Int]
    private let strides: [Int]
    private var index: [Int]
    private var position = 0

    /// - Precondition: `operand` broadcasts to `shape`.
    init(_ operand: [Int], to shape: [Int]) {
        self.shape = shape
        strides = Shape.broadcastStrides(operand, to: shape)
        index = [Int](repeating: 0, count: shape.count)
    }

    /// The current position; moves on to the next, and from the last back to the first.
    mutating func next() -> Int {
        defer { advance() }
        return position
    }

    private mutating func advance() {
        for axis in shape.indices.reversed() {
            index[axis] += 1
            position += strides[axis]
            if index[axis] < shape[axis] { return }
            position -= strides[axis] * index[axis]
            index[axis] = 0
        }
    }
}
