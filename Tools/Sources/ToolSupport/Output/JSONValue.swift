/// A JSON value to print. Objects keep the order in which their keys were given.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Printed with as few digits as give the same double back; `null` where it is not finite.
    case number(Double)
    case string(String)
    case array([JSONValue])
    /// The same as an array of numbers, for long tensors.
    case numbers([Double])
    case object([Member])

    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONValue

        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    /// One line of JSON text, ASCII only.
    public var text: String {
        var bytes: [UInt8] = []
        append(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of a key; nil where there is none, or this is no object.
    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// This object with more members at its end; members that are nil are left out.
    public func adding(_ members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
        guard case .object(let first) = self else { return self }
        return .object(first + members.compactMap { key, value in value.map { Member(key, $0) } })
    }

    /// This object with the members of another one at its end.
    public func adding(members other: JSONValue) -> JSONValue {
        guard case .object(let first) = self, case .object(let second) = other else { return self }
        return .object(first + second)
    }

    private func append(to bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .integer(let value): bytes += String(value).utf8
        case .number(let value): Self.append(value, to: &bytes)
        case .string(let value): Self.append(value, to: &bytes)
        case .array(let values): Self.appendList(values, to: &bytes) { $0.append(to: &$1) }
        case .numbers(let values): Self.appendList(values, to: &bytes) { Self.append($0, to: &$1) }
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (i, member) in members.enumerated() {
                if i > 0 { bytes += ", ".utf8 }
                Self.append(member.key, to: &bytes)
                bytes += ": ".utf8
                member.value.append(to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func appendList<Element>(
        _ values: [Element], to bytes: inout [UInt8], _ append: (Element, inout [UInt8]) -> Void
    ) {
        bytes.append(UInt8(ascii: "["))
        for (i, value) in values.enumerated() {
            if i > 0 { bytes += ", ".utf8 }
            append(value, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private static func append(_ value: Double, to bytes: inout [UInt8]) {
        if !value.isFinite {
            bytes += "null".utf8
        } else if let integer = Int(exactly: value), abs(integer) < 1 << 53 {
            bytes += String(integer).utf8
        } else {
            bytes += value.description.utf8  // the shortest that reads back; JSON allows its form
        }
    }

    private static func append(_ value: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\t": bytes += "\\t".utf8
            case " "..."~": bytes.append(UInt8(scalar.value))
            default:
                for unit in String(Character(scalar)).utf16 {
                    let digits = String(unit, radix: 16)
                    bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
                }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
