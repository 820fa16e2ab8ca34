/// numpy's `.npy` format, versions 1.0 to 3.0.
///
/// Reference: numpy.lib.format, "NEP 1: A simple file format for NumPy arrays".
enum Npy {
    /// Decodes a whole file: every byte is used, values come out in row-major order.
    static func decode(
        _ bytes: ArraySlice<UInt8>, limits: TensorLimits
    ) throws(TensorProblem) -> TensorData {
        let header = try NpyHeader(decoding: bytes)
        let type = header.elementType
        guard let count = elementCount(of: header.shape) else {
            throw .npyHeader(.shape, offset: header.dataOffset)
        }
        let (needed, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        let data = bytes.dropFirst(header.dataOffset)
        guard !overflow, needed <= data.count else {
            throw .truncated(
                part: "the values of shape \(header.shape)", needed: overflow ? .max : needed,
                available: data.count)
        }
        guard needed == data.count else { throw .trailingBytes(data.count - needed) }
        // Eight bytes a value in memory, whatever it is in the file; count <= data.count.
        guard count <= limits.arrayBytes / 8 else {
            throw .tooLarge(
                bytes: count.multipliedReportingOverflow(by: 8).partialValue,
                limit: limits.arrayBytes)
        }

        let order =
            header.isFortranOrder && header.shape.count > 1 && count > 0
            ? FortranOrder(shape: header.shape) : nil
        if type.kind == .float {
            let reals = try decodeReals(data, type, count, header.shape, order)
            return TensorData(shape: header.shape, reals: reals)
        }
        let integers = try decodeIntegers(data, type, count, header.shape, order)
        return TensorData(shape: header.shape, integers: integers)
    }

    private static func decodeReals(
        _ data: ArraySlice<UInt8>, _ type: NpyElementType, _ count: Int, _ shape: [Int],
        _ order: FortranOrder?
    ) throws(TensorProblem) -> [Double] {
        var values = [Double](repeating: 0, count: count)
        for i in 0..<count {
            let word = word(data, order?.position(of: i) ?? i, type)
            let value =
                switch type.byteCount {
                case 2: Double(halfBits: UInt16(truncatingIfNeeded: word))
                case 4: Double(Float(bitPattern: UInt32(truncatingIfNeeded: word)))
                default: Double(bitPattern: word)
                }
            guard value.isFinite else {
                throw .notFinite(index: coordinates(of: i, in: shape), value: "\(value)")
            }
            values[i] = value
        }
        return values
    }

    private static func decodeIntegers(
        _ data: ArraySlice<UInt8>, _ type: NpyElementType, _ count: Int, _ shape: [Int],
        _ order: FortranOrder?
    ) throws(TensorProblem) -> [Int64] {
        var values = [Int64](repeating: 0, count: count)
        let unused = UInt64(64 - 8 * type.byteCount)
        for i in 0..<count {
            let word = word(data, order?.position(of: i) ?? i, type)
            switch type.kind {
            case .signed: values[i] = Int64(bitPattern: word << unused) >> Int64(unused)
            case .boolean: values[i] = word == 0 ? 0 : 1
            case .unsigned, .float:
                guard let value = Int64(exactly: word) else {
                    throw .integerOutOfRange(index: coordinates(of: i, in: shape))
                }
                values[i] = value
            }
        }
        return values
    }

    /// The element's bytes as an unsigned integer.
    @inline(__always)
    private static func word(
        _ data: ArraySlice<UInt8>, _ position: Int, _ type: NpyElementType
    ) -> UInt64 {
        let start = data.startIndex + position * type.byteCount
        var word: UInt64 = 0
        for k in 0..<type.byteCount {
            word = word << 8 | UInt64(data[start + (type.isBigEndian ? k : type.byteCount - 1 - k)])
        }
        return word
    }

    /// Encodes as version 1.0: `<f8` for reals, `<i8` for integers, row-major.
    static func encode(_ tensor: TensorData) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(8 * tensor.count + 128)
        let type: NpyElementType =
            switch tensor.values {
            case .reals: .float64
            case .integers: .int64
            }
        let shape =
            tensor.shape.count == 1
            ? "(\(tensor.shape[0]),)"
            : "(" + tensor.shape.map(String.init).joined(separator: ", ") + ")"
        let dictionary = "{'descr': '\(type.name)', 'fortran_order': False, 'shape': \(shape), }"
        // numpy pads with spaces so that the values begin at a multiple of 64.
        let unpadded = 10 + dictionary.utf8.count + 1
        let padding = (64 - unpadded % 64) % 64
        body += NpyHeader.magic + [1, 0]
        body.append(littleEndian: UInt16(unpadded + padding - 10))
        body += dictionary.utf8
        body += repeatElement(UInt8(ascii: " "), count: padding)
        body.append(UInt8(ascii: "\n"))
        switch tensor.values {
        case .reals(let reals): for value in reals { body.append(littleEndian: value.bitPattern) }
        case .integers(let integers): for value in integers { body.append(littleEndian: value) }
        }
        return body
    }
}

/// Finds a row-major position in a column-major array.
private struct FortranOrder {
    private let shape: [Int]
    /// Positions a step along each axis moves in the file.
    private let strides: [Int]

    /// - Precondition: The extents' product is an `Int` and not 0.
    init(shape: [Int]) {
        self.shape = shape
        var strides: [Int] = []
        var stride = 1
        for extent in shape {
            strides.append(stride)
            stride *= extent
        }
        self.strides = strides
    }

    func position(of rowMajor: Int) -> Int {
        var rest = rowMajor
        var position = 0
        for axis in shape.indices.reversed() {
            position += rest % shape[axis] * strides[axis]
            rest /= shape[axis]
        }
        return position
    }
}

extension Array where Element == UInt8 {
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

extension Double {
    /// The value of an IEEE half-precision number.
    init(halfBits bits: UInt16) {
        let exponent = Int(bits >> 10 & 0x1F)
        let fraction = Double(bits & 0x3FF) / 1024
        let magnitude: Double
        switch exponent {
        case 0: magnitude = fraction * 0x1p-14
        case 31: magnitude = fraction == 0 ? .infinity : .nan
        default: magnitude = Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
        }
        self = bits >> 15 == 1 ? -magnitude : magnitude
    }
}
