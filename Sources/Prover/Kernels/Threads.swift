import CKernels

/// How many threads the kernels use.
///
/// The number belongs to the calling thread (OpenMP's nthreads-var): set it on the thread that
/// proves. Without a call it is OMP_NUM_THREADS, or the number of processors. Results do not
/// depend on it.
enum Threads {
    static var count: Int {
        get { Int(ck_thread_count()) }
        set {
            precondition(newValue >= 1, "\(newValue) threads, at least 1 expected")
            ck_set_thread_count(Int32(newValue))
        }
    }

    /// Runs `body` with kernels on `count` threads.
    static func with<R, E: Error>(_ count: Int, _ body: () throws(E) -> R) throws(E) -> R {
        let previous = self.count
        self.count = count
        defer { self.count = previous }
        return try body()
    }
}
