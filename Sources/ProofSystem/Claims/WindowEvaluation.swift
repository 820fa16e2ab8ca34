import Circuits
import Field

extension KernelFactor {
    /// A window's multilinear extension at `z`, digit by digit; nil where a term is no evaluation
    /// point or where carries would be large.
    ///
    /// Σ eq(z, a) · Π eq(point_t, i_t) over i_t below their extents and a = offset + Σ coefficient_t · i_t
    /// in 0 ..< extent. Both eq are products over binary digits, so the sum runs over the digits of
    /// all i_t at once, lowest first, as one adds by hand: what is carried, and for each index
    /// whether its digits so far are below the extent's, is all that the next digit needs to know.
    /// O(variables) where ``values()`` takes O(extents); which states there are depends on the
    /// circuit alone.
    /// - Parameter limit: nil too where this may take more steps.
    static func windowByDigits(
        extent: Int, offset: Int, terms: [WindowTerm<Scalar>], at z: [Scalar],
        limit: Int = .max
    ) -> Scalar? {
        guard let sum = DigitSum(extent: extent, offset: offset, terms: terms, z: z),
            sum.stepBound <= limit
        else { return nil }
        return sum.evaluate()
    }

    /// The point of a factor that is eq on its true indices.
    fileprivate var maskedPoint: Point<Scalar>? {
        switch self {
        case .eq(let point, _), .maskedEq(let point, _): point
        case .window, .merged: nil
        }
    }
}

/// The sum of ``KernelFactor/windowByDigits(extent:offset:terms:at:)``.
private struct DigitSum<Scalar: ScalarAlgebra> {
    /// An index: digit `level` of coefficient · i is `odd` times digit `level` − `shift` of i.
    struct Index {
        var point: [Scalar]
        var extent: Int
        var shift: Int
        var odd: Int
        /// The bit of the state that says "below so far"; 0 where the extent fills the axis.
        var flag: Int

        var fillsAxis: Bool { extent >= 1 << point.count }
    }

    /// A choice of one digit for each index.
    struct Choice {
        var total = 0
        var weight = Scalar.one
        var raised = 0
        var lowered = 0
    }

    /// Most that the odd parts of the coefficients may add up to.
    static var carryLimit: Int { 16 }

    private var indices: [Index] = []
    /// a, whose digits are fixed by the others.
    private var position: Index
    private let offset: Int
    private var flagCount = 0
    private var carryBound = 1
    private let levelCount: Int

    init?(extent: Int, offset: Int, terms: [WindowTerm<Scalar>], z: [Scalar]) {
        var levelCount = max(
            z.count, Int.bitWidth - (offset < 0 ? ~offset : offset).leadingZeroBitCount)
        guard terms.count <= 3 else { return nil }
        self.offset = offset
        position = Index(point: z, extent: extent, shift: 0, odd: 1, flag: 0)
        for term in terms {
            guard term.coefficient > 0, let point = term.factor.maskedPoint else { return nil }
            let shift = term.coefficient.trailingZeroBitCount
            indices.append(
                Index(
                    point: point.values(), extent: term.extent, shift: shift,
                    odd: term.coefficient >> shift, flag: 0))
            carryBound += min(term.coefficient >> shift, Self.carryLimit)
            levelCount = max(levelCount, shift + point.count)
        }
        guard carryBound <= Self.carryLimit, levelCount < Int.bitWidth - 1 else { return nil }
        self.levelCount = levelCount
        for i in indices.indices where !indices[i].fillsAxis {
            indices[i].flag = 1 << flagCount
            flagCount += 1
        }
        if !position.fillsAxis {
            position.flag = 1 << flagCount
            flagCount += 1
        }
    }

    /// Most multiplications that ``evaluate()`` may take.
    var stepBound: Int {
        var choices = 0
        for level in 0..<levelCount {
            let active = indices.count { 0..<$0.point.count ~= level - $0.shift }
            choices += 1 << active
        }
        return choices * (carryBound + 1) << flagCount
    }

    func evaluate() -> Scalar {
        let count = (carryBound + 1) << flagCount
        var states = [Scalar?](repeating: nil, count: count)
        states[0] = .one
        for level in 0..<levelCount {
            let choices = choices(at: level)
            // The choices with digit 0 of a, then those with digit 1, if it has such a digit.
            let places = [digit(0, of: position, at: level), digit(1, of: position, at: level)]
            let weights = places.map { place in
                choices.map { choice in place.map { choice.weight * $0.weight } }
            }
            var next = [Scalar?](repeating: nil, count: count)
            for (state, value) in states.enumerated() {
                guard let value else { continue }
                for (number, choice) in choices.enumerated() {
                    let total =
                        state >> flagCount + choice.total + offset >> level & 1
                    guard let place = places[total & 1],
                        let weight = weights[total & 1][number]
                    else { continue }
                    let flags =
                        (state & (1 << flagCount - 1) | choice.raised | place.raised)
                        & ~(choice.lowered | place.lowered)
                    let target = (total >> 1) << flagCount | flags
                    let term = value * weight
                    next[target] = next[target].map { $0 + term } ?? term
                }
            }
            states = next
        }
        // A negative offset is its digits less 2^levels, which the last carry must make up for.
        let last = (offset < 0 ? 1 : 0) << flagCount | (1 << flagCount - 1)
        return states[last] ?? .zero
    }

    /// Digit `value` of the index at the level as a choice; nil where only 0 is possible.
    private func digit(_ value: Int, of index: Index, at level: Int) -> Choice? {
        let place = level - index.shift
        guard 0..<index.point.count ~= place else { return value == 0 ? Choice() : nil }
        let x = index.point[index.point.count - 1 - place]
        var choice = Choice(total: value * index.odd, weight: value == 1 ? x : .one - x)
        let limit = index.extent >> place & 1
        if value < limit { choice.raised = index.flag }
        if value > limit { choice.lowered = index.flag }
        return choice
    }

    private func choices(at level: Int) -> [Choice] {
        var choices = [Choice()]
        for index in indices {
            let digits = [digit(0, of: index, at: level), digit(1, of: index, at: level)]
            choices = choices.flatMap { choice in
                digits.compactMap(\.self).map { digit in
                    Choice(
                        total: choice.total + digit.total, weight: choice.weight * digit.weight,
                        raised: choice.raised | digit.raised,
                        lowered: choice.lowered | digit.lowered)
                }
            }
        }
        return choices
    }
}
