import Circuits

extension EinsumLoops {
    /// The einsum's cells, from those of its operands' sources.
    ///
    /// 64-bit arithmetic where the largest cells show that no sum can leave it, else 128-bit.
    ///
    /// - Parameter magnitudes: For each operand a bound of its |cells|.
    /// - Returns: nil when a cell is no 64-bit integer, or a sum could leave even 127 bits.
    func evaluated(on operands: [[Int64]], magnitudes: [UInt64]) -> [Int64]? {
        var output = [Int64](repeating: 0, count: outputCellCount)
        if isZero { return output }
        // |cell| ≤ products · Π largest |operand cell|.
        var bound = UInt128(productCount)
        for magnitude in magnitudes {
            let (product, overflow) = bound.multipliedReportingOverflow(by: UInt128(magnitude))
            guard !overflow else { return nil }
            bound = product
        }
        if bound < 1 << 63 {
            output.withUnsafeMutableBufferPointer { output in
                guard let base = output.baseAddress else { return }
                withPointers(operands) { x, y, z in
                    let sums = NarrowSums(
                        output: base, x: x, y: y, z: z, movingCount: movingCount)
                    run(sums)
                }
            }
            return output
        }
        guard bound < 1 << 127 else { return nil }
        var wide = [Int128](repeating: 0, count: outputCellCount)
        wide.withUnsafeMutableBufferPointer { wide in
            guard let base = wide.baseAddress else { return }
            withPointers(operands) { x, y, z in
                run(WideSums(output: base, x: x, y: y, z: z, movingCount: movingCount))
            }
        }
        for (cell, value) in wide.enumerated() {
            guard let value = Int64(exactly: value) else { return nil }
            output[cell] = value
        }
        return output
    }

    /// Lends the operands' cells in the loops' order; places beyond the operands repeat one.
    private func withPointers(
        _ operands: [[Int64]],
        _ body: (UnsafePointer<Int64>, UnsafePointer<Int64>, UnsafePointer<Int64>) -> Void
    ) {
        func cells(_ place: Int) -> [Int64] {
            operands[operandOrder[min(place, operandOrder.count - 1)]]
        }
        cells(0).withUnsafeBufferPointer { x in
            cells(1).withUnsafeBufferPointer { y in
                cells(2).withUnsafeBufferPointer { z in
                    guard let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress
                    else { return }
                    body(x, y, z)
                }
            }
        }
    }

    private func run<Sums: EinsumSums>(_ sums: Sums) {
        var positions = positions
        positions.withUnsafeMutableBufferPointer { positions in
            loops.withUnsafeBufferPointer { loops in
                bounds.withUnsafeBufferPointer { bounds in
                    EinsumRun(
                        sums: sums, isBlock: isBlock, loops: loops, bounds: bounds,
                        positions: positions
                    ).start(starts, constantCount: constantCount)
                }
            }
        }
    }
}

/// Where a run stands in the output and in each operand.
struct EinsumOffsets {
    var output = 0
    var a = 0
    var b = 0
    var c = 0

    @inline(__always)
    mutating func advance(_ loop: EinsumLoops.Loop, by steps: Int) {
        output &+= steps &* loop.outputStep
        a &+= steps &* loop.steps.0
        b &+= steps &* loop.steps.1
        c &+= steps &* loop.steps.2
    }
}

/// Where the products of an einsum are added up.
protocol EinsumSums {
    associatedtype Product: FixedWidthInteger & SignedInteger
    /// The cell of the operand in place 0, 1 or 2.
    func cell(_ place: Int, at offset: Int) -> Product
    /// output += factor.
    func add(_ factor: Product, at output: Int)
    /// The innermost loop: adds `factor` times the product of the operands it moves, `count`
    /// times, from the given offsets on.
    func addRun(_ loop: EinsumLoops.Loop, _ count: Int, _ at: EinsumOffsets, _ factor: Product)
}

extension EinsumSums {
    /// `factor` times the operands that move in this loop and in none further in.
    @inline(__always)
    func product(
        _ loop: EinsumLoops.Loop, _ at: EinsumOffsets, _ factor: Product
    ) -> Product {
        var product = factor
        if loop.completed.0 { product &*= cell(0, at: at.a) }
        if loop.completed.1 { product &*= cell(1, at: at.b) }
        if loop.completed.2 { product &*= cell(2, at: at.c) }
        return product
    }
}

/// The loops around the innermost one.
private struct EinsumRun<Sums: EinsumSums> {
    let sums: Sums
    let isBlock: Bool
    // SAFETY: indices come from EinsumLoops alone; offsets reach memory only inside the intervals
    // that its bounds allow. InterpreterTests compares random windows with checked loops.
    let loops: UnsafeBufferPointer<EinsumLoops.Loop>
    let bounds: UnsafeBufferPointer<EinsumLoops.Bound>
    /// The index of each bounded axis, as far as the loops entered have fixed it.
    let positions: UnsafeMutableBufferPointer<Int>

