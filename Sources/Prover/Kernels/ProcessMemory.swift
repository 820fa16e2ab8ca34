import CKernels

/// The memory of the process that proves.
public enum ProcessMemory {
    /// Keeps what is freed for the tables that come next, instead of giving it back to the system
    /// and taking it again, page by page: a tenth of the time that a proof of some gigabytes takes.
    ///
    /// For programs that do little else than prove; call it before the first large allocation. It
    /// does nothing where the C library is not glibc.
    public static func keepFreedBlocks() { ck_keep_freed_memory() }
}
