import Circuits

/// Table sizes, chosen by the cost model for the whole circuit.
struct TableWidths: Hashable {
    /// w of range checks.
    var limbBits: Int
    /// The widest function table that may take the place of a saturating one.
    var tableBits: Int
}

/// Lowers a calibrated graph to a circuit, node by node.
///
/// A value is an integer tensor with a unit and proved bounds. Linear layers leave exact
/// accumulators, which stay as they are until a nonlinearity or another layer needs few bits; then
/// one requantisation, fused with the nonlinearity, brings them to the calibrated format.
struct Lowering {
    let graph: ModelGraph
    let calibration: Calibration
    let precision: Precision
    let options: CompileOptions
    let widths: TableWidths
    let cache: LoweringCache
    var builder: CircuitBuilder
    var values: [LoweredValue?]
    /// Rounded to few bits, for values that more than one operation needs so.
    var narrowed: [LoweredTensor?]
    /// The layer that made each value.
    var layerNames: [String]
    /// The positions of the nodes that read a value, once for each operand.
    let consumers: [[Int]]
    /// Values among the graph's outputs.
    let isOutput: [Bool]
    /// Arguments of softmaxes that are masked by constants, by value: they are not lowered.
    let masks: [Int: SoftmaxMask]
    var outputErrors: [Double] = []
    /// Where numbers are rounded, in the order in which that is put into the circuit.
    var roundings: [RoundingSite] = []
    /// The widths that would keep each function's argument from saturating.
    var argumentBits: Set<Int> = []
    /// For each value the most fractional bits in which a table or a comparison wants it.
    var wantedFractionalBits: [Int] = []
    /// The position in the graph of the node that is being lowered.
    var currentNode = 0

    init(
        _ graph: ModelGraph, calibration: Calibration, precision: Precision,
        options: CompileOptions, widths: TableWidths, cache: LoweringCache
    ) {
        self.graph = graph
        self.calibration = calibration
        self.precision = precision
        self.options = options
        self.widths = widths
        self.cache = cache
        builder = CircuitBuilder(limbBits: widths.limbBits)
        values = Array(repeating: nil, count: graph.values.count)
        narrowed = Array(repeating: nil, count: graph.values.count)
        layerNames = graph.values.map(\.name)
        var consumers = [[Int]](repeating: [], count: graph.values.count)
        for (position, node) in graph.nodes.enumerated() {
            for operand in node.operands { consumers[operand].append(position) }
        }
        self.consumers = consumers
        var isOutput = [Bool](repeating: false, count: graph.values.count)
        for output in graph.outputs { isOutput[output] = true }
        self.isOutput = isOutput
        masks = cache.masks(of: graph) { consumers[$0].count == 1 && !isOutput[$0] }
    }

    /// Lowers the whole graph.
    mutating func run() throws(LoweringError) {
        try checkScales()
        for (index, value) in graph.values.enumerated() {
            guard let constant = value.constant else { continue }
            values[index] = .constant(FloatTensor(shape: constant.shape, values: constant.reals))
        }
        findWantedFractionalBits()
        for input in graph.inputs { try addInput(input) }
        for (position, node) in graph.nodes.enumerated() {
            builder.currentName = node.reference.layerName
            currentNode = position
            for result in node.results { layerNames[result] = builder.currentName }
            try lower(node)
        }
        for output in graph.outputs { try addOutput(output) }
    }

    /// Every calibrated range must fit some format.
    private func checkScales() throws(LoweringError) {
        for (index, value) in graph.values.enumerated()
        where calibration.ranges[index] != nil && masks[index] == nil {
            let range = range(index)
            guard format(index).represents(range) else {
                throw .outOfScale(
                    value: value.name,
                    magnitude: max(range.lowerBound.magnitude, range.upperBound.magnitude))
            }
        }
    }

