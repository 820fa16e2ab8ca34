/// `TensorProto`: a constant tensor as decoded; ``tensor()`` gives its values.
struct TensorProto {
    private(set) var name = ""
    private(set) var dimensions: [Int64] = []
    private(set) var elementTypeCode = 0
    private(set) var elements = Elements.none
    private(set) var isExternal = false
    /// `external_data`, in the file's order.
    private(set) var externalEntries: [(key: String, value: String)] = []
    private(set) var isSegment = false

    /// The one field that holds the elements.
    enum Elements {
        case none
        case raw(ArraySlice<UInt8>)
        case floats([Float])
        case int32s([Int64])
        case int64s([Int64])
        case doubles([Double])
        case uint64s([UInt64])
        case strings
    }

    init(decoding message: ProtobufReader) throws(ONNXDecodingError) {
        var reader = message
        var floats: [Float] = []
        var int32s: [Int64] = []
        var int64s: [Int64] = []
        var doubles: [Double] = []
        var uint64s: [UInt64] = []
        var raw: ArraySlice<UInt8> = []
        var hasStrings = false
        while let field = try reader.nextField() {
            switch field.number {
            case 1: try reader.append(field, to: &dimensions)
            case 2: elementTypeCode = Int(try reader.int32(field))
            case 3:
                try reader.skip(field)
                isSegment = true
            case 4: try reader.append(field, to: &floats)
            case 5: try reader.append(field, to: &int32s)
            case 6:
                try reader.skip(field)
                hasStrings = true
            case 7: try reader.append(field, to: &int64s)
            case 8: name = try reader.string(field)
            case 9: raw = try reader.byteString(field)
            case 10: try reader.append(field, to: &doubles)
            case 11: try reader.append(field, to: &uint64s)
            case 13:
                externalEntries.append(try Self.entry(decoding: reader.message(field)))
                isExternal = true
            case 14: if try reader.int32(field) != 0 { isExternal = true }
            default: try reader.skip(field)
            }
        }
        var present: [Elements] = []
        if !raw.isEmpty { present.append(.raw(raw)) }
        if !floats.isEmpty { present.append(.floats(floats)) }
        if !int32s.isEmpty { present.append(.int32s(int32s)) }
        if !int64s.isEmpty { present.append(.int64s(int64s)) }
        if !doubles.isEmpty { present.append(.doubles(doubles)) }
        if !uint64s.isEmpty { present.append(.uint64s(uint64s)) }
        if hasStrings { present.append(.strings) }
        guard present.count <= 1 else {
            throw .duplicateField(message: "TensorProto", field: "data")
        }
        elements = present.first ?? .none
    }

    /// `StringStringEntryProto`.
    private static func entry(
        decoding message: ProtobufReader
    ) throws(ONNXDecodingError) -> (key: String, value: String) {
        var reader = message
        var entry = (key: "", value: "")
        while let field = try reader.nextField() {
            switch field.number {
            case 1: entry.key = try reader.string(field)
            case 2: entry.value = try reader.string(field)
            default: try reader.skip(field)
            }
        }
        return entry
    }
}

extension TensorProto {
    /// The tensor's values, exactly: every finite value of ONNX's number types fits.
    ///
    /// - Parameter owner: The name to put in errors when the tensor itself bears none.
    /// - Parameter external: Reads data that lies in another file.
    /// - Throws: ``ModelError/tensor(_:_:)`` for NaN and infinities, integers above 2^63 − 1,
    ///   element types that are not supported, data outside the file, and a number of elements that
    ///   differs from the shape's.
    func tensor(
        owner: String = "", external: ExternalDataReader? = nil
    ) throws(ModelError) -> (ElementType, Tensor) {
        let name = self.name.isEmpty ? owner : self.name
        do throws(TensorProblem) {
            return try tensorValues(external)
        } catch {
            throw .tensor(name, error)
        }
    }

    private func tensorValues(
        _ external: ExternalDataReader?
    ) throws(TensorProblem) -> (ElementType, Tensor) {
        guard !isSegment else { throw .segment }
        guard let type = ElementType(rawValue: elementTypeCode) else {
            throw .elementType(ElementType.name(ofCode: elementTypeCode))
        }
        var shape: [Int] = []
        for extent in dimensions {
            guard extent >= 0, let extent = Int(exactly: extent) else { throw .extent(Int(extent)) }
            shape.append(extent)
        }
        guard let count = Shape.elementCount(shape) else { throw .tooManyElements }
        let elements =
            isExternal ? try read(external, byteCount: count * type.byteCount) : self.elements
        if type.isFloat {
            // Masks are written with infinities; the largest float does the same.
            let largest = Double(Float.greatestFiniteMagnitude)
            let values = try floatValues(elements, type, count: count).map {
                $0.isInfinite ? Double(signOf: $0, magnitudeOf: largest) : $0
            }
            if let index = values.firstIndex(where: { !$0.isFinite }) {
                throw .notANumber(index: index)
            }
            return (type, .float(FloatTensor(shape: shape, values: values)))
        }
        let values = try integerValues(elements, type, count: count)
        if let range = type.integerRange,
            let index = values.firstIndex(where: { !range.contains($0) })
        {
            throw .integerOutOfRange(index: index)
        }
        return (type, .int(IntTensor(shape: shape, values: values)))
    }

