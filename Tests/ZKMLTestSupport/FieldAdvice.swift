import Circuits
import Field

extension FieldWitness {
    /// An advice tensor's true cells by the rules of quantization.md, 0 where a source cell is no
    /// small integer.
    func advice(_ rule: AdviceRule, _ values: [[Fr]]) -> [Int] {
        let shape = system.shape(rule.source)
        let cells = trueCells(values[rule.source.index], shape)
        let integers = cells.map(\.smallInteger)
        func quotient(_ x: Int, _ shift: Int) -> Int {
            let half = shift == 0 ? Int128(0) : Int128(1) << Int128(shift - 1)
            return Int((Int128(x) + half) >> Int128(shift))
        }
        func each(_ rule: (Int) -> Int) -> [Int] { integers.map { $0.map(rule) ?? 0 } }
        switch rule {
        case .rounded(_, let shift, let domain):
            return each { domain.clamping(quotient($0, shift)) }
        case .overshoot(_, let shift, let domain):
            return each {
                let h = quotient($0, shift)
                return abs(h - domain.clamping(h))
            }
        case .saturationFlag(_, let domain):
            return each { $0 == domain.highest ? 1 : $0 == domain.lowest ? -1 : 0 }
        case .tableValue(_, let table):
            let domain = system.circuit.functionTables[table]
            let column = values[evaluation.valueColumn(table: table).index]
            return each {
                domain.contains($0) ? column[$0 - domain.lowest].smallInteger ?? 0 : 0
            }
        case .limb(_, let shift, let bits):
            return each { Int((Int128($0) >> Int128(shift)) & ((Int128(1) << Int128(bits)) - 1)) }
        case .maximum(_, let axes):
            return groups(shape, axes).map { group in
                group.map { integers[$0] ?? 0 }.max() ?? 0
            }
        case .firstZero(_, let axes):
            var selector = [Int](repeating: 0, count: cells.count)
            for group in groups(shape, axes) {
                if let first = group.first(where: { cells[$0].isZero }) { selector[first] = 1 }
            }
            return selector
        case .beforeFirstZero(_, let axis), .afterLastZero(_, let axis):
            var marks = [Int](repeating: 0, count: cells.count)
            for group in groups(shape, [axis]) {
                var order = group
                if case .afterLastZero = rule { order.reverse() }
                if let end = order.firstIndex(where: { cells[$0].isZero }) {
                    for cell in order[..<end] { marks[cell] = 1 }
                }
            }
            return marks
        case .indicator(_, let number):
            return each { $0 == number ? 1 : 0 }
        case .thermometer(_, let divisor, let count):
            return integers.flatMap { integer in
                let digit = max(integer ?? 0, 0) / divisor % count
                return (0..<count).map { $0 < digit ? 1 : 0 }
            }
        case .quotient(let dividend, _, let rounding, let domain):
            var dividends = [Int](repeating: 0, count: cells.count)
            switch dividend {
            case .number(let number): dividends = dividends.map { _ in number }
            case .tensor(let id):
                dividends = trueCells(values[id.index], shape).map { $0.smallInteger ?? 0 }
            }
            return zip(dividends, integers).map { dividend, divisor in
                guard let divisor, divisor > 0 else { return 0 }
                let exact = Double(dividend) / Double(divisor)
                precondition(abs(dividend) < 1 << 40, "doubles decide")
                return domain.clamping(
                    Int((rounding == .halfUp ? exact + 0.5 : exact).rounded(.down)))
            }
        case .inverseRoot(_, let precision):
            return each { v in
                guard v > 0 else { return 0 }
                let limit = Int128(1) << Int128(2 * precision)
                var root = Int128((Double(limit) / Double(v)).squareRoot()) + 2
                while root * root * Int128(v) > limit { root -= 1 }
                return Int(root)
            }
        case .evenHalf(_, let shift, let domain):
            return each { (roundedToEven($0, shift) - domain.lowest) >> 1 }
        case .evenParity(_, let shift):
            return each { roundedToEven($0, shift) & 1 }
        }
    }

    private func roundedToEven(_ x: Int, _ shift: Int) -> Int {
        Int(
            (Double(x) / Double(sign: .plus, exponent: shift, significand: 1)).rounded(
                .toNearestOrEven))
    }

    /// For each cell of the tensor without `axes`, the true cells along them, all row-major.
    private func groups(_ shape: TensorShape, _ axes: [Int]) -> [[Int]] {
        let kept = shape.extents.indices.filter { !axes.contains($0) }
        return indices(kept.map { shape.extents[$0] }).map { keptIndex in
            indices(axes.map { shape.extents[$0] }).map { axisIndex in
                var cell = 0
                for (axis, value) in zip(kept, keptIndex) { cell += value * shape.strides[axis] }
                for (axis, value) in zip(axes, axisIndex) { cell += value * shape.strides[axis] }
                return cell
            }
        }
    }

    /// The position of each tuple of a table; the first one where a tuple repeats.
    func rows(of table: LookupTable, _ values: [[Fr]]) -> [[Fr]: Int] {
        let count = 1 << table.bits
        var positions: [[Fr]: Int] = [:]
        for row in (0..<count).reversed() {
            let tuple = table.columns.map { column in
                switch column {
                case .index(let lowest): Fr(lowest + row)
                case .saturationFlag: Fr(row == 0 ? -1 : row == count - 1 ? 1 : 0)
                case .firstRow: Fr(row == 0 ? 1 : 0)
                case .lastRow: Fr(row == count - 1 ? 1 : 0)
                case .constant(let tensor): values[tensor.index][row]
                }
            }
            positions[tuple] = row
        }
        return positions
    }

    /// How often each row of a table is looked up, at true cells; tuples in no row count nowhere.
    func multiplicities(_ table: LookupTable, _ values: [[Fr]]) -> [Fr] {
        let positions = rows(of: table, values)
        var counts = [Int](repeating: 0, count: 1 << table.bits)
        for lookup in system.lookups where system.tables[lookup.table] == table {
            let columns = lookup.columns.map { trueCells(values[$0.index], system.shape($0)) }
            for cell in columns[0].indices {
                if let row = positions[columns.map { $0[cell] }] { counts[row] += 1 }
            }
        }
        return counts.map { Fr($0) }
    }
}

extension Fr {
    /// The integer of magnitude below 2^62 that this is the residue of, if there is one.
    public var smallInteger: Int? {
        func small(_ limbs: Limbs256) -> Int? {
            limbs.l1 | limbs.l2 | limbs.l3 == 0 && limbs.l0 >> 62 == 0 ? Int(limbs.l0) : nil
        }
        return small(canonicalLimbs) ?? small((-self).canonicalLimbs).map { -$0 }
    }
}
