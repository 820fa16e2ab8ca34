import Foundation
import TestSupport
import Testing

@testable import Models

/// Tables against mpmath (Tests/Vectors/elementary_functions.py) and against hand-made ties.
@Suite("Exact tables") struct ExactTableTests {
    /// One entry, without saturation.
    private func entry(
        _ function: CorrectRounding.Function, _ h: Int, _ inputBits: Int, _ outputBits: Int
    ) -> Int {
        CorrectRounding.table(
            function,
            TableFormat(
                domain: h...h, inputFractionBits: inputBits, outputFractionBits: outputBits,
                range: Int.min...Int.max))[0]
    }

    @Test("rounds as mpmath does", arguments: CorrectRounding.Function.allCases)
    func knownValues(function: CorrectRounding.Function) throws {
        let file = Fixture.vectors.appending(path: "elementary_functions.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        var count = 0
        for line in lines where line.hasPrefix("\(function.rawValue),") {
            let numbers = line.split(separator: ",").dropFirst().compactMap { Int($0) }
            try #require(numbers.count == 4)
            #expect(entry(function, numbers[0], numbers[1], numbers[2]) == numbers[3], "\(line)")
            count += 1
        }
        #expect(count > 600)
    }

    @Test("saturates at the range")
    func saturation() {
        let format = TableFormat(
            domain: -5...5, inputFractionBits: 0, outputFractionBits: 4, range: -3...20)
        #expect(CorrectRounding.table(.exp, format) == [0, 0, 1, 2, 6, 16, 20, 20, 20, 20, 20])
        #expect(CorrectRounding.table(.tanh, format).min() == -3)
        #expect(entry(.exp, 1 << 40, 0, 10) == .max)
        #expect(entry(.exp, 100, 0, 0) == .max)
        #expect(entry(.exp, .max, 0, 62) == .max)
        #expect(entry(.exp, .min, 0, 62) == 0)
        #expect(entry(.tanh, .min, 62, 20) == -1_010_856)
        #expect(entry(.sigmoid, .min, 62, 20) == 124_993)
    }

    @Test("half up, also below zero")
    func ties() {
        // Two fraction bits in, one out: h / 4 · 2, ties at odd h.
        let format = TableFormat(
            domain: -5...5, inputFractionBits: 2, outputFractionBits: 1, range: -100...100)
        #expect(Relu().table(format) == [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3])
        #expect(Negation().table(format) == [3, 2, 2, 1, 1, 0, 0, -1, -1, -2, -2])
        #expect(LeakyRelu(alpha: 0.5).table(format) == [-1, -1, -1, 0, 0, 0, 1, 1, 2, 2, 3])
        #expect(LeakyRelu(alpha: -1).table(format) == [3, 2, 2, 1, 1, 0, 1, 1, 2, 2, 3])
        #expect(
            Clip(minimum: -0.75, maximum: 0.75).table(format) == [
                -1, -1, -1, -1, 0, 0, 1, 1, 2, 2, 2,
            ])
        #expect(
            Clip(minimum: -.infinity, maximum: 3e38).table(format)
                == [-2, -2, -1, -1, 0, 0, 1, 1, 2, 2, 3])
        #expect(Clip(minimum: 1, maximum: -1).table(format).allSatisfy { $0 == -2 })
    }

    @Test("more fraction bits out than in, and factors far from one")
    func scales() {
        let format = TableFormat(
            domain: -3...3, inputFractionBits: 1, outputFractionBits: 4, range: -20...20)
        #expect(Relu().table(format) == [0, 0, 0, 0, 8, 16, 20])
        #expect(LeakyRelu(alpha: 1e-40).table(format) == [0, 0, 0, 0, 8, 16, 20])
        #expect(LeakyRelu(alpha: 1e38).table(format) == [-20, -20, -20, 0, 8, 16, 20])
        let wide = TableFormat(
            domain: Int.max - 1...Int.max, inputFractionBits: 0, outputFractionBits: 62,
            range: Int.min...Int.max)
        #expect(Relu().table(wide) == [.max, .max])
        #expect(Negation().table(wide) == [.min, .min])
    }

    @Test("whole tables are monotone and antisymmetric where the functions are")
    func shapeOfTables() {
        let format = TableFormat(
            domain: -2000...2000, inputFractionBits: 8, outputFractionBits: 14,
            range: Int.min...Int.max)
        let tanh = CorrectRounding.table(.tanh, format)
        let sigmoid = CorrectRounding.table(.sigmoid, format)
        for (a, b) in zip(tanh, tanh.dropFirst()) { #expect(a <= b) }
        // No ties but at zero: tanh(−x) = −tanh(x), sigmoid(−x) = 1 − sigmoid(x).
        for i in tanh.indices { #expect(tanh[i] == -tanh[tanh.count - 1 - i]) }
        for i in sigmoid.indices {
            #expect(sigmoid[i] + sigmoid[sigmoid.count - 1 - i] == 1 << 14)
        }
    }
}

/// The double functions against the exact ones.
@Suite("Reproducible functions") struct ReproducibleMathTests {
    /// 60 bits after the point: far more than a double has for results above 2^-7.
    private func exact(_ function: CorrectRounding.Function, _ h: Int, _ inputBits: Int) -> Double {
        let format = TableFormat(
            domain: h...h, inputFractionBits: inputBits, outputFractionBits: 60,
            range: Int.min...Int.max)
        return Double(CorrectRounding.table(function, format)[0]) * 0x1p-60
    }

    @Test("within two units in the last place", arguments: 0..<200 as Range<UInt64>)
    func accuracy(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for bits in [44, 48, 50, 54] {
            let h = Int.random(in: -(1 << 50)...(1 << 50), using: &generator)
            let x = Double(h) * Double(sign: .plus, exponent: -bits, significand: 1)
            let functions: [(CorrectRounding.Function, (Double) -> Double)] = [
                (.sigmoid, ReproducibleMath.sigmoid), (.tanh, ReproducibleMath.tanh),
            ]
            for (function, approximation) in functions {
                let value = exact(function, h, bits)
                let tolerance = max(2 * value.ulp, 0x1p-60)
                #expect((approximation(x) - value).magnitude <= tolerance, "\(function) of \(x)")
            }
            if x < 0.6 {
                let value = exact(.exp, h, bits)
                #expect((ReproducibleMath.exp(x) - value).magnitude <= max(2 * value.ulp, 0x1p-60))
            }
        }
    }

    @Test("at the ends")
    func ends() {
        #expect(ReproducibleMath.exp(0) == 1)
        #expect(ReproducibleMath.exp(710) == .infinity)
        #expect(ReproducibleMath.exp(-746) == 0)
        #expect(ReproducibleMath.exp(-745) == 0x1p-1074)
        #expect(ReproducibleMath.tanh(0) == 0)
        #expect(ReproducibleMath.tanh(1e300) == 1)
        #expect(ReproducibleMath.tanh(-1e300) == -1)
        #expect(ReproducibleMath.tanh(1e-200) == 1e-200)
        #expect(ReproducibleMath.sigmoid(0) == 0.5)
        #expect(ReproducibleMath.sigmoid(-800) == 0)
        #expect(ReproducibleMath.sigmoid(800) == 1)
    }

    @Test("the same bits as when this was written")
    func golden() {
        // A change here changes calibrations, and with them the IDs of models.
        var generator = SeededGenerator(seed: 99)
        var digest: UInt64 = 0
        for _ in 0..<10_000 {
            let x = Double.random(in: -30...30, using: &generator)
            for y in [
                ReproducibleMath.exp(x), ReproducibleMath.sigmoid(x), ReproducibleMath.tanh(x),
            ] {
                digest = digest &* 0x1_0000_01b3 ^ y.bitPattern
            }
        }
        #expect(digest == 6_236_237_107_343_156_426)
    }
}
