import Circuits

/// How a compiled model's outputs differ from the float model's on samples.
public struct CalibrationReport: Sendable, Equatable {
    public struct Output: Sendable, Equatable {
        public let name: String
        public let maxAbsError: Double
        public let meanAbsError: Double
        /// How far an element may lie from the float model's as long as no value leaves its
        /// calibrated range.
        public let errorBound: Double
        /// The share of rows along the last axis whose largest element is the same, first ones
        /// counting; nil where that axis has one element.
        public let topClassAgreement: Double?
    }

    public let outputs: [Output]
    public let sampleCount: Int
    /// Samples that the circuit refuses; not in the figures above.
    public let refusedCount: Int

    public var maxAbsError: Double { outputs.map(\.maxAbsError).max() ?? 0 }
    public var meanAbsError: Double {
        outputs.isEmpty ? 0 : outputs.reduce(0) { $0 + $1.meanAbsError } / Double(outputs.count)
    }
    /// Of the first output that has classes.
    public var topClassAgreement: Double? { outputs.lazy.compactMap(\.topClassAgreement).first }
}

/// Sums over samples, for one output.
private struct OutputStatistics {
    var maxAbsError = 0.0
    var sumAbsError = 0.0
    var elements = 0
    var rows = 0
    var agreements = 0

    mutating func add(_ integers: [Double], _ reference: Tensor) {
        let reals = reference.reals
        for (x, y) in zip(integers, reals) {
            let error = (x - y).magnitude
            maxAbsError = max(maxAbsError, error)
            sumAbsError += error
        }
        elements += reals.count
        guard let classes = reference.shape.last, classes > 1 else { return }
        for start in stride(from: 0, to: reals.count, by: classes) {
            let row = start..<start + classes
            rows += 1
            if Self.top(integers[row]) == Self.top(reals[row]) { agreements += 1 }
        }
    }

    /// The first of the largest.
    private static func top(_ row: ArraySlice<Double>) -> Int {
        row.indices.reduce(row.startIndex) { row[$1] > row[$0] ? $1 : $0 } - row.startIndex
    }
}

extension CalibrationReport {
    /// Runs both models on samples.
    ///
    /// - Throws: ``ModelError`` when a sample does not fit the graph. A sample that the circuit
    ///   refuses is counted.
    public init(
        _ model: CompiledModel, of graph: ModelGraph, on samples: [[String: FloatTensor]]
    ) throws(LoweringError) {
        let reference = FloatInterpreter(graph)
        let interpreter = try model.interpreter()
        var statistics = graph.outputs.map { _ in OutputStatistics() }
        var refused = 0
        for sample in samples {
            let expected: [Tensor]
            do throws(ModelError) {
                expected = try reference.run(sample)
            } catch {
                throw .model(error)
            }
            let inputs = model.circuit.inputs.map { input in
                try? input.port.quantised(sample[input.port.name]?.values ?? [])
            }
            guard !inputs.contains(nil),
                let outputs = try? interpreter.outputs(inputs.compactMap(\.self))
            else {
                refused += 1
                continue
            }
            for (index, integers) in outputs.enumerated() {
                let port = model.circuit.outputs[index].port
                statistics[index].add(port.reals(integers), expected[index])
            }
        }
        self.init(
            outputs: statistics.enumerated().map { index, sums in
                Output(
                    name: model.circuit.outputs[index].port.name, maxAbsError: sums.maxAbsError,
                    meanAbsError: sums.sumAbsError / Double(max(1, sums.elements)),
                    errorBound: model.errorBounds[index],
                    topClassAgreement: sums.rows == 0
                        ? nil : Double(sums.agreements) / Double(sums.rows))
            }, sampleCount: samples.count, refusedCount: refused)
    }
}
