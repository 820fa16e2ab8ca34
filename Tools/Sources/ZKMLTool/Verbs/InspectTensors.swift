import ToolSupport

/// A file of tensors, as inputs, samples and what `run -o` writes are.
func inspectTensors(_ path: String) throws -> InspectReport {
    let rows = try TensorFile.read(path).entries.map { entry in
        let elements = entry.tensor.doubles
        return (
            name: entry.name ?? "(no name)", shape: entry.tensor.shape,
            kind: entry.tensor.isInteger ? "integers" : "reals",
            range: elements.min().map { $0...(elements.max() ?? $0) }
        )
    }
    return InspectReport(
        kind: "tensors",
        contents: [
            "tensors": .object(
                rows.map { row in
                    let object: JSONValue = [
                        "shape": .array(row.shape.map { .integer($0) }),
                        "elements": .string(row.kind),
                    ]
                    return .init(
                        row.name,
                        object.adding([
                            "least": row.range.map { .number($0.lowerBound) },
                            "largest": row.range.map { .number($0.upperBound) },
                        ]))
                })
        ],
        lines: rows.map { row in
            let range = row.range.map {
                ", \(humanNumber($0.lowerBound)) to \(humanNumber($0.upperBound))"
            }
            return "\(row.name) \(row.shape): \(row.kind)\(range ?? "")"
        })
}