    /// The elements from another file, in the form of raw data.
    private func read(
        _ external: ExternalDataReader?, byteCount: Int
    ) throws(TensorProblem) -> Elements {
        do throws(ExternalDataProblem) {
            guard case .none = elements else {
                throw .entry(key: "data_location", value: "EXTERNAL, with data here too")
            }
            guard let external else { throw .noReader }
            let data = try ExternalData(externalEntries, byteCount: byteCount)
            // Nothing to read; an empty tensor has no elements here either.
            guard byteCount > 0 else { return .none }
            let bytes = try external(data)
            guard bytes.count == byteCount else {
                throw .tooShort(data.path.joined(separator: "/"), expected: byteCount)
            }
            return .raw(bytes[...])
        } catch {
            throw .externalData(error)
        }
    }

    private func floatValues(
        _ elements: Elements, _ type: ElementType, count: Int
    ) throws(TensorProblem) -> [Double] {
        switch (elements, type) {
        case (.none, _):
            try expect(0, count)
            return []
        case (.raw(let bytes), _):
            try expectRaw(bytes, type, count)
            return switch type {
            case .double: RawElements(bytes).map { Double(bitPattern: $0 as UInt64) }
            case .float16: RawElements(bytes).map { HalfPrecision.float16($0) }
            case .bfloat16: RawElements(bytes).map { HalfPrecision.bfloat16($0) }
            default: RawElements(bytes).map { Double(Float(bitPattern: $0 as UInt32)) }
            }
        case (.floats(let values), .float):
            try expect(values.count, count)
            return values.map(Double.init)
        case (.doubles(let values), .double):
            try expect(values.count, count)
            return values
        case (.int32s(let values), .float16), (.int32s(let values), .bfloat16):
            try expect(values.count, count)
            var result: [Double] = []
            result.reserveCapacity(count)
            for (index, value) in values.enumerated() {
                guard let pattern = UInt16(exactly: value) else {
                    throw .integerOutOfRange(index: index)
                }
                result.append(
                    type == .float16
                        ? HalfPrecision.float16(pattern) : HalfPrecision.bfloat16(pattern))
            }
            return result
        default:
            throw .encoding
        }
    }

    private func integerValues(
        _ elements: Elements, _ type: ElementType, count: Int
    ) throws(TensorProblem) -> [Int] {
        switch (elements, type) {
        case (.none, _):
            try expect(0, count)
            return []
        case (.raw(let bytes), _):
            try expectRaw(bytes, type, count)
            return switch type {
            case .uint8, .bool: bytes.map { Int($0) }
            case .int8: bytes.map { Int(Int8(bitPattern: $0)) }
            case .uint16: RawElements(bytes).map { Int($0 as UInt16) }
            case .int16: RawElements(bytes).map { Int(Int16(bitPattern: $0)) }
            case .uint32: RawElements(bytes).map { Int($0 as UInt32) }
            case .int32: RawElements(bytes).map { Int(Int32(bitPattern: $0)) }
            // Patterns from 2^63 on turn negative: out of the range of uint64, so refused.
            default: RawElements(bytes).map { Int(bitPattern: UInt($0 as UInt64)) }
            }
        case (.int64s(let values), .int64):
            try expect(values.count, count)
            return values.map { Int($0) }
        case (.uint64s(let values), .uint64), (.uint64s(let values), .uint32):
            try expect(values.count, count)
            return values.map { Int(bitPattern: UInt($0)) }
        case (.int32s(let values), .int32), (.int32s(let values), .int16),
            (.int32s(let values), .int8),
            (.int32s(let values), .uint16), (.int32s(let values), .uint8),
            (.int32s(let values), .bool):
            try expect(values.count, count)
            return values.map { Int($0) }
        default:
            throw .encoding
        }
    }

    private func expect(_ actual: Int, _ expected: Int) throws(TensorProblem) {
        guard actual == expected else { throw .elementCount(expected: expected, actual: actual) }
    }

    /// `count` is at most ``Shape/elementLimit``, so the product is in range.
    private func expectRaw(
        _ bytes: ArraySlice<UInt8>, _ type: ElementType, _ count: Int
    ) throws(TensorProblem) {
        guard bytes.count == count * type.byteCount else {
            throw .byteCount(expected: count * type.byteCount, actual: bytes.count)
        }
    }
}

/// Fixed-width little-endian integers laid out one after another.
private struct RawElements {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// - Precondition: The byte count is a multiple of the integer's size.
    func map<Pattern: FixedWidthInteger, Value>(_ transform: (Pattern) -> Value) -> [Value] {
        let size = MemoryLayout<Pattern>.size
        precondition(bytes.count.isMultiple(of: size))
        return bytes.withUnsafeBytes { buffer in
            // SAFETY: every load ends at or before the buffer's end: i < count / size.
            (0..<buffer.count / size).map { i in
                transform(
                    Pattern(
                        littleEndian: buffer.loadUnaligned(
                            fromByteOffset: i * size, as: Pattern.self)))
            }
        }
    }
}
