import CKernels
import Field

/// Sums of strided tensors against a field vector along one axis: how the fixed labels of an
/// einsum are bound, first on integers, then on what is left.
enum ContractionKernels {
    /// Three axes of a tensor in memory: extents and strides, in elements.
    ///
    /// `kept.0` and `kept.1` stay, `summed` goes. The result is row-major, [kept.0, kept.1].
    struct Layout {
        var kept: (Axis, Axis)
        var summed: Axis

        struct Axis {
            var extent: Int
            var stride: Int
        }

        var outputCount: Int { kept.0.extent * kept.1.extent }

        /// One past the highest element read; strides are not negative.
        var span: Int {
            var last = 0
            for axis in [kept.0, kept.1, summed] {
                precondition(
                    axis.extent >= 0 && axis.stride >= 0,
                    "extent \(axis.extent), stride \(axis.stride), not negative expected")
                if axis.extent == 0 { return 0 }
                last += (axis.extent - 1) * axis.stride
            }
            return last + 1
        }
    }

    /// out_{a,b} = Σ_k tensor_{a,k,b} · v_k, any integers.
    ///
    /// One multiplication of 5 limbs a term, reduced once an output.
    static func contract(
        _ tensor: UnsafeBufferPointer<Int64>, _ layout: Layout, with v: UnsafeBufferPointer<Fr>,
        into out: UnsafeMutableBufferPointer<Fr>, with k: KernelSet = .best
    ) {
        check(tensor.count, layout, v.count, out.count)
        k.c.i64_contract(
            out.c, tensor.c, layout.kept.0.stride, layout.summed.stride, layout.kept.1.stride, v.c,
            layout.kept.0.extent, layout.summed.extent, layout.kept.1.extent)
    }

    /// The same for a tensor of field elements.
    static func contract(
        _ tensor: UnsafeBufferPointer<Fr>, _ layout: Layout, with v: UnsafeBufferPointer<Fr>,
        into out: UnsafeMutableBufferPointer<Fr>, with k: KernelSet = .best
    ) {
        check(tensor.count, layout, v.count, out.count)
        k.c.fr_contract(
            out.c, tensor.c, layout.kept.0.stride, layout.summed.stride, layout.kept.1.stride, v.c,
            layout.kept.0.extent, layout.summed.extent, layout.kept.1.extent)
    }

    static func contract(
        _ tensor: [Int64], _ layout: Layout, with v: [Fr], with k: KernelSet = .best
    ) -> [Fr] {
        tensor.withUnsafeBufferPointer { tensor in
            v.withUnsafeBufferPointer { v in
                .filled(layout.outputCount) { contract(tensor, layout, with: v, into: $0, with: k) }
            }
        }
    }

    static func contract(
        _ tensor: [Fr], _ layout: Layout, with v: [Fr], with k: KernelSet = .best
    ) -> [Fr] {
        tensor.withUnsafeBufferPointer { tensor in
            v.withUnsafeBufferPointer { v in
                .filled(layout.outputCount) { contract(tensor, layout, with: v, into: $0, with: k) }
            }
        }
    }

    /// Binds one axis of a row-major tensor: [before, extent, after] · [extent] → [before, after].
    static func layout(before: Int, extent: Int, after: Int) -> Layout {
        Layout(
            kept: (.init(extent: before, stride: extent * after), .init(extent: after, stride: 1)),
            summed: .init(extent: extent, stride: after))
    }

    private static func check(_ tensor: Int, _ layout: Layout, _ v: Int, _ out: Int) {
        precondition(layout.span <= tensor, "\(layout.span) elements read of \(tensor)")
        precondition(layout.summed.extent == v, "axis of \(layout.summed.extent), \(v) weights")
        precondition(layout.outputCount == out, "\(layout.outputCount) sums, room for \(out)")
    }
}
