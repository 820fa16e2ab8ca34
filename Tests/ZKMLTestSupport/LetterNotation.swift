import Circuits

// Einsums, views and affine tensors written with letters: "nk", or "g*3+i y*2+u-1 x" where axes
// are not single labels (axes are then separated by spaces).
extension CircuitDraft {
    /// - Parameter extents: Of labels that are the whole index of no axis.
    public mutating func einsum(
        _ output: String, _ operands: (Wire, String)..., extents: [Character: Int] = [:]
    ) -> Wire {
        var labels = LetterLabels()
        let indexed = operands.map { wire, axes in
            Operand(wire, labels.axes(axes, of: self.extents(wire), known: extents))
        }
        return add(
            .einsum(
                Einsum(
                    extents: labels.extents, output: output.map { labels.label($0) },
                    operands: indexed)))
    }

    public mutating func view(
        _ output: String, _ wire: Wire, _ axes: String, extents: [Character: Int] = [:],
        fill: Int = 0
    ) -> Wire {
        var labels = LetterLabels()
        var known = extents
        for (letter, extent) in zip(axes.split(separator: " "), self.extents(wire))
        where letter.count == 1 && known[letter.first!] == nil {
            known[letter.first!] = extent
        }
        // Label i is output axis i.
        for letter in output { _ = labels.label(letter, extent: known[letter]!) }
        let indexed = labels.axes(axes, of: self.extents(wire), known: known)
        return add(
            .view(View(extents: labels.extents, operand: Operand(wire, indexed), fill: fill)))
    }

    public mutating func affine(
        _ output: String, constant: Int128 = 0, _ terms: (Int128, Wire, String)...
    ) -> Wire {
        var extents: [Character: Int] = [:]
        for (_, wire, letters) in terms {
            for (letter, extent) in zip(letters, self.extents(wire)) { extents[letter] = extent }
        }
        let letters = Array(output)
        return add(
            .affine(
                Affine(
                    extents: letters.map { extents[$0]! }, constant: constant,
                    terms: terms.map { coefficient, wire, own in
                        .init(coefficient, wire, own.map { letters.firstIndex(of: $0)! })
                    })))
    }

    /// round half up (wire / 2^shift), through a function or not.
    public mutating func requantise(
        _ wire: Wire, shift: Int, bits: Int, overshoot: Int = 0, _ value: ((Int) -> Int)? = nil
    ) -> Wire {
        let domain = IntegerDomain.signed(bits: bits)
        let function =
            value.map { Requantisation.Function.table(table(domain, $0)) } ?? .identity
        return add(
            .requantise(
                Requantisation(
                    source: wire, shift: shift, domain: domain, function: function,
                    overshootBits: overshoot)))
    }
}

private struct LetterLabels {
    private var letters: [Character] = []
    var extents: [Int] = []

    mutating func label(_ letter: Character, extent: Int? = nil) -> Label {
        if let label = letters.firstIndex(of: letter) { return label }
        letters.append(letter)
        extents.append(extent!)
        return letters.count - 1
    }

    mutating func axes(
        _ text: String, of shape: [Int], known: [Character: Int]
    ) -> [AxisIndex] {
        let isSpaced = text.contains { !$0.isLetter }
        let parts = isSpaced ? text.split(separator: " ").map(String.init) : text.map { String($0) }
        precondition(parts.count == shape.count, "\(text) for \(shape)")
        return zip(parts, shape).map { part, extent in
            if part.count == 1, let letter = part.first, letter.isLetter {
                return .label(label(letter, extent: known[letter] ?? extent))
            }
            var index = AxisIndex([])
            for term in part.replacing("-", with: "+-").split(separator: "+") {
                let sign = term.hasPrefix("-") ? -1 : 1
                let factors = term.drop { $0 == "-" }.split(separator: "*")
                if let letter = factors[0].first, letter.isLetter {
                    let coefficient = factors.count > 1 ? Int(factors[1])! : 1
                    index.terms.append(
                        LabelTerm(label(letter, extent: known[letter]), sign * coefficient))
                } else {
                    index.offset += sign * Int(factors[0])!
                }
            }
            return index
        }
    }
}
