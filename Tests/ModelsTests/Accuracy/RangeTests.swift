import Testing

@testable import Models

/// What formats have to hold, from what samples show.
@Suite("Ranges") struct RangeTests {
    private func calibration(
        _ nodes: TestModel.Node..., samples: [[Double]], method: RangeMethod = .minMax()
    ) throws -> Calibration {
        let count = samples[0].count
        let graph = try ModelGraph(
            onnx: TestModel {
                $0.nodes = nodes
                $0.inputs = [.init(shape: [.fixed(count)])]
            }.bytes)
        return try Calibration(
            graph, samples: samples.map { ["x": FloatTensor(shape: [count], values: $0)] },
            method: method)
    }

    @Test("room is left where inputs differ, up to the margin, and none where they do not")
    func margins() throws {
        // Every largest element is 1; the smallest ones differ by much.
        let samples = [[-1.0, 1], [-3, 1], [-8, 1], [-4, 1]]
        let calibration = try calibration(.init("Neg"), samples: samples)
        #expect(calibration.ranges[0] == -8...1)
        #expect(calibration.reaches[0] == -10...1)
        // Hardly any difference: less than the margin.
        let steady = try self.calibration(
            .init("Neg"), samples: (0..<40).map { [0, 1 + Double($0 % 2) * 0.01] })
        let reach = try #require(steady.reaches[0])
        #expect(reach.lowerBound == 0)
        #expect(reach.upperBound > 1.01 && reach.upperBound < 1.06)
    }

    @Test("one sample shows nothing of what others are like")
    func singleSample() throws {
        let calibration = try calibration(.init("Neg"), samples: [[2, 8]])
        #expect(calibration.reaches[0] == 1.5...10)
        let none = try self.calibration(
            .init("Neg"), samples: [[2, 8]], method: .minMax(margin: 0))
        #expect(none.reaches[0] == 2...8)
    }

    @Test("no room is left for what a function cannot give")
    func images() throws {
        let samples = [[-4.0, 0], [-1, 4], [-2, 1]]
        let sigmoid = try calibration(.init("Sigmoid"), samples: samples)
        let reach = try #require(sigmoid.reaches[1])
        // 4 may become 5, and 0.982 no more than its sigmoid.
        #expect(reach.upperBound > 0.99 && reach.upperBound < 0.994)
        let softmax = try calibration(.init("Softmax"), samples: samples)
        #expect(softmax.reaches[1]?.upperBound == 1)
        let relu = try calibration(.init("Relu"), samples: samples)
        #expect(relu.reaches[1] == 0...5)
    }

    @Test("percentiles leave out what is rare, within a thirty-second")
    func percentiles() throws {
        var generator = (0..<2000).map { Double($0) - 1000 }
        generator[7] = 1e6
        let samples = [generator, generator.reversed()]
        let calibration = try calibration(
            .init("Neg"), samples: samples, method: .percentile(99))
        let range = try #require(calibration.ranges[0])
        #expect(calibration.reaches[0] == range)
        #expect((-1023.0 ... -990).contains(range.lowerBound))
        #expect((985.0...1024).contains(range.upperBound))
        // All of them: the range as it was seen.
        let whole = try self.calibration(
            .init("Neg"), samples: samples, method: .percentile(100))
        #expect(whole.ranges[0] == -1000...1e6)
    }

    @Test("at most the share that was asked for lies outside a percentile range")
    func shares() {
        for (percentile, scale) in [(50.0, 1e-3), (90, 1), (99.9, 1e30), (99, 1e-60)] {
            let elements = (0..<3001).map { index in
                let x = Double((index * 1117) % 3001 - 1500)
                return x * x.magnitude * scale
            }
            var statistics = ValueStatistics(hasHistogram: true)
            statistics.add(elements)
            let range = statistics.range(percentile: percentile) ?? 0...0
            let outside = elements.count { !range.contains($0) }
            #expect(Double(outside) <= (100 - percentile) / 100 * 3001)
            // Two buckets, of squares, hold no more than 6 % of them.
            #expect(Double(outside) >= (100 - percentile) / 100 * 3001 - 0.06 * 3001)
        }
    }

    @Test func optionsOutOfRange() throws {
        let graph = try ModelGraph(onnx: TestModel(.init("Relu")).bytes)
        for method in [RangeMethod.percentile(49), .percentile(.nan), .minMax(margin: -1)] {
            var options = CompileOptions()
            options.rangeMethod = method
            #expect {
                _ = try ModelCompiler.compile(graph, samples: [], options: options)
            } throws: { error in
                if case LoweringError.option = error { true } else { false }
            }
        }
    }
}
