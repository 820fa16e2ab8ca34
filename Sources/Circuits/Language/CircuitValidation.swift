/// Bounds that hold for every circuit, whoever made it.
public enum CircuitLimits {
    /// Each relation's integers stay below 2^250 < r/8, so none wraps in the field.
    ///
    /// The limits on domains, shifts and overshoots imply it of a requantisation: two quotients of
    /// one cell differ by less than 2^60 + 2 · 2^100 < 2^102, times 2^100 that is below 2^202, and
    /// the remainders add less than 2^100. ``Requantisation/differenceBits`` is compared with this
    /// number all the same, so that a limit that is raised cannot take uniqueness with it.
    public static let uniquenessBits = 250
    /// Domains of requantisations have 2 to 2^60 integers and begin within 2^60 of 0.
    public static let domainBits = 1...60
    public static let domainMagnitude = 1 << 60
    /// Function tables have 2 to 2^16 rows.
    public static let tableBits = 1...16
    public static let limbBits = 1...16
    public static let portBits = 1...32
    public static let fractionalBits = -64...64
    /// Coefficients and constants of affine gadgets.
    public static let coefficientBits = 100
    /// Shifts and overshoots: 2^shift is an affine coefficient.
    public static let shifts = 0...coefficientBits
    /// Of numbers compared: x and −x cannot both be in [0, 2^bits) unless x is 0.
    public static let differenceBits = 1...62
    /// Cells of all merge gadgets together: the verifier's work on them is linear.
    public static let mergedCells = 1 << 20
    /// Strides, dilations and offsets of an index map.
    public static let indexCoefficient = 1 << 24
    public static let nameBytes = 256
    /// Cells of one input or output: the verifier reads every public value.
    public static let portCells = 1 << 22
    /// Of all inputs and outputs together.
    public static let allPortCells = 1 << 23
    /// Extent of an axis: the verifier evaluates vectors over it.
    public static let extent = 1 << 24
    /// Steps of the verifier on index maps and public values, all claims together.
    public static let verifierWork = 1 << 23
    /// Label combinations that index one axis: the verifier holds that many field elements.
    public static let labelCombinations = 1 << 20
    /// Tensors of the expanded circuit; with at most 2^40 cells each, no sum of sizes overflows.
    public static let tensors = 1 << 18
    /// How many tensors a claim may dissolve into through views and affine tensors, and how deep;
    /// also how many claims may arrive at one einsum.
    public static let dissolvedTerms = 1 << 12
    public static let dissolvedDepth = 1 << 8

    /// Whether a gadget's result may lie there; all its integers are below 2^61 in magnitude.
    static func isDomain(_ domain: IntegerDomain) -> Bool {
        domainBits.contains(domain.bits) && domain.lowest.magnitude <= domainMagnitude
    }
}

extension Circuit {
    /// Checks the whole circuit and returns the shape of every wire.
    ///
    /// What is checked of a gadget is what makes its result unique, whatever the constants are:
    /// labels and extents agree, and the integers of its relation cannot wrap in the field. What
    /// the verifier has to do is bounded when the circuit is expanded.
    ///
    /// - Throws: ``CircuitError`` naming the first offender.
    public func validatedShapes() throws(CircuitError) -> [TensorShape] {
        guard CircuitLimits.limbBits.contains(limbBits) else { throw .invalidLimbBits(limbBits) }
        for (index, domain) in functionTables.enumerated() {
            guard CircuitLimits.tableBits.contains(domain.bits), domain.lowest.magnitude <= 1 << 40
            else { throw .invalidTable(index: index) }
        }
        try checkPorts()
        var shapes = inputs.map(\.shape) + constants
        var mergedCells = 0
        for (index, gadget) in gadgets.enumerated() {
            let shape: TensorShape
            do throws(GadgetFault) {
                shape = try self.shape(of: gadget, shapes: shapes)
            } catch {
                throw .invalidGadget(index: index, error)
            }
            if case .merge = gadget { mergedCells += shape.cellCount }
            guard mergedCells <= CircuitLimits.mergedCells else {
                throw .invalidGadget(index: index, .mergeLimit)
            }
            shapes.append(shape)
        }
        for output in outputs where output.wire.index >= wireCount || output.wire.index < 0 {
            throw .invalidPort(name: output.port.name, .unknownWire)
        }
        let portCells =
            inputs.map { ($0.port.name, $0.shape.cellCount) }
            + outputs.map { ($0.port.name, shapes[$0.wire.index].cellCount) }
        var allCells = 0
        for (name, cells) in portCells {
            // No sum of cells up to 2^40 can overflow before it is refused.
            allCells += cells
            guard cells <= CircuitLimits.portCells, allCells <= CircuitLimits.allPortCells else {
                throw .invalidPort(name: name, .tooManyCells)
            }
        }
        try checkEverythingIsRead()
        return shapes
    }

    private func checkPorts() throws(CircuitError) {
        guard !outputs.isEmpty else { throw .noOutputs }
        for output in outputs where output.port.saturates {
            throw .invalidPort(name: output.port.name, .saturation)
        }
        for ports in [inputs.map(\.port), outputs.map(\.port)] {
            var names = Set<String>()
            for port in ports {
                guard !port.name.isEmpty, port.name.utf8.count <= CircuitLimits.nameBytes else {
                    throw .invalidPort(name: port.name, .emptyName)
                }
                guard CircuitLimits.portBits.contains(port.bits) else {
                    throw .invalidPort(name: port.name, .bits)
                }
                guard CircuitLimits.fractionalBits.contains(port.fractionalBits) else {
                    throw .invalidPort(name: port.name, .fractionalBits)
                }
                guard names.insert(port.name).inserted else {
                    throw .invalidPort(name: port.name, .duplicateName)
                }
            }
        }
    }