    /// Lowers a node and takes in its results.
    private mutating func lower(_ node: ModelGraph.Node) throws(LoweringError) {
        if node.results.contains(where: { masks[$0] != nil }) { return }
        let results: [LoweredValue?]
        switch node.operation {
        case let operation as TopK: results = try lower(operation, node)
        case let operation as Split: results = try lower(operation, node)
        default: results = [try result(of: node)]
        }
        for (index, result) in zip(node.results, results)
        where graph.values[index].constant == nil {
            if case .tensor(let tensor) = result {
                values[index] = .tensor(limited(tensor, index))
            } else {
                values[index] = result
            }
        }
    }

    /// The result of an operation that has one.
    private mutating func result(
        of node: ModelGraph.Node
    ) throws(LoweringError) -> LoweredValue {
        switch node.operation {
        case let operation as Softmax: return try lower(operation, node)
        case is FloorQuotient: return try lowerFloorQuotient(node)
        case let operation as Normalization: return try lower(operation, node)
        case let operation as ArgExtreme: return try lower(operation, node)
        case let operation as RowGather: return try lower(operation, node)
        case let operation as OneHotEncoding: return try lower(operation, node)
        case let operation as Conv: return try lower(operation, node)
        case let operation as Gemm: return try lower(operation, node)
        case let operation as MatMul: return try lower(operation, node)
        case let operation as BatchNormalization: return try lower(operation, node)
        case let operation as AveragePool: return try lower(operation, node)
        case let operation as MaxPool: return try lower(operation, node)
        case let operation as PoolPositions: return try lower(operation, node)
        case let operation as WindowSum: return try lower(operation, node)
        case let operation as Quantization: return try lower(operation, node)
        case let operation as Dequantization: return try lower(operation, node)
        case let operation as ScaledSum: return try lower(operation, node)
        case let operation as IntegerTable: return try lower(operation, node)
        case let operation as IntegerOffset:
            return .tensor(try offset(tensor(node.operands[0]), by: operation.number))
        case let operation as Arithmetic: return try lower(operation, node)
        case is Negation: return try lowerNegation(node)
        case let comparison as Comparison: return try lower(comparison, node)
        case let logic as Logic: return try lower(logic, node)
        case is LogicalNot: return try lowerNot(node)
        case is IsNonzero: return try lowerIsNonzero(node)
        case is Sign: return try lowerSign(node)
        case is Selection: return try lowerSelection(node)
        case let variadic as Variadic: return try lower(variadic, node)
        case is PRelu: return try lowerPRelu(node)
        case let power as Power: return try lower(power, node)
        case let rounding as IntegerRounding: return try lower(rounding, node)
        case let operation as any ElementwiseFunction: return try lower(operation, node)
        case is Reshape: return try lowerReshape(node)
        case is Cast: return try operand(0, of: node)
        case let operation as Transpose: return try lower(operation, node)
        case let operation as any DataMovement: return try lower(operation, node)
        case let operation as EinsteinSum: return try lower(operation, node)
        case let operation as AxisExtremum: return try lower(operation, node)
        case let operation as Concat: return try lower(operation, node)
        default:
            throw .unsupported(
                node.reference, what: "proving this operator is", advice: "replace it")
        }
    }
}

// MARK: - Values

extension Lowering {
    /// What is known of an operand.
    func operand(_ position: Int, of node: ModelGraph.Node) throws(LoweringError) -> LoweredValue {
        guard let value = values[node.operands[position]] else {
            throw .unsupported(
                node.reference, what: "an operand of integers is", advice: "cast it to float")
        }
        return value
    }

    func shape(_ value: Int) -> [Int] { graph.values[value].shape }

    /// Whether one operation alone reads the value, so that it may be folded into that.
    func isReadOnce(_ value: Int) -> Bool { consumers[value].count == 1 && !isOutput[value] }

    /// Whether anything needs the value: of several results some may be left alone.
    func isRead(_ value: Int) -> Bool { !consumers[value].isEmpty || isOutput[value] }

    /// B of a value.
    func bits(_ value: Int) -> Int { precision[value] }

    /// The range that a value's format has to hold.
    func range(_ value: Int) -> ClosedRange<Double> {
        held(value).union(calibration.reaches[value] ?? 0...0)
    }

    /// The range that must not be left where that is refused.
    func held(_ value: Int) -> ClosedRange<Double> {
        let seen = calibration.ranges[value] ?? 0...0
        switch options.outOfRange {
        case .saturate: return seen
        case .refuse: return seen.widened(by: 0.25)
        }
    }

