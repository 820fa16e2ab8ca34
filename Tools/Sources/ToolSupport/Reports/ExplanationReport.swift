/// Where a model's output error comes from: what `compile --explain` says.
public struct ExplanationReport: Sendable, Equatable {
    public struct Layer: Sendable, Equatable {
        public var name: String
        /// Nil where the layer rounds nothing, or to no bits in particular.
        public var bits: Int?
        public var fractionalBits: Int?
        public var range: ClosedRange<Double>?
        public var saturatedShare: Double
        /// Of the mean square of the output error.
        public var errorShare: Double
        public var cells: Int
        /// The output error with one more bit here, as a share of what it is, and the cells that
        /// it takes; nil where it was not tried.
        public var oneMoreBit: (errorRatio: Double, cells: Int)?

        public init(
            name: String, bits: Int?, fractionalBits: Int?, range: ClosedRange<Double>?,
            saturatedShare: Double, errorShare: Double, cells: Int,
            oneMoreBit: (errorRatio: Double, cells: Int)?
        ) {
            self.name = name
            self.bits = bits
            self.fractionalBits = fractionalBits
            self.range = range
            self.saturatedShare = saturatedShare
            self.errorShare = errorShare
            self.cells = cells
            self.oneMoreBit = oneMoreBit
        }

        public static func == (a: Layer, b: Layer) -> Bool { a.json == b.json }

        var json: JSONValue {
            [
                "name": .string(name), "bits": bits.map { .integer($0) } ?? .null,
                "fractionalBits": fractionalBits.map { .integer($0) } ?? .null,
                "range": range.map { .numbers([$0.lowerBound, $0.upperBound]) } ?? .null,
                "saturatedShare": .number(saturatedShare), "errorShare": .number(errorShare),
                "cells": .integer(cells),
                "oneMoreBit": oneMoreBit.map {
                    ["errorRatio": .number($0.errorRatio), "cells": .integer($0.cells)]
                } ?? .null,
            ]
        }
    }

    public var layers: [Layer]
    /// Root mean square over the outputs' elements, as the layers' shares add up to.
    public var error: Double
    /// The samples that it was measured on, fewer than there are where the model is large.
    public var sampleCount: Int
    /// How many roundings were measured together, at most.
    public var groupSize: Int

    public init(layers: [Layer], error: Double, sampleCount: Int, groupSize: Int) {
        self.layers = layers
        self.error = error
        self.sampleCount = sampleCount
        self.groupSize = groupSize
    }

    public var json: JSONValue {
        [
            "rmsError": .number(error), "samples": .integer(sampleCount),
            "groupSize": .integer(groupSize), "layers": .array(layers.map(\.json)),
        ]
    }

    /// A table, a line a layer.
    public var text: String {
        let header = [
            "layer", "bits", "fractional", "range", "saturated", "error", "cells", "one more bit",
        ]
        let rows = [header] + layers.map(\.columns)
        let widths = header.indices.map { column in
            rows.reduce(0) { max($0, $1[column].count) }
        }
        let lines = rows.map { row -> String in
            var line = ""
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: widths[column] - cell.count)
                // Names to the left, numbers to the right.
                let isText = column == 0 || column == header.count - 1
                line += (column > 0 ? "  " : "") + (isText ? cell + space : space + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
        var note = "root mean square error \(humanNumber(error, digits: 3)), from "
        note += "\(sampleCount) sample\(sampleCount == 1 ? "" : "s")"
        if groupSize > 1 { note += ", roundings measured up to \(groupSize) together" }
        return (lines + [note]).joined(separator: "\n")
    }
}

extension ExplanationReport.Layer {
    fileprivate var columns: [String] {
        var interval = "-"
        if let range {
            let low = humanNumber(range.lowerBound, digits: 3)
            interval = "\(low) … \(humanNumber(range.upperBound, digits: 3))"
        }
        var gain = "-"
        if let oneMoreBit {
            let change = oneMoreBit.errorRatio - 1
            let sign = oneMoreBit.cells < 0 ? "" : "+"
            gain = "error \(change > 0 ? "+" : "")\(percent(change)), "
            gain += "\(sign)\(humanCount(oneMoreBit.cells)) cells"
        }
        return [
            name, bits.map { "\($0)" } ?? "-", fractionalBits.map { "\($0)" } ?? "-", interval,
            percent(saturatedShare), percent(errorShare), humanCount(cells), gain,
        ]
    }

    private func percent(_ share: Double) -> String {
        if share != 0, share.magnitude < 1e-5 { return "< 0.001 %" }
        return humanNumber(share * 100, digits: 3) + " %"
    }
}