    private func checkEverythingIsRead() throws(CircuitError) {
        var read = [Bool](repeating: false, count: wireCount)
        var tableRead = [Bool](repeating: false, count: functionTables.count)
        for gadget in gadgets {
            for wire in gadget.sources { read[wire.index] = true }
            if let table = gadget.functionTable { tableRead[table] = true }
        }
        for output in outputs { read[output.wire.index] = true }
        for (index, isRead) in read.enumerated() where !isRead {
            if index < inputs.count { throw .unreadInput(inputs[index].port.name) }
            if index < inputs.count + constants.count {
                throw .unreadConstant(index - inputs.count)
            }
            throw .unreadGadget(index - inputs.count - constants.count)
        }
        if let table = tableRead.firstIndex(of: false) { throw .unreadTable(table) }
    }

    private func shape(
        of gadget: Gadget, shapes: [TensorShape]
    ) throws(GadgetFault) -> TensorShape {
        for source in gadget.sources where source.index < 0 || source.index >= shapes.count {
            throw .forwardReference
        }
        switch gadget {
        case .einsum(let einsum):
            return try einsum.validatedShape(shapes: shapes)
        case .view(let view):
            return try view.validatedShape(source: shapes[view.operand.source.index])
        case .merge(let merge):
            return try merge.validatedShape(source: shapes[merge.source.index])
        case .affine(let affine):
            guard affine.rightShift == 0 else { throw .shift }
            return try affine.validatedShape(shapes: shapes)
        default:
            guard let advised = gadget.advised else { throw .operandCount }
            return try advised.validatedShape(shapes, functionTables: functionTables)
        }
    }
}

extension GadgetFault: Error {}

extension Operand {
    /// Labels known, used once, indices small; the source's rank matches.
    func validate(source: TensorShape, extents: [Int]) throws(GadgetFault) {
        guard axes.count == source.rank else { throw .axes }
        var seen = Set<Label>()
        for axis in axes {
            guard axis.offset.magnitude <= CircuitLimits.indexCoefficient else {
                throw .coefficient
            }
            for term in axis.terms {
                guard extents.indices.contains(term.label) else { throw .unknownLabel }
                guard seen.insert(term.label).inserted else { throw .repeatedLabel }
                guard term.coefficient != 0,
                    term.coefficient.magnitude <= CircuitLimits.indexCoefficient
                else { throw .coefficient }
            }
        }
    }

    /// Whether every axis is indexed by one label that runs over exactly its extent.
    public func isPlain(source: TensorShape, extents: [Int]) -> Bool {
        zip(axes, source.extents).allSatisfy { axis, extent in
            axis.plainLabel.map { extents[$0] == extent } ?? false
        }
    }
}

extension Einsum<Wire> {
    func validatedShape(shapes: [TensorShape]) throws(GadgetFault) -> TensorShape {
        guard (1...3).contains(operands.count) else { throw .operandCount }
        guard extents.count <= 2 * TensorShape.rankLimit, TensorShape.areExtents(extents) else {
            throw .extent
        }
        var used = Set<Label>()
        for operand in operands {
            try operand.validate(source: shapes[operand.source.index], extents: extents)
            used.formUnion(operand.labels)
        }
        guard used.count == extents.count else { throw .missingLabel }
        guard Set(output).count == output.count else { throw .repeatedLabel }
        guard output.allSatisfy(extents.indices.contains) else { throw .unknownLabel }
        // The labels of the sum-check form a hypercube of their own.
        guard extents.reduce(0, { $0 + log2Ceiling($1) }) <= 62,
            let shape = TensorShape(output.map { extents[$0] })
        else { throw .tooLarge }
        return shape
    }
}

extension TensorShape {
    static func areExtents(_ extents: [Int]) -> Bool {
        extents.allSatisfy { $0 >= 1 && $0 <= CircuitLimits.extent }
    }
}

extension View<Wire> {
    func validatedShape(source: TensorShape) throws(GadgetFault) -> TensorShape {
        guard let shape = TensorShape(extents) else { throw .extent }
        try operand.validate(source: source, extents: extents)
        guard operand.labels.count == extents.count else { throw .missingLabel }
        guard fill.magnitude <= 1 << 40 else { throw .coefficient }
        return shape
    }
}

extension Merge<Wire> {
    func validatedShape(source: TensorShape) throws(GadgetFault) -> TensorShape {
        guard groups.allSatisfy({ $0 >= 1 && $0 <= source.rank }),
            groups.reduce(0, +) == source.rank
        else { throw .axes }
        var extents: [Int] = []
        var axis = 0
        for group in groups {
            extents.append(source.extents[axis..<axis + group].reduce(1, *))
            axis += group
        }
        guard let shape = TensorShape(extents) else { throw .tooLarge }
        return shape
    }
}

extension Affine<Wire> {
    func validatedShape(shapes: [TensorShape]) throws(GadgetFault) -> TensorShape {
        guard let shape = TensorShape(extents) else { throw .extent }
        guard !terms.isEmpty else { throw .operandCount }
        let limit = Int128(1) << CircuitLimits.coefficientBits
        guard constant.magnitude <= limit.magnitude else { throw .coefficient }
        for term in terms {
            let source = shapes[term.source.index]
            guard term.coefficient != 0, term.coefficient.magnitude <= limit.magnitude else {
                throw .coefficient
            }
            guard term.labels.count == source.rank else { throw .axes }
            guard Set(term.labels).count == term.labels.count else { throw .repeatedLabel }
            for (label, extent) in zip(term.labels, source.extents) {
                guard extents.indices.contains(label) else { throw .unknownLabel }
                guard extents[label] == extent else { throw .extentMismatch }
            }
        }
        return shape
    }
}
