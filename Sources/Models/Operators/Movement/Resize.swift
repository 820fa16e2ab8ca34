/// `Resize` and `Upsample` with constant scales or sizes: nearest neighbours as a selection along
/// each axis; linear and cubic interpolation as a constant matrix an axis, one after the other.
enum Resize {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        var x = try steps.operand(0)
        let settings = try Settings(reading: &node)
        let axes = try ResizeAxis.read(&node, shape: x.shape, settings: settings)
        guard try node.type(0).elementType.isFloat || settings.mode == .nearest else {
            throw .elementType(node.reference, input: 0, try node.type(0).elementType)
        }
        if settings.mode == .nearest {
            var tables: [AxisGather.Axis] = []
            for axis in axes {
                guard !axis.isIdentity else {
                    tables.append(.all)
                    continue
                }
                _ = try steps.reserved([axis.output])
                tables.append(.positions(axis.nearest(settings)))
            }
            return [
                try steps.gather(x, tables, padding: settings.extrapolation, step: "nearest")
            ]
        }
        for (index, axis) in axes.enumerated() where !axis.isIdentity {
            _ = try steps.reserved([axis.output, axis.input])
            let (matrix, offset) = axis.matrix(settings)
            let rank = x.shape.count
            var (labels, extents) = (Array(0..<rank), x.shape + [axis.input])
            labels[index] = rank
            extents[index] = axis.output
            let sum = EinsteinSum(
                operands: [[index, rank], labels], output: Array(0..<rank), extents: extents)
            let weights = steps.constant([axis.output, axis.input], matrix)
            x = try steps.add(
                sum, to: [weights, x], shape: sum.shape, step: "axis\(index)")
            guard offset.contains(where: { $0 != 0 }) else { continue }
            var shape = x.shape.map { _ in 1 }
            shape[index] = axis.output
            x = try steps.apply(
                "Add", [x, steps.constant(shape, offset)], step: "axis\(index)/outside")
        }
        return [x]
    }

    /// What the attributes say.
    struct Settings {
        enum Mode: String {
            case nearest
            case linear
            case cubic
        }

        var mode = Mode.nearest
        var coordinates = "asymmetric"
        var rounding = "up_where_smaller"
        var cubicCoefficient = -0.75
        var excludesOutside = false
        var antialiases = false
        var extrapolation = 0.0
        var policy = "stretch"

        /// Since opset 11 attributes say which coordinates; before, they are asymmetric, and the
        /// nearest position is, as in onnxruntime, the next one below, or above where the axis
        /// shrinks.
        init(reading node: inout NodeReader) throws(ModelError) {
            let name = try node.string("mode") ?? "nearest"
            guard let mode = Mode(rawValue: name), node.opset >= 11 || mode != .cubic else {
                throw node.invalid(
                    attribute: "mode", name, advice: "use nearest, linear or cubic")
            }
            self.mode = mode
            guard node.opset >= 11 else { return }
            coordinates = try node.string("coordinate_transformation_mode") ?? "half_pixel"
            let known = [
                "half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_crop_and_resize", "half_pixel_symmetric", "tf_half_pixel_for_nn",
            ]
            guard known.contains(coordinates) else {
                throw node.invalid(
                    attribute: "coordinate_transformation_mode", coordinates,
                    advice: "use one of \(known)")
            }
            rounding = try node.string("nearest_mode") ?? "round_prefer_floor"
            guard ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].contains(rounding)
            else {
                throw node.invalid(
                    attribute: "nearest_mode", rounding, advice: "use a mode of ONNX's")
            }
            cubicCoefficient = try node.float("cubic_coeff_a") ?? -0.75
            excludesOutside = try node.flag("exclude_outside")
            extrapolation = try node.float("extrapolation_value") ?? 0
            guard node.opset >= 18 else { return }
            antialiases = try node.flag("antialias")
            policy = try node.string("keep_aspect_ratio_policy") ?? "stretch"
            guard ["stretch", "not_larger", "not_smaller"].contains(policy) else {
                throw node.invalid(
                    attribute: "keep_aspect_ratio_policy", policy, advice: "use a policy of ONNX's")
            }
        }
    }
}

/// One axis of a `Resize`.
///
/// Coordinates are computed in single precision, as onnxruntime does: which neighbour is nearest
/// can depend on it.
struct ResizeAxis {
    let input: Int
    let output: Int
    let scale: Float
    /// Start and end of the region of interest, for tf_crop_and_resize.
    let region: (start: Float, end: Float)?

    /// Whether the axis stays as it is.
    var isIdentity: Bool { input == output && scale == 1 && region == nil }

    /// The place in the operand that a place in the result stands for.
    private func coordinate(_ place: Int, _ mode: String) -> Float {
        let (x, length) = (Float(place), Float(input))
        switch mode {
        case "asymmetric": return x / scale
        case "pytorch_half_pixel": return output > 1 ? (x + 0.5) / scale - 0.5 : 0
        case "align_corners":
            return output == 1 ? 0 : x * (length - 1) / Float(output - 1)
        case "tf_half_pixel_for_nn": return (x + 0.5) / scale
        case "half_pixel_symmetric":
            let adjustment = Float(output) / (scale * length)
            return length / 2 * (1 - adjustment) + (x + 0.5) / scale - 0.5
        case "tf_crop_and_resize":
            let (start, end) = region ?? (0, 1)
            return output > 1
                ? start * (length - 1) + x * (end - start) * (length - 1) / Float(output - 1)
                : 0.5 * (start + end) * (length - 1)
        default: return (x + 0.5) / scale - 0.5
        }
    }

    private func isOutside(_ coordinate: Float) -> Bool {
        region != nil && !(coordinate >= 0 && coordinate <= Float(input - 1))
    }

