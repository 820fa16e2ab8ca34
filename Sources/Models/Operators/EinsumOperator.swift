/// `Einsum`: any number of operands, repeated labels, ellipsis; pair by pair, constants first.
enum EinsumOperator {
    static func decompose(
        _ node: inout NodeReader, _ steps: inout Decomposition
    ) throws(ModelError) -> [Decomposition.Value] {
        try node.expect(inputs: 1...Int.max)
        guard let text = try node.string("equation") else {
            throw .attribute(node.reference, name: "equation", .missing)
        }
        var operands: [Decomposition.Value] = []
        for input in 0..<node.inputCount { operands.append(try steps.operand(input)) }
        let equation = try EinsumEquation(text, shapes: operands.map(\.shape), node)
        var terms: [Term] = []
        for (position, (value, labels)) in zip(operands, equation.operands).enumerated() {
            // Axes of extent 1 neither select nor sum anything.
            let axes = value.shape.indices.filter { value.shape[$0] > 1 }
            let squeezed = try steps.reshape(
                value, to: axes.map { value.shape[$0] }, step: "squeezed\(position)")
            let term = Term(value: squeezed, labels: axes.map { labels[$0] })
            terms.append(
                try withoutDiagonals(term, equation, &steps, step: "diagonal\(position)"))
        }
        let product = EinsumProduct(extents: equation.extents, output: equation.output)
        return [try product.value(of: terms, &steps)]
    }

    /// A label twice in one operand: the sum with an identity matrix over the second one.
    private static func withoutDiagonals(
        _ term: Term, _ equation: EinsumEquation, _ steps: inout Decomposition, step: String
    ) throws(ModelError) -> Term {
        var term = term
        while let axis = term.labels.indices.first(where: {
            term.labels[..<$0].contains(term.labels[$0])
        }) {
            let label = term.labels[axis]
            let extent = term.value.shape[axis]
            guard extent == equation.extents[label] else {
                throw ModelError.mismatch(
                    steps.reference, expected: "a diagonal of a square",
                    actual: "\(term.value.shape)")
            }
            // A label of its own for the second axis; both become one.
            let other = equation.extents.count
            let extents = equation.extents + [extent]
            var labels = term.labels
            labels[axis] = other
            let identity = try steps.zeroOne([extent, extent], like: term.value) { $0[0] == $0[1] }
            let output = labels.filter { $0 != other }
            let sum = EinsteinSum(
                operands: [labels, [label, other]], output: output, extents: extents)
            term.value = try steps.add(
                sum, to: [term.value, identity], shape: sum.shape, step: "\(step)-\(axis)")
            term.labels = output
        }
        return term
    }

    /// An operand, without axes of extent 1, and the label of each of its axes.
    struct Term {
        var value: Decomposition.Value
        var labels: [Int]
    }
}

/// A product of any number of operands, summed over the labels that the output lacks, in steps of
/// two operands.
struct EinsumProduct {
    let extents: [Int]
    let output: [Int]

    func value(
        of terms: [EinsumOperator.Term], _ steps: inout Decomposition
    ) throws(ModelError) -> Decomposition.Value {
        // Products of constants are constants.
        var rest = terms.filter { $0.value.constant != nil }
        rest += terms.filter { $0.value.constant == nil }
        var count = 0
        while true {
            for index in rest.indices {
                let others = rest.indices.filter { $0 != index }.flatMap { rest[$0].labels }
                rest[index] = try summed(
                    rest[index], except: output + others, &steps, step: "sum\(count)-\(index)")
            }
            guard rest.count > 1 else { break }
            let kept = Set(output + rest.dropFirst(2).flatMap(\.labels))
            let (a, b) = (rest[0], rest[1])
            let both = a.labels + b.labels.filter { !a.labels.contains($0) }
            // A last product is written in the order of the result.
            let labels =
                rest.count == 2 ? output.filter(both.contains) : both.filter(kept.contains)
            let sum = EinsteinSum(
                operands: [a.labels, b.labels], output: labels, extents: extents)
            let value = try steps.add(
                sum, to: [a.value, b.value], shape: sum.shape, step: "product\(count)")
            rest.replaceSubrange(0..<2, with: [EinsumOperator.Term(value: value, labels: labels)])
            count += 1
        }
        let last = rest[0]
        let permutation = output.compactMap { last.labels.firstIndex(of: $0) }
        let ordered = try steps.transpose(last.value, permutation, step: "ordered")
        return try steps.reshape(ordered, to: output.map { extents[$0] }, step: "result")
    }

