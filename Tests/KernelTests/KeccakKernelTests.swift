import Field
import TestSupport
import Testing

@testable import Prover

@Suite("Keccak kernel") struct KeccakKernelTests {
    @Test("agrees with Field's", arguments: [1, 7, 8, 40, 64, 135, 136, 137, 271, 272, 273])
    func agreement(length: Int) {
        var generator = SeededGenerator(seed: UInt64(length))
        for count in [0, 1, 2, 300] {
            let messages = (0..<count * length).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
            let expected = (0..<count).flatMap { i in
                Keccak256.hash(Array(messages[i * length..<(i + 1) * length]))
            }
            for kernels in KernelSet.all {
                #expect(
                    KeccakKernel.digests(of: messages, messageLength: length, with: kernels)
                        == expected)
            }
        }
    }
}
