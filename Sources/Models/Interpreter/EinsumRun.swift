import Circuits

extension EinsumLoops {
    /// The einsum's cells, from those of its operands' sources.
    ///
    /// 64-bit arithmetic where the largest cells show that no sum can leave it, else 128-bit.
    /// - Returns: nil when a cell is no 64-bit integer, or a sum could leave even 127 bits.
    func evaluated(on operands: [[Int64]]) -> [Int64]? {
        var output = [Int64](repeating: 0, count: outputCellCount)
        if isZero { return output }
        // |cell| ≤ products · Π largest |operand cell|.
        var bound = UInt128(productCount)
        for cells in operands {
            let (product, overflow) = bound.multipliedReportingOverflow(
                by: UInt128(cells.largestMagnitude))
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
                        sums: sums, loops: loops, bounds: bounds, positions: positions
                    ).start(starts, constantCount: constantCount)
                }
            }
        }
    }
}

/// Where the products of an einsum are added up.
protocol EinsumSums {
    associatedtype Product: FixedWidthInteger & SignedInteger
    /// One operand's cell: place 0, 1 or 2.
    func cell(_ place: Int, at offset: Int) -> Product
    /// output += factor.
    func add(_ factor: Product, at output: Int)
    /// The innermost loop: adds `factor` times the product of the operands it moves, `count`
    /// times, starting from the given offsets.
    func addRun(
        _ loop: EinsumLoops.Loop, count: Int, output: Int, _ a: Int, _ b: Int, _ c: Int,
        factor: Product)
}

/// The loops around the innermost one.
private struct EinsumRun<Sums: EinsumSums> {
    let sums: Sums
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
        func start(_ place: Int) -> Int { place < starts.count ? starts[place] : 0 }
        if loops.isEmpty {
            sums.add(factor, at: 0)
        } else {
            run(0, output: 0, start(0), start(1), start(2), factor: factor)
        }
    }

    private func run(
        _ depth: Int, output: Int, _ a: Int, _ b: Int, _ c: Int, factor: Sums.Product
    ) {
        let loop = loops[depth]
        let values = interval(loop)
        guard !values.isEmpty else { return }
        let first = values.lowerBound
        var output = output &+ first &* loop.outputStep
        var a = a &+ first &* loop.steps.0
        var b = b &+ first &* loop.steps.1
        var c = c &+ first &* loop.steps.2
        if depth == loops.count &- 1 {
            sums.addRun(loop, count: values.count, output: output, a, b, c, factor: factor)
            return
        }
        move(loop, by: first)
        for _ in 0..<values.count {
            var product = factor
            if loop.completed.0 { product &*= sums.cell(0, at: a) }
            if loop.completed.1 { product &*= sums.cell(1, at: b) }
            if loop.completed.2 { product &*= sums.cell(2, at: c) }
            if product != 0 { run(depth &+ 1, output: output, a, b, c, factor: product) }
            output &+= loop.outputStep
            a &+= loop.steps.0
            b &+= loop.steps.1
            c &+= loop.steps.2
            move(loop, by: 1)
        }
        move(loop, by: -values.upperBound)
    }

    /// The values of the loop's label that can keep every index inside its axis.
    private func interval(_ loop: EinsumLoops.Loop) -> Range<Int> {
        var values = 0..<loop.extent
        for index in loop.firstBound..<loop.endBound {
            let bound = bounds[index]
            let position = positions[bound.position]
            values = values.clamped(
                to: IndexInterval.values(
                    step: bound.coefficient, low: bound.low - position,
                    high: bound.high - position, count: loop.extent))
        }
        return values
    }

    private func move(_ loop: EinsumLoops.Loop, by steps: Int) {
        for index in loop.firstBound..<loop.endBound {
            positions[bounds[index].position] += bounds[index].coefficient * steps
        }
    }
}

/// Sums that are known to stay below 2^63, so that wrapping arithmetic is exact.
private struct NarrowSums: EinsumSums {
    let output: UnsafeMutablePointer<Int64>
    let x, y, z: UnsafePointer<Int64>
    let movingCount: Int

    func cell(_ place: Int, at offset: Int) -> Int64 {
        switch place {
        case 0: x[offset]
        case 1: y[offset]
        default: z[offset]
        }
    }

    func add(_ factor: Int64, at offset: Int) { output[offset] &+= factor }

    func addRun(
        _ loop: EinsumLoops.Loop, count: Int, output offset: Int, _ a: Int, _ b: Int, _ c: Int,
        factor: Int64
    ) {
        let (sx, sy, sz) = loop.steps
        let so = loop.outputStep
        let o = output + offset
        switch (movingCount, so) {
        case (1, 0): o.pointee &+= factor &* EinsumKernels.sum(x + a, sx, count)
        case (2, 0): o.pointee &+= factor &* EinsumKernels.dot(x + a, sx, y + b, sy, count)
        case (_, 0):
            o.pointee &+= factor &* EinsumKernels.dot(x + a, sx, y + b, sy, z + c, sz, count)
        case (1, _): EinsumKernels.add(o, so, factor, x + a, sx, count)
        case (2, _): EinsumKernels.add(o, so, factor, x + a, sx, y + b, sy, count)
        case (_, _):
            EinsumKernels.add(o, so, factor, x + a, sx, y + b, sy, z + c, sz, count)
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

    func addRun(
        _ loop: EinsumLoops.Loop, count: Int, output offset: Int, _ a: Int, _ b: Int, _ c: Int,
        factor: Int128
    ) {
        for i in 0..<count {
            var product = factor &* cell(0, at: a + i * loop.steps.0)
            if movingCount > 1 { product &*= cell(1, at: b + i * loop.steps.1) }
            if movingCount > 2 { product &*= cell(2, at: c + i * loop.steps.2) }
            output[offset + i * loop.outputStep] &+= product
        }
    }
}