    private func clamped(_ position: Float) -> Int {
        Int(min(max(position, 0), Float(input - 1)))
    }

    /// The nearest position for each place.
    func nearest(_ settings: Resize.Settings) -> [Int] {
        (0..<output).map { place in
            let x = coordinate(place, settings.coordinates)
            if isOutside(x) { return IndexMap.padding }
            let rounded: Float =
                switch settings.rounding {
                case "up_where_smaller": x.rounded(scale < 1 ? .up : .down)
                case "floor": x.rounded(.down)
                case "ceil": x.rounded(.up)
                case "round_prefer_ceil": (x + 0.5).rounded(.down)
                default: (x - 0.5).rounded(.up)
                }
            return clamped(rounded)
        }
    }

    /// Interpolation as weights [output, input], and what is added where it reads outside.
    func matrix(_ settings: Resize.Settings) -> (weights: [Double], offset: [Double]) {
        var weights = [Double](repeating: 0, count: output * input)
        var offset = [Double](repeating: 0, count: output)
        let reach = settings.mode == .linear ? 1.0 : 2.0
        let shrink = settings.antialiases ? min(Double(scale), 1) : 1
        let first = Int((-reach / shrink).rounded(.down)) + 1
        for place in 0..<output {
            let x = coordinate(place, settings.coordinates)
            guard !isOutside(x) else {
                offset[place] = settings.extrapolation
                continue
            }
            // The neighbours are counted from the last position below x.
            let base = Int(x.rounded(.up)) - 1
            let ratio = Double(x) - Double(base)
            // Reaching as far to the right as to the left.
            let neighbours = (first...1 - first).map { step in
                (base + step, kernel((Double(step) - ratio) * shrink, settings))
            }
            let counted =
                settings.excludesOutside
                ? neighbours.filter { (0..<input).contains($0.0) } : neighbours
            let isScaled = settings.excludesOutside || settings.antialiases
            let sum = isScaled ? counted.reduce(0) { $0 + $1.1 } : 1
            for (position, weight) in counted where weight != 0 {
                weights[place * input + min(max(position, 0), input - 1)] += weight / sum
            }
        }
        return (weights, offset)
    }

    /// The weight of a neighbour at a distance.
    private func kernel(_ distance: Double, _ settings: Resize.Settings) -> Double {
        let x = distance.magnitude
        if settings.mode == .linear { return max(0, 1 - x) }
        let a = settings.cubicCoefficient
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
        return 0
    }
}

extension ResizeAxis {
    /// All axes, from scales or sizes.
    static func read(
        _ node: inout NodeReader, shape: [Int], settings: Resize.Settings
    ) throws(ModelError) -> [ResizeAxis] {
        let rank = shape.count
        var list = Array(0..<rank)
        var (scales, sizes): ([Double]?, [Int]?)
        var region: [Double] = []
        if node.opset < 11 {
            // Upsample and the first Resize.
            try node.expect(inputs: 2...2)
            scales = try node.floats(1, role: "scales").values
        } else {
            try node.expect(inputs: 1...4)
            if node.opset >= 18, let given = try node.ints("axes") {
                list = try node.axes(given, rank: rank)
            }
            if settings.coordinates == "tf_crop_and_resize", node.has(1) {
                region = try node.floats(1, role: "roi").values
            }
            if node.has(2) {
                let given = try node.floats(2, role: "scales").values
                scales = given.isEmpty ? nil : given
            }
            if node.has(3) {
                let given = try node.integers(3, role: "sizes")
                sizes = given.isEmpty ? nil : given
            }
        }
        let count = scales?.count ?? sizes?.count ?? 0
        guard (scales == nil) != (sizes == nil), count == list.count,
            region.isEmpty || region.count == 2 * list.count, !shape.contains(0)
        else {
            throw node.mismatch(
                expected: "\(list.count) scales or sizes", actual: "\(count)")
        }
        var common: Float?
        if var wanted = sizes, wanted.allSatisfy({ $0 > 0 }), settings.policy != "stretch" {
            // One scale for all axes; the extents are rounded, the scale is not.
            let ratios = zip(wanted, list).map { Float($0) / Float(shape[$1]) }
            let scale =
                (settings.policy == "not_larger" ? ratios.min() : ratios.max()) ?? 1
            wanted = list.map { axis in
                let extent = (scale * Float(shape[axis]) + 0.5).rounded(.down)
                return (0..<0x1p30).contains(extent) ? Int(extent) : 0
            }
            sizes = wanted
            common = scale
        }
        var axes = shape.map {
            ResizeAxis(input: $0, output: $0, scale: 1, region: nil)
        }
        for (position, axis) in list.enumerated() {
            let extent = shape[axis]
            var scale = Float(scales?[position] ?? 0)
            let output: Int
            if let size = sizes?[position] {
                output = size
                scale = common ?? Float(size) / Float(extent)
            } else {
                let exact = (scale * Float(extent)).rounded(.down)
                output = (0..<0x1p30).contains(exact) ? Int(exact) : 0
            }
            // Runtimes disagree about where the last corner of such an axis lies.
            guard
                sizes != nil || settings.coordinates != "align_corners"
                    || Float(output) == scale * Float(extent)
            else {
                throw node.unsupported(
                    "align_corners with an extent of \(scale * Float(extent)) is",
                    advice: "give sizes instead of scales")
            }
            guard (1...1 << 28).contains(output), scale > 0, scale.isNormal else {
                throw node.mismatch(
                    expected: "positive scales and extents", actual: "\(scale), \(output)")
            }
            let bounds =
                region.isEmpty
                ? nil : (Float(region[position]), Float(region[list.count + position]))
            axes[axis] = ResizeAxis(
                input: extent, output: output, scale: scale, region: bounds)
        }
        return axes
    }
}
