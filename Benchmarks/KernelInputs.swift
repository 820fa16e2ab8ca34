import CKernels
import Curve
import Field

/// What kernels work on, the same in every run.
extension KernelBenchmarks {
    static let one = ck(Fr.one)
    /// An element without structure.
    static let challenge = ck(
        Fr(montgomery: Limbs256(0x1234_5678_9abc_def0, 0x0fed_cba9_8765_4321, 7, 0x2000_0000)))
    static let generator = ck_g1_affine(
        x: ck(G1Affine.generator.x), y: ck(G1Affine.generator.y))

    static func ck(_ x: Fr) -> ck_fr {
        ck_fr(l: (x.limbs.l0, x.limbs.l1, x.limbs.l2, x.limbs.l3))
    }
    static func ck(_ x: Fq) -> ck_fq {
        ck_fq(l: (x.limbs.l0, x.limbs.l1, x.limbs.l2, x.limbs.l3))
    }

    static func room(_ n: Int) -> Memory<ck_fr> { Memory<ck_fr>(n) }
    static func elements(_ n: Int) -> Memory<ck_fr> {
        var random = SplitMix64()
        return Memory(n) { _ in ck(Fr.random(using: &random)) }
    }
    static func integers(_ n: Int, bits: Int) -> Memory<Int64> {
        var random = SplitMix64()
        return Memory(n) { _ in Int64(truncatingIfNeeded: random.next()) >> Int64(64 - bits) }
    }
    /// 1 in the first three quarters, 0 behind: what a tensor's mask looks like.
    static func masks(_ n: Int) -> Memory<Int64> { Memory(n) { $0 < n * 3 / 4 ? 1 : 0 } }

    static func points(_ n: Int) -> Memory<ck_g1_affine> {
        let kernels = Variant(implementation: .best, threadCount: 1).kernels
        let scalars = elements(n)
        let scratch = Memory<UInt8>(ck_fixed_base_scratch_bytes(n, 1))
        let out = Memory<ck_g1_affine>(n)
        kernels.g1_fixed_base(out.p, generator, scalars.p, n, 1, scratch.p)
        return out
    }
}

/// An array that C may write: 64-byte aligned, freed with its last reference.
final class Memory<T> {
    let p: UnsafeMutablePointer<T>

    /// Zeroed: every page is there before anything is timed.
    init(_ count: Int) {
        let bytes = max(1, count) * MemoryLayout<T>.stride
        let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        // SAFETY: plain C types, for which zeros are a value.
        p = raw.bindMemory(to: T.self, capacity: max(1, count))
    }

    convenience init(_ count: Int, _ value: (Int) -> T) {
        self.init(count)
        for i in 0..<count { p[i] = value(i) }
    }

    deinit { p.deallocate() }
}

/// A value made when it is first asked for, and kept.
final class Once<T> {
    private(set) lazy var value = make()
    private let make: () -> T

    init(_ make: @escaping () -> T) { self.make = make }
}

/// Keeps the optimizer from dropping a result.
@inline(never) func blackHole<T>(_: T) {}

/// The same inputs in every run.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64 = 0
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
