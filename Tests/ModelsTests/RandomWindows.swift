import TestSupport

@testable import Models

/// Convolutions and pools with all their attributes.
extension RandomModel {
    mutating func convolution(_ x: String, _ shape: [Int]) {
        guard shape.count == 4 || shape.count == 3 else { return }
        let channels = shape[1]
        let groups = (1...channels).filter { channels % $0 == 0 }.randomElement(using: &rng) ?? 1
        let results = groups * Int.random(in: 1...3, using: &rng)
        let mode = autoPad()
        var (kernel, strides, dilations): ([Int], [Int], [Int]) = ([], [], [])
        var (begins, ends, extents): ([Int], [Int], [Int]) = ([], [], [])
        for extent in shape[2...] {
            let k = Int.random(in: 1...3, using: &rng)
            let d = Int.random(in: 1...2, using: &rng)
            let s = Int.random(in: 1...2, using: &rng)
            let reach = (k - 1) * d + 1
            let begin = mode == "NOTSET" ? Int.random(in: 0...2, using: &rng) : 0
            let end =
                mode == "NOTSET"
                ? max(Int.random(in: 0...2, using: &rng), reach - extent - begin) : 0
            // Without padding there must be a whole window.
            guard mode != "VALID" || reach <= extent else { return }
            kernel.append(k)
            strides.append(s)
            dilations.append(d)
            begins.append(begin)
            ends.append(end)
            extents.append(
                mode.hasPrefix("SAME")
                    ? (extent - 1) / s + 1 : (extent + begin + end - reach) / s + 1)
        }
        var inputs = [x, constant([results, channels / groups] + kernel)]
        if chance(60, &rng) { inputs.append(constant([results])) }
        node(
            "Conv", inputs, [shape[0], results] + extents,
            [
                ("group", .int(groups)), ("strides", .ints(strides)),
                ("dilations", .ints(dilations)), ("pads", .ints(begins + ends)),
                ("auto_pad", .string(mode)),
            ])
    }

    private mutating func autoPad() -> String {
        chance(70, &rng)
            ? "NOTSET"
            : ["SAME_UPPER", "SAME_LOWER", "VALID"].randomElement(using: &rng) ?? "VALID"
    }

    mutating func pool(_ x: String, _ shape: [Int]) {
        guard shape.count == 4 || shape.count == 3 else { return }
        let spatial = Array(shape[2...])
        if chance(25, &rng) {
            let type = chance(50, &rng) ? "GlobalAveragePool" : "GlobalMaxPool"
            node(type, [x], shape[..<2] + spatial.map { _ in 1 })
            return
        }
        let isMax = chance(50, &rng)
        let mode = autoPad()
        let kernel = spatial.map { Int.random(in: 1...min(3, $0), using: &rng) }
        let strides = spatial.map { _ in Int.random(in: 1...2, using: &rng) }
        let dilates = mode != "SAME_UPPER" && mode != "SAME_LOWER" && (isMax || opset >= 19)
        // No tap of a dilated window may lie beyond the image: some windows would have none.
        let dilations = spatial.indices.map { axis in
            dilates && chance(40, &rng) && (kernel[axis] - 1) * 2 < spatial[axis] ? 2 : 1
        }
        let pads = spatial.indices.map { axis in
            mode == "NOTSET" && dilations[axis] == 1
                ? Int.random(in: 0..<kernel[axis], using: &rng) : 0
        }
        let roundsUp = mode == "NOTSET" && chance(30, &rng)
        let extents = spatial.indices.map { axis -> Int in
            let stride = strides[axis]
            if mode.hasPrefix("SAME") { return (spatial[axis] - 1) / stride + 1 }
            let room = spatial[axis] + pads[axis] - (kernel[axis] - 1) * dilations[axis] - 1
            guard roundsUp else { return room / stride + 1 }
            let count = (room + stride - 1) / stride + 1
            // A window that begins behind the image does not count.
            return (count - 1) * stride >= spatial[axis] + pads[axis] ? count - 1 : count
        }
        var attributes: [(String, TestModel.Attribute)] = [
            ("kernel_shape", .ints(kernel)), ("strides", .ints(strides)),
            ("pads", .ints(pads + pads.map { _ in 0 })), ("auto_pad", .string(mode)),
            ("ceil_mode", .int(roundsUp ? 1 : 0)),
        ]
        if dilates { attributes.append(("dilations", .ints(dilations))) }
        if !isMax { attributes.append(("count_include_pad", .int(counter % 2))) }
        node(isMax ? "MaxPool" : "AveragePool", [x], shape[..<2] + extents, attributes)
    }
}