    /// The calibrated format of a value.
    func format(_ value: Int) -> FixedPointFormat {
        isInteger(value)
            ? wholeFormat(value) : FixedPointFormat(fitting: range(value), bits: bits(value))
    }

    /// The tensor with an error no larger than its bounds and the calibrated range allow.
    private func limited(_ tensor: LoweredTensor, _ value: Int) -> LoweredTensor {
        guard let range = calibration.ranges[value] else { return tensor }
        var tensor = tensor
        let reach = max(range.lowerBound.magnitude, range.upperBound.magnitude)
        tensor.error = min(tensor.error, tensor.realMagnitude + reach)
        return tensor
    }

    /// The operand as a tensor of the circuit, however many bits it has.
    mutating func tensor(_ value: Int) throws(LoweringError) -> LoweredTensor {
        switch values[value] {
        case .tensor(let tensor)?:
            return tensor
        case .pending(let layer)?:
            let tensor = limited(try emit(layer, for: value), value)
            values[value] = .tensor(tensor)
            return tensor
        case .constant(let constant)?:
            return try quantised(
                constant, unit: isInteger(value) ? 1 : constantUnit(constant))
        case nil:
            preconditionFailure("operands are lowered before they are read")
        }
    }

    /// A constant of the model as a constant of the circuit.
    mutating func quantised(
        _ constant: FloatTensor, unit: Double
    ) throws(LoweringError) -> LoweredTensor {
        let bounds = try integerBounds(constant, unit: unit)
        let reals = constant.values
        let wire = builder.constant(try tensorShape(constant.shape)) {
            reals.map { Int64(Rounding.halfUp($0 / unit)) }
        }
        return LoweredTensor(
            wire: wire, layout: Layout(constant.shape), unit: unit, bounds: bounds,
            error: constant.isWhole(in: unit) ? 0 : unit / 2)
    }

    /// The smallest and largest integer of a constant in a unit.
    func integerBounds(
        _ constant: FloatTensor, unit: Double
    ) throws(LoweringError) -> IntegerBounds {
        let low = Rounding.halfUp((constant.values.min() ?? 0) / unit)
        let high = Rounding.halfUp((constant.values.max() ?? 0) / unit)
        guard max(low.magnitude, high.magnitude) < 0x1p62 else {
            throw .accumulatorOverflow(
                layer: builder.currentName,
                bits: 2 + Int(max(low.magnitude, high.magnitude).exponent))
        }
        return IntegerBounds(Int128(low), Int128(high))
    }

    /// - Throws: ``LoweringError/accumulatorOverflow(layer:bits:)``.
    func check(_ bounds: IntegerBounds) throws(LoweringError) {
        guard bounds.isWithinLimit else {
            throw .accumulatorOverflow(layer: builder.currentName, bits: bounds.signedBits)
        }
    }

    /// Of sums of so many products; no bound that overflows gets through.
    func productBounds(
        _ a: IntegerBounds, _ b: IntegerBounds, terms: Int
    ) throws(LoweringError) -> IntegerBounds {
        let product = a * b
        try check(product)
        let sum = product * Int128(terms)
        try check(sum)
        return sum
    }

    func tensorShape(_ extents: [Int]) throws(LoweringError) -> TensorShape {
        guard let shape = TensorShape(extents) else {
            throw .gadget(layer: builder.currentName, .tooLarge)
        }
        return shape
    }

    /// A unit in which the largest element of a constant takes 24 bits.
    func constantUnit(_ constant: FloatTensor) -> Double {
        let magnitude = constant.values.reduce(0) { max($0, $1.magnitude) }
        return FixedPointFormat(fitting: -magnitude...magnitude, bits: 24).unit
    }

    /// Adds a gadget under the current name.
    mutating func add(_ gadget: Gadget) throws(LoweringError) -> Wire {
        do throws(GadgetFault) {
            return try builder.add(gadget)
        } catch {
            throw .gadget(layer: builder.currentName, error)
        }
    }
}
