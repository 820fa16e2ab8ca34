import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Contraction kernels", .serialized) struct ContractionKernelTests {
    typealias Layout = ContractionKernels.Layout

    static func naive(_ tensor: [Fr], _ layout: Layout, _ v: [Fr]) -> [Fr] {
        var out: [Fr] = []
        for a in 0..<layout.kept.0.extent {
            for b in 0..<layout.kept.1.extent {
                var sum = Fr.zero
                for k in 0..<layout.summed.extent {
                    sum +=
                        v[k]
                        * tensor[
                            a * layout.kept.0.stride + k * layout.summed.stride
                                + b * layout.kept.1.stride]
                }
                out.append(sum)
            }
        }
        return out
    }

    /// Sums inside and outside, one output and many, few terms and many, tiles not full, and a
    /// layout with gaps.
    static let layouts: [Layout] = {
        var layouts = [
            (1, 1, 1), (1, 7, 1), (3, 5, 4), (40, 3, 1), (1, 3, 40), (3, 6, 7), (5, 300, 37),
            (2, 9000, 3),
        ]
        .map { ContractionKernels.layout(before: $0.0, extent: $0.1, after: $0.2) }
        layouts.append(ContractionKernels.layout(before: 4, extent: 0, after: 3))
        layouts.append(ContractionKernels.layout(before: 0, extent: 4, after: 3))
        layouts.append(
            Layout(
                kept: (.init(extent: 6, stride: 2), .init(extent: 9, stride: 37)),
                summed: .init(extent: 11, stride: 3)))
        // A transpose: the kept axes in the other order.
        layouts.append(
            Layout(
                kept: (.init(extent: 33, stride: 1), .init(extent: 5, stride: 33 * 8)),
                summed: .init(extent: 8, stride: 33)))
        return layouts
    }()

    @Test("contract as written", arguments: KernelSet.all, layouts.indices)
    func contraction(kernels k: KernelSet, index: Int) {
        let layout = Self.layouts[index]
        var rng = SeededGenerator(seed: UInt64(index))
        let v = rng.elements(layout.summed.extent)
        let integers = rng.integers(layout.span)
        let elements = rng.elements(layout.span)
        expect(k, count: layout.span, equals: Self.naive(integers.map { Fr($0) }, layout, v)) { k in
            ContractionKernels.contract(integers, layout, with: v, with: k)
        }
        expect(k, count: layout.span, equals: Self.naive(elements, layout, v)) { k in
            ContractionKernels.contract(elements, layout, with: v, with: k)
        }
    }

    @Test("long sums of the largest integers do not overflow", arguments: KernelSet.all)
    func longSums(kernels k: KernelSet) {
        let count = 1 << 16
        let layout = ContractionKernels.layout(before: 1, extent: count, after: 1)
        let top = Fr(montgomery: Limbs256.subtracting(Fr.modulus, Limbs256(1, 0, 0, 0)).0)
        let v = [Fr](repeating: top, count: count)
        for x in [Int64.max, .min, -(1 << 62)] {
            let tensor = [Int64](repeating: x, count: count)
            #expect(
                ContractionKernels.contract(tensor, layout, with: v, with: k)
                    == [Fr(count) * Fr(x) * top])
        }
    }
}