    /// Labels that nothing else has are summed over before any product.
    private func summed(
        _ term: EinsumOperator.Term, except kept: [Int], _ steps: inout Decomposition, step: String
    ) throws(ModelError) -> EinsumOperator.Term {
        let labels = term.labels.filter(kept.contains)
        guard labels != term.labels else { return term }
        let sum = EinsteinSum(operands: [term.labels], output: labels, extents: extents)
        return EinsumOperator.Term(
            value: try steps.add(sum, to: [term.value], shape: sum.shape, step: step),
            labels: labels)
    }
}

/// An equation such as "bij,bjk->bik", its letters as numbers.
struct EinsumEquation {
    private(set) var operands: [[Int]] = []
    private(set) var output: [Int] = []
    /// By label; 1 only where all operands have 1.
    private(set) var extents: [Int] = []

    init(_ text: String, shapes: [[Int]], _ node: NodeReader) throws(ModelError) {
        func invalid(_ advice: String) -> ModelError {
            node.invalid(attribute: "equation", "\"\(text)\"", advice: advice)
        }
        let scalars = text.unicodeScalars.filter { $0 != " " }
        let letters = scalars.filter { $0.properties.isAlphabetic && $0.isASCII }
        let plain = String(String.UnicodeScalarView(scalars))
        let halves = plain.components(of: "->")
        let terms = halves[0].components(of: ",")
        guard halves.count <= 2, terms.count == shapes.count else {
            throw invalid("name \(shapes.count) operands and at most one result")
        }
        // The axes of the ellipsis come first, the last of them as label 0 and so on upwards.
        var ellipsisRank = 0
        var parts: [(front: [Unicode.Scalar], hasEllipsis: Bool, back: [Unicode.Scalar])] = []
        for term in terms + halves.dropFirst() {
            let pieces = term.components(of: "...")
            let (front, back) = (
                Array(pieces[0].unicodeScalars), Array((pieces.last ?? "").unicodeScalars)
            )
            guard pieces.count <= 2, (front + back).allSatisfy(letters.contains) else {
                throw invalid("use letters and at most one ellipsis an operand")
            }
            parts.append((front, pieces.count == 2, pieces.count == 2 ? back : []))
        }
        for (part, shape) in zip(parts, shapes) {
            let rest = shape.count - part.front.count - part.back.count
            guard part.hasEllipsis ? rest >= 0 : rest == 0 else {
                throw node.mismatch(
                    expected: "operands of the ranks in \"\(text)\"", actual: "\(shape)")
            }
            if part.hasEllipsis { ellipsisRank = max(ellipsisRank, rest) }
        }
        var labels: [Unicode.Scalar: Int] = [:]
        extents = [Int](repeating: 1, count: ellipsisRank)
        for (part, shape) in zip(parts, shapes) {
            let rest = shape.count - part.front.count - part.back.count
            var list: [Int] = []
            func number(_ letter: Unicode.Scalar) -> Int {
                if let known = labels[letter] { return known }
                labels[letter] = extents.count
                extents.append(1)
                return extents.count - 1
            }
            list += part.front.map(number)
            if part.hasEllipsis { list += (0..<rest).reversed() }
            list += part.back.map(number)
            for (label, extent) in zip(list, shape) {
                guard extents[label] == 1 || extent == 1 || extents[label] == extent else {
                    throw node.mismatch(
                        expected: "equal extents for equal letters in \"\(text)\"",
                        actual: "\(shapes)")
                }
                extents[label] = max(extents[label], extent)
            }
            operands.append(list)
        }
        if halves.count == 2, let part = parts.last {
            var list: [Int] = []
            for letter in part.front + part.back where labels[letter] == nil {
                throw invalid("letter \(letter) of the result is no operand's")
            }
            list += part.front.compactMap { labels[$0] }
            if part.hasEllipsis { list += (0..<ellipsisRank).reversed() }
            list += part.back.compactMap { labels[$0] }
            guard Set(list).count == list.count else {
                throw invalid("no letter twice in a result")
            }
            output = list
        } else {
            // Without an arrow: the ellipsis, then the letters that occur once, in alphabetical order.
            let all = terms.flatMap { $0.unicodeScalars }
            let once = labels.keys.filter { letter in all.count { $0 == letter } == 1 }
            output =
                (0..<ellipsisRank).reversed()
                + once.sorted { $0.value < $1.value }.compactMap { labels[$0] }
        }
    }
}

extension String {
    /// The pieces between occurrences of a separator, empty ones too.
    fileprivate func components(of separator: String) -> [String] {
        let (text, mark) = (Array(unicodeScalars), Array(separator.unicodeScalars))
        var pieces = [String.UnicodeScalarView()]
        var index = 0
        while index < text.count {
            if text[index...].starts(with: mark) {
                pieces.append(String.UnicodeScalarView())
                index += mark.count
            } else {
                pieces[pieces.count - 1].append(text[index])
                index += 1
            }
        }
        return pieces.map { String($0) }
    }
}
