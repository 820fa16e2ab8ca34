import Glibc

/// The target that the environment variable FUZZ_TARGET names.
private let chosen: FuzzTarget? = {
    let name = environment("FUZZ_TARGET") ?? ""
    return targets.first { $0.name == name }
}()

func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

/// Called once by libFuzzer, which brings its own `main`: without a target, lists them; with
/// FUZZ_SEEDS, the root of a clone, writes its seeds and the fixture anew.
@c(LLVMFuzzerInitialize)
public func initialize(
    _ count: UnsafeMutablePointer<Int32>?, _ arguments: UnsafeMutableRawPointer?
) -> Int32 {
    if let root = environment("FUZZ_SEEDS") {
        writeSeeds(root: root)
        fflush(nil)
        _exit(0)
    }
    if chosen == nil {
        for target in targets { print(target.name) }
        fflush(nil)
        _exit(environment("FUZZ_TARGET") == nil ? 0 : 2)
    }
    return 0
}

/// Called by libFuzzer on one input after another.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
    // SAFETY: libFuzzer lends `size` bytes for the time of this call.
    chosen?.body([UInt8](UnsafeBufferPointer(start: data, count: size)))
    return 0
}
