import Testing

@testable import Models

/// Samples that say little about a format: one number only, or numbers near the end of all formats.
@Suite("Degenerate ranges") struct DegenerateRangeTests {
    /// LogSoftmax along an axis of one: x − max x is 0 in reals and a rounding error in integers, which
    /// a table of the samples' range alone would refuse.
    @Test("one number in all samples leaves room for rounding", arguments: OutOfRange.allCases)
    func oneNumber(outOfRange: OutOfRange) throws {
        var model = TestModel(.init("Mul", ["x", "c"], ["p"]))
        model.inputs[0].shape = [.fixed(5), .fixed(1)]
        model.initializers = [.floats("c", [5, 1], [0.3, -0.7, 0.11, 0.9, -0.2])]
        model.nodes.append(.init("LogSoftmax", ["p"], ["y"], [("axis", .int(1))]))
        let graph = try ModelGraph(onnx: model.bytes)
        let samples = (0..<4).map { seed in
            [
                "x": FloatTensor(
                    shape: [5, 1], values: (0..<5).map { Double($0 * 7 + seed) / 13 - 1.1 })
            ]
        }
        for bits in [6, 8, 12] {
            var options = CompileOptions()
            options.bits = bits
            options.outOfRange = outOfRange
            let compiled = try ModelCompiler.compile(graph, samples: samples, options: options)
            let report = try CalibrationReport(compiled, of: graph, on: samples)
            #expect(report.refusedCount == 0, "\(bits) bits")
            #expect(report.maxAbsError <= 0.2, "\(bits) bits")
        }
    }

    /// Formats reach 2^128, tables 2^100.
    @Test(
        "numbers beyond all tables are refused by name", arguments: ["Erf", "Sigmoid", "Softplus"])
    func beyondTables(function: String) throws {
        var model = TestModel(.init("Mul", ["x", "c"], ["p"]))
        model.initializers = [.floats("c", [], [0x1p115])]
        model.nodes.append(.init(function, ["p"], ["y"], name: "f"))
        let graph = try ModelGraph(onnx: model.bytes)
        let sample = [
            "x": FloatTensor(shape: [2, 3], values: [-1, 1, 0.5, -0.5, 0.25, 0])
        ]
        var options = CompileOptions()
        options.outOfRange = .refuse
        #expect {
            try ModelCompiler.compile(graph, samples: [sample], options: options)
        } throws: { error in
            guard case LoweringError.outOfScale(let value, let magnitude) = error else {
                return false
            }
            return value.contains("f") && magnitude > 0x1p110
        }
    }
}
