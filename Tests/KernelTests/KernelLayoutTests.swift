import CKernels
import Curve
import Field
import Foundation
import Testing

@testable import Prover

/// What the wrappers' unsafe pointers rest on.
@Suite("Kernel layout") struct KernelLayoutTests {
    @Test("field elements and points have the layout of C")
    func layout() {
        #expect(MemoryLayout<Fr>.size == 32 && MemoryLayout<ck_fr>.size == 32)
        #expect(MemoryLayout<Fr>.stride == 32 && MemoryLayout<ck_fr>.stride == 32)
        #expect(MemoryLayout<Fr>.alignment == MemoryLayout<ck_fr>.alignment)
        #expect(MemoryLayout<Fq>.size == 32 && MemoryLayout<ck_fq>.size == 32)
        #expect(MemoryLayout<Fq>.stride == 32 && MemoryLayout<ck_fq>.stride == 32)
        #expect(MemoryLayout<G1Affine>.size == 64 && MemoryLayout<ck_g1_affine>.size == 64)
        #expect(MemoryLayout<G1Affine>.stride == 64 && MemoryLayout<ck_g1_affine>.stride == 64)
        #expect(MemoryLayout<G1Affine>.alignment == MemoryLayout<ck_g1_affine>.alignment)
        #expect(MemoryLayout<(ck_fr, ck_fr)>.size == 64)
    }

    @Test("limbs are least significant first, x before y")
    func order() {
        let value = Fr(montgomery: Limbs256(1, 2, 3, 4))
        withUnsafeBytes(of: value) {
            #expect(Array($0.bindMemory(to: UInt64.self)) == [1, 2, 3, 4])
        }
        let c = value.c
        #expect(c.l.0 == 1 && c.l.1 == 2 && c.l.2 == 3 && c.l.3 == 4)
        #expect(Fr(c) == value)
        let point = G1Affine(
            x: Fq(montgomery: Limbs256(1, 2, 3, 4)), y: Fq(montgomery: Limbs256(5, 6, 7, 8)))
        withUnsafeBytes(of: point) {
            #expect(Array($0.bindMemory(to: UInt64.self)) == [1, 2, 3, 4, 5, 6, 7, 8])
        }
        #expect(G1Affine(point.c) == point)
    }

    @Test("the best kernels suit the machine, the portable ones are always there")
    func choice() {
        let names = KernelSet.all.map(\.name)
        let features = (0..<4).filter { ck_cpu_features() >> $0 & 1 == 1 }
        #expect(names.first == "portable")
        #expect(names.dropFirst().dropLast() == ["adx", "avx2", "avx512", "ifma"][..<features.count])
        #expect(names.last == "ifma-model")
        let forced = ProcessInfo.processInfo.environment["ZKML_KERNELS"] ?? ""
        #expect(KernelSet.best.name == (forced.isEmpty ? names[names.count - 2] : forced))
    }

    @Test("thread counts are set and put back")
    func threads() {
        let count = Threads.count
        #expect(count >= 1)
        Threads.with(3) { #expect(Threads.count == 3) }
        #expect(Threads.count == count)
    }

    @Test("bits of integers")
    func bits() {
        func bits(_ values: [Int64]) -> Int32 { ck_i64_bits(values, values.count) }
        #expect(bits([]) == 1)
        #expect(bits([0, -1]) == 1)
        #expect(bits([1]) == 2)
        #expect(bits([127, -128]) == 8)
        #expect(bits([128]) == 9)
        #expect(bits([-129]) == 9)
        #expect(bits([.max]) == 64)
        #expect(bits([.min]) == 64)
    }
}
