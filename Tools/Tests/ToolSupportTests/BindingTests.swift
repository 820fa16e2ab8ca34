import Testing
import ToolSupport

@Suite("Inputs and agreement")
struct BindingTests {
    let specs = [TensorSpec(name: "a", shape: [1, 2]), TensorSpec(name: "b", shape: [])]
    let single = NamedTensors([
        "b": TensorData(shape: [], integers: [7]), "labels": TensorData(shape: [1], integers: [1]),
        "a": TensorData(shape: [1, 2], reals: [1, 2]),
    ])
    let batch = NamedTensors([
        "a": TensorData(shape: [2, 1, 2], reals: [1, 2, 3, 4]),
        "b": TensorData(shape: [2], integers: [7, 8]),
    ])

    @Test("one sample, by name, in the model's order")
    func oneSample() throws {
        for axis in [SampleAxis.forbidden, .allowed] {
            let bound = try single.bound(to: specs, samples: axis)
            #expect(!bound.isBatch)
            #expect(bound.samples.map { $0.map(\.doubles) } == [[[1, 2], [7]]])
        }
        let error = InputFitError.shape(
            name: "a", expected: [1, 2], actual: [1, 2], samples: .required)
        #expect(throws: error) { try single.bound(to: specs, samples: .required) }
    }

    @Test("several samples along one more axis")
    func batches() throws {
        for axis in [SampleAxis.allowed, .required] {
            let bound = try batch.bound(to: specs, samples: axis)
            #expect(bound.isBatch)
            #expect(bound.samples.map { $0.map(\.doubles) } == [[[1, 2], [7]], [[3, 4], [8]]])
            #expect(bound.samples.allSatisfy { $0.map(\.shape) == specs.map(\.shape) })
        }
        #expect(throws: InputFitError.self) { try batch.bound(to: specs, samples: .forbidden) }
    }

    @Test("without names, by position; EZKL's flat lists take the model's shape")
    func unnamed() throws {
        let flat = NamedTensors([
            .init(name: nil, tensor: .init(shape: [2], integers: [1, 2]), isFlat: true),
            .init(name: nil, tensor: .init(shape: [1], integers: [7]), isFlat: true),
        ])
        let bound = try flat.bound(to: specs, samples: .forbidden)
        #expect(bound.samples.map { $0.map(\.shape) } == [[[1, 2], []]])
        #expect(throws: InputFitError.unnamedCount(expected: 1, actual: 2)) {
            try flat.bound(to: [specs[0]], samples: .forbidden)
        }
        #expect(throws: InputFitError.flatCount(name: "a", expected: [1, 3], actual: 2)) {
            let other = [TensorSpec(name: "a", shape: [1, 3]), specs[1]]
            return try flat.bound(to: other, samples: .allowed)
        }
    }

    @Test("what does not fit is named")
    func misfits() {
        #expect(throws: InputFitError.missing(name: "c", present: ["b", "labels", "a"])) {
            try single.bound(to: [TensorSpec(name: "c", shape: [])], samples: .allowed)
        }
        let shape = InputFitError.shape(
            name: "a", expected: [2, 1], actual: [1, 2], samples: .forbidden)
        #expect(throws: shape) {
            try single.bound(to: [TensorSpec(name: "a", shape: [2, 1])], samples: .forbidden)
        }
        let uneven = NamedTensors([
            "a": TensorData(shape: [2, 1, 2], reals: [1, 2, 3, 4]),
            "b": TensorData(shape: [3], integers: [7, 8, 9]),
        ])
        #expect(throws: InputFitError.sampleCounts(name: "b", expected: 2, actual: 3)) {
            try uneven.bound(to: specs, samples: .allowed)
        }
        let mixed = NamedTensors([
            "a": TensorData(shape: [1, 1, 2], reals: [1, 2]),
            "b": TensorData(shape: [], integers: [7]),
        ])
        #expect(throws: InputFitError.self) { try mixed.bound(to: specs, samples: .allowed) }
        #expect(throws: Never.self) {
            let bound = try NamedTensors([] as [NamedTensors.Entry])
                .bound(to: [], samples: .allowed)
            #expect(bound == BoundTensors(isBatch: false, samples: [[]]))
        }
        // No values, but 2^62 parts along the leading axis.
        let hollow = NamedTensors(["a": TensorData(shape: [1 << 62, 0], reals: [])])
        #expect(throws: InputFitError.empty(name: "a")) {
            try hollow.bound(to: [TensorSpec(name: "a", shape: [0])], samples: .allowed)
        }
    }

    @Test("agreement with a reference")
    func agreement() {
        let actual = [TensorData(shape: [3, 1, 2], reals: [1, 2, 5, 5, 0, 1])]
        let expected = [TensorData(shape: [3, 1, 2], reals: [1, 2.5, 4, 4, 1, 0])]
        let agreement = Agreement(of: actual, with: expected)
        #expect(agreement.maxAbsError == 1)
        #expect(agreement.meanAbsError == 4.5 / 6)
        #expect(agreement.topClassAgreement == 2.0 / 3)  // equal values: the first one counts
        #expect(agreement.rowCount == 3)
        #expect(agreement.disagreements == [2])
        let scalars = Agreement(
            of: [TensorData(shape: [], reals: [1])], with: [TensorData(shape: [], integers: [3])])
        #expect(scalars.topClassAgreement == nil)
        #expect(scalars.json["topClassAgreement"] == .null)
        #expect(scalars.maxAbsError == 2)
    }

    @Test("stacking undoes parting")
    func stacking() {
        let tensor = TensorData(shape: [2, 3], reals: [1, 2, 3, 4, 5, 6])
        #expect(TensorData.stacked(tensor.parts()) == tensor)
        #expect(tensor.reshaped(to: [3, 2])?.doubles == tensor.doubles)
        #expect(tensor.reshaped(to: [4, 2]) == nil)
        #expect(elementCount(of: [1 << 32, 1 << 32]) == nil)
        #expect(elementCount(of: [1 << 32, 0, 1 << 32]) == 0)
        #expect(elementCount(of: [-1]) == nil)
    }
}
