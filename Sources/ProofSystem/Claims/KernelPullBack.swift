import Circuits
import Field

extension Operand {
    /// The kernel on the source of the functional `kernel` on the view with these labels.
    ///
    /// Sums run over true label values only. `kernel` has one factor a label, in label order.
    /// - Throws: merged axes that are indexed by anything but themselves; a validated key never
    ///   does, because its plan was made once when it was decoded.
    func pullBack<Scalar: ScalarAlgebra>(
        _ kernel: Kernel<Scalar>, extents: [Int], shape: TensorShape
    ) throws(VerificationError) -> Kernel<Scalar> {
        // The factor that covers each label, and the labels it covers.
        var covering: [(factor: KernelFactor<Scalar>, labels: Range<Int>)] = []
        for factor in kernel.factors {
            let first = covering.last?.labels.upperBound ?? 0
            covering.append((factor, first..<first + factor.axisCount))
        }
        var factors: [KernelFactor<Scalar>] = []
        var axis = 0
        while axis < axes.count {
            let merged = axes[axis].plainLabel.flatMap { label in
                covering.first { $0.labels.count > 1 && $0.labels.lowerBound == label }
            }
            if let merged {
                let span = axis..<axis + merged.labels.count
                guard span.upperBound <= axes.count,
                    zip(span, merged.labels).allSatisfy({
                        axes[$0].plainLabel == $1 && shape.extents[$0] == extents[$1]
                    })
                else { throw .mergedAxesSplit }
                factors.append(merged.factor)
                axis = span.upperBound
                continue
            }
            var labelFactors: [KernelFactor<Scalar>] = []
            for term in axes[axis].terms {
                let own = term.label..<term.label + 1
                guard let single = covering.first(where: { $0.labels == own })
                else { throw .mergedAxesSplit }
                labelFactors.append(single.factor)
            }
            factors.append(
                axes[axis].pullBack(
                    labelFactors, labelExtents: extents, extent: shape.extents[axis]))
            axis += 1
        }
        return Kernel(factors)
    }
}

extension AxisIndex {
    /// One factor a term in, the factor of the axis out.
    func pullBack<Scalar: ScalarAlgebra>(
        _ factors: [KernelFactor<Scalar>], labelExtents: [Int], extent: Int
    ) -> KernelFactor<Scalar> {
        if let label = plainLabel, labelExtents[label] == extent {
            switch factors[0] {
            case .eq(let point, let extent): return .maskedEq(point, extent: extent)
            case .maskedEq, .window, .merged: return factors[0]
            }
        }
        return .window(
            extent: extent, offset: offset,
            terms: zip(terms, factors).map {
                WindowTerm(
                    coefficient: $0.coefficient, extent: labelExtents[$0.label], factor: $1)
            })
    }
}

extension Merge {
    /// Each factor of a merged axis becomes one factor of the axes it joins.
    func pullBack<Scalar: ScalarAlgebra>(
        _ kernel: Kernel<Scalar>, shape: TensorShape
    ) -> Kernel<Scalar> {
        var factors: [KernelFactor<Scalar>] = []
        var axis = 0
        var outputAxis = 0
        for factor in kernel.factors {
            let joined = groups[outputAxis..<outputAxis + factor.axisCount].reduce(0, +)
            let extents = Array(shape.extents[axis..<axis + joined])
            // An axis of extent 1 among the joined ones has no variables and changes nothing.
            factors.append(
                joined == 1 && factor.axisCount == 1
                    ? factor.maskedToTrueCells : .merged(extents: extents, factor))
            axis += joined
            outputAxis += factor.axisCount
        }
        return Kernel(factors)
    }
}

extension KernelFactor {
    var maskedToTrueCells: KernelFactor {
        if case .eq(let point, let extent) = self { .maskedEq(point, extent: extent) } else { self }
    }
}

extension Kernel {
    /// The factors at the axes `labels`, in that order, and the product of the other factors' sums
    /// over their true extents (broadcast axes); nil where every axis is there.
    func restricted(
        to labels: [Label]
    ) throws(VerificationError) -> (kernel: Kernel, broadcast: Scalar?) {
        if labels.elementsEqual(0..<factors.reduce(0) { $0 + $1.axisCount }) { return (self, nil) }
        var broadcast = Scalar.one
        var first = 0
        var covering: [Int: Int] = [:]
        for (index, factor) in factors.enumerated() {
            let covered = first..<first + factor.axisCount
            let present = covered.filter(labels.contains)
            if present.isEmpty {
                broadcast *= factor.sum()
            } else if present.count < covered.count {
                throw .mergedAxesSplit
            }
            for label in covered { covering[label] = index }
            first = covered.upperBound
        }
        var restricted: [KernelFactor<Scalar>] = []
        var position = 0
        while position < labels.count {
            guard let index = covering[labels[position]] else { throw .mergedAxesSplit }
            let factor = factors[index]
            let run = Array(labels[position..<min(position + factor.axisCount, labels.count)])
            // A merged factor's axes must stay together and in order.
            guard run.count == factor.axisCount,
                run.allSatisfy({ covering[$0] == index }),
                zip(run, run.dropFirst()).allSatisfy({ $0 + 1 == $1 })
            else { throw .mergedAxesSplit }
            restricted.append(factor)
            position += run.count
        }
        return (Kernel(restricted), broadcast)
    }
}