    func start(_ starts: [Int], constantCount: Int) {
        var factor: Sums.Product = 1
        // The operands that nothing moves come last.
        for place in (starts.count - constantCount)..<starts.count {
            factor &*= sums.cell(place, at: starts[place])
        }
        if loops.isEmpty { return sums.add(factor, at: 0) }
        var at = EinsumOffsets()
        at.a = starts[0]
        if starts.count > 1 { at.b = starts[1] }
        if starts.count > 2 { at.c = starts[2] }
        run(0, at, factor)
    }

    private func run(_ depth: Int, _ start: EinsumOffsets, _ factor: Sums.Product) {
        let loop = loops[depth]
        let values = interval(loop)
        guard !values.isEmpty else { return }
        var at = start
        at.advance(loop, by: values.lowerBound)
        if depth == loops.count &- 1 {
            return sums.addRun(loop, values.count, at, factor)
        }
        if isBlock, depth == loops.count &- 2 {
            let inner = loops[depth &+ 1]
            let innerValues = interval(inner)
            guard !innerValues.isEmpty else { return }
            at.advance(inner, by: innerValues.lowerBound)
            for _ in 0..<values.count {
                let product = sums.product(loop, at, factor)
                if product != 0 { sums.addRun(inner, innerValues.count, at, product) }
                at.advance(loop, by: 1)
            }
            return
        }
        move(loop, by: values.lowerBound)
        for _ in 0..<values.count {
            let product = sums.product(loop, at, factor)
            if product != 0 { run(depth &+ 1, at, product) }
            at.advance(loop, by: 1)
            move(loop, by: 1)
        }
        move(loop, by: -values.upperBound)
    }

    /// The values of the loop's label that can keep every index inside its axis.
    @inline(__always)
    private func interval(_ loop: EinsumLoops.Loop) -> Range<Int> {
        var values = 0..<loop.extent
        for index in loop.firstBound..<loop.endBound {
            let bound = bounds[index]
            let position = positions[bound.position]
            values = values.clamped(
                to: IndexInterval.values(
                    step: bound.coefficient, low: bound.low &- position,
                    high: bound.high &- position, count: loop.extent))
        }
        return values
    }

    @inline(__always)
    private func move(_ loop: EinsumLoops.Loop, by steps: Int) {
        for index in loop.firstBound..<loop.endBound {
            positions[bounds[index].position] &+= bounds[index].coefficient &* steps
        }
    }
}

/// Sums that are known to stay below 2^63, so that wrapping arithmetic is exact.
private struct NarrowSums: EinsumSums {
    let output: UnsafeMutablePointer<Int64>
    let x, y, z: UnsafePointer<Int64>
    let movingCount: Int

    @inline(__always)
    func cell(_ place: Int, at offset: Int) -> Int64 {
        switch place {
        case 0: x[offset]
        case 1: y[offset]
        default: z[offset]
        }
    }

    func add(_ factor: Int64, at offset: Int) { output[offset] &+= factor }

    @inline(__always)
    func addRun(_ loop: EinsumLoops.Loop, _ n: Int, _ at: EinsumOffsets, _ factor: Int64) {
        let (sx, sy, sz) = loop.steps
        let so = loop.outputStep
        let (o, x, y) = (output + at.output, x + at.a, y + at.b)
        switch (movingCount, so) {
        case (1, 0): o.pointee &+= factor &* EinsumKernels.sum(x, sx, n)
        case (2, 0): o.pointee &+= factor &* EinsumKernels.dot(x, sx, y, sy, n)
        case (_, 0): o.pointee &+= factor &* EinsumKernels.dot(x, sx, y, sy, z + at.c, sz, n)
        case (1, _): EinsumKernels.add(o, so, factor, x, sx, n)
        case (2, _): EinsumKernels.add(o, so, factor, x, sx, y, sy, n)
        case (_, _): EinsumKernels.add(o, so, factor, x, sx, y, sy, z + at.c, sz, n)
        }
    }
}

/// Sums of 128 bits, one product at a time.
private struct WideSums: EinsumSums {
    let output: UnsafeMutablePointer<Int128>
    let x, y, z: UnsafePointer<Int64>
    let movingCount: Int

    func cell(_ place: Int, at offset: Int) -> Int128 {
        switch place {
        case 0: Int128(x[offset])
        case 1: Int128(y[offset])
        default: Int128(z[offset])
        }
    }

    func add(_ factor: Int128, at offset: Int) { output[offset] &+= factor }

    func addRun(_ loop: EinsumLoops.Loop, _ count: Int, _ at: EinsumOffsets, _ factor: Int128) {
        var at = at
        for _ in 0..<count {
            var product = factor &* cell(0, at: at.a)
            if movingCount > 1 { product &*= cell(1, at: at.b) }
            if movingCount > 2 { product &*= cell(2, at: at.c) }
            output[at.output] &+= product
            at.advance(loop, by: 1)
        }
    }
}
