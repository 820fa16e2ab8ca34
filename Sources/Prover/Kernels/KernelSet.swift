import CKernels
import Curve
import Field

/// One implementation of the C kernels: the portable one, or one for what the machine offers.
///
/// Every wrapper takes one as its last argument, so that a test can run each beside the others;
/// the default is the best there is.
struct KernelSet: @unchecked Sendable {
    // SAFETY (Sendable): points to a constant table of the C target, never written.
    let table: UnsafePointer<ck_kernels>

    /// - Parameter features: a set of `CK_CPU_` bits; those that the machine lacks are ignored.
    init(features: UInt32) { table = ck_kernels_for(features & ck_cpu_features()) }

    private init(modelOf feature: UInt32) { table = ck_kernels_for(feature) }

    /// What ZKML_KERNELS names, or the machine's best; chosen once.
    private static let fastest: KernelSet = {
        guard let name = ck_kernels_wanted().map({ String(cString: $0) }), !name.isEmpty else {
            return KernelSet(features: .max)
        }
        guard let set = all.first(where: { $0.name == name }) else {
            let names = all.map(\.name).joined(separator: ", ")
            fatalError("ZKML_KERNELS=\(name): kernels that run here are \(names)")
        }
        return set
    }()
    /// What a test makes whole proofs with, to compare implementations.
    @TaskLocal static var chosen: KernelSet?
    static var best: KernelSet { chosen ?? fastest }
    static let portable = KernelSet(features: 0)
    /// What `CK_CPU_` bits add, each to those before it.
    private static let features: [UInt32] = [CK_CPU_ADX, CK_CPU_AVX2, CK_CPU_AVX512, CK_CPU_IFMA]
        .map { UInt32($0) }
    /// Every implementation that runs here, slowest first, and the model of one that may not.
    static let all: [KernelSet] = {
        var sets = [portable]
        for feature in features where ck_cpu_features() & feature != 0 {
            sets.append(KernelSet(features: feature))
        }
        return sets + [KernelSet(modelOf: CK_MODEL_IFMA)]
    }()

    var name: String { String(cString: table.pointee.name) }
    /// The functions; reading one reads one word.
    var c: ck_kernels { table.pointee }
}

// SAFETY, for every pointer below: Fr and ck_fr, Fq and ck_fq are four UInt64, G1Affine and
// ck_g1_affine two of those (KernelLayoutTests), so memory of one is memory of the other; the C
// kernels keep no pointer after they return. An empty buffer may have no address: the kernels
// then get one that they never follow.
extension UnsafeBufferPointer<Fr> {
    var c: UnsafePointer<ck_fr> {
        UnsafeRawPointer(baseAddress ?? dangling()).assumingMemoryBound(to: ck_fr.self)
    }
}
extension UnsafeMutableBufferPointer<Fr> {
    var c: UnsafeMutablePointer<ck_fr> {
        UnsafeMutableRawPointer(baseAddress ?? danglingMutable()).assumingMemoryBound(
            to: ck_fr.self)
    }
}
extension UnsafeBufferPointer<G1Affine> {
    var c: UnsafePointer<ck_g1_affine> {
        UnsafeRawPointer(baseAddress ?? dangling()).assumingMemoryBound(to: ck_g1_affine.self)
    }
}
extension UnsafeMutableBufferPointer<G1Affine> {
    var c: UnsafeMutablePointer<ck_g1_affine> {
        UnsafeMutableRawPointer(baseAddress ?? danglingMutable()).assumingMemoryBound(
            to: ck_g1_affine.self)
    }
}
extension UnsafeBufferPointer<Int64> {
    var c: UnsafePointer<Int64> { baseAddress ?? dangling() }
}

private func danglingMutable<T>() -> UnsafeMutablePointer<T> {
    // SAFETY: not null, aligned for every element type here, never read or written.
    UnsafeMutablePointer(bitPattern: 64)!
}
private func dangling<T>() -> UnsafePointer<T> { UnsafePointer(danglingMutable()) }

extension Fr {
    var c: ck_fr { ck_fr(l: (limbs.l0, limbs.l1, limbs.l2, limbs.l3)) }
    init(_ c: ck_fr) { self.init(montgomery: Limbs256(c.l.0, c.l.1, c.l.2, c.l.3)) }
}
extension Fq {
    var c: ck_fq { ck_fq(l: (limbs.l0, limbs.l1, limbs.l2, limbs.l3)) }
    init(_ c: ck_fq) { self.init(montgomery: Limbs256(c.l.0, c.l.1, c.l.2, c.l.3)) }
}
extension G1Affine {
    var c: ck_g1_affine { ck_g1_affine(x: x.c, y: y.c) }
    init(_ c: ck_g1_affine) { self.init(x: Fq(c.x), y: Fq(c.y)) }
}

/// The two values a product round needs from a kernel.
func withTwoResults(_ body: (UnsafeMutablePointer<ck_fr>) -> Void) -> (Fr, Fr) {
    var results = (ck_fr(), ck_fr())
    // SAFETY: a homogeneous tuple is laid out as an array of two.
    withUnsafeMutableBytes(of: &results) {
        body($0.baseAddress!.assumingMemoryBound(to: ck_fr.self))
    }
    return (Fr(results.0), Fr(results.1))
}

/// Lends the vectors' first elements as a C array of pointers, for the time of `body`.
func withPointers<T, C, R>(
    _ vectors: [UnsafeBufferPointer<T>], _ pointer: (UnsafeBufferPointer<T>) -> UnsafePointer<C>,
    _ body: (UnsafePointer<UnsafePointer<C>>) -> R
) -> R {
    // One more, so that there is an address even for no vectors.
    let pointers = vectors.map(pointer) + [dangling()]
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}

/// Lends arrays as buffers, all at once.
func withBuffers<T, R>(_ arrays: [[T]], _ body: ([UnsafeBufferPointer<T>]) -> R) -> R {
    func lend(_ index: Int, _ lent: [UnsafeBufferPointer<T>]) -> R {
        guard index < arrays.count else { return body(lent) }
        return arrays[index].withUnsafeBufferPointer { lend(index + 1, lent + [$0]) }
    }
    return lend(0, [])
}

extension Array {
    /// An array that `body` fills entirely.
    static func filled(
        _ count: Int, by body: (UnsafeMutableBufferPointer<Element>) -> Void
    ) -> [Element] {
        [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            body(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            initialized = count
        }
    }
}
