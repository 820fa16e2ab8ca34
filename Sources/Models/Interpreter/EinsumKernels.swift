/// The loops over one label: sums and updates of products, modulo 2^64.
///
/// Pointers stand at the cell of the loop's first value; `n` cells, `s…` apart, are in bounds.
enum EinsumKernels {
    typealias Cells = UnsafePointer<Int64>

    /// Σ x.
    @inline(__always)
    static func sum(_ x: Cells, _ sx: Int, _ n: Int) -> Int64 {
        var sum: Int64 = 0
        if sx == 1 {
            for i in 0..<n { sum &+= x[i] }
        } else {
            for i in 0..<n { sum &+= x[i &* sx] }
        }
        return sum
    }

    /// Σ x·y.
    @inline(__always)
    static func dot(_ x: Cells, _ sx: Int, _ y: Cells, _ sy: Int, _ n: Int) -> Int64 {
        // Four sums, so that an addition does not wait for the one before.
        var (s0, s1, s2, s3): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        var i = 0
        if sx == 1, sy == 1 {
            while i &+ 4 <= n {
                s0 &+= x[i] &* y[i]
                s1 &+= x[i &+ 1] &* y[i &+ 1]
                s2 &+= x[i &+ 2] &* y[i &+ 2]
                s3 &+= x[i &+ 3] &* y[i &+ 3]
                i &+= 4
            }
            while i < n {
                s0 &+= x[i] &* y[i]
                i &+= 1
            }
        } else {
            while i &+ 2 <= n {
                s0 &+= x[i &* sx] &* y[i &* sy]
                s1 &+= x[(i &+ 1) &* sx] &* y[(i &+ 1) &* sy]
                i &+= 2
            }
            if i < n { s0 &+= x[i &* sx] &* y[i &* sy] }
        }
        return (s0 &+ s1) &+ (s2 &+ s3)
    }

    /// Σ x·y·z.
    @inline(__always)
    static func dot(
        _ x: Cells, _ sx: Int, _ y: Cells, _ sy: Int, _ z: Cells, _ sz: Int, _ n: Int
    ) -> Int64 {
        var sum: Int64 = 0
        for i in 0..<n { sum &+= x[i &* sx] &* y[i &* sy] &* z[i &* sz] }
        return sum
    }

    /// o += f·x.
    @inline(__always)
    static func add(
        _ o: UnsafeMutablePointer<Int64>, _ so: Int, _ f: Int64, _ x: Cells, _ sx: Int, _ n: Int
    ) {
        if so == 1, sx == 1 {
            for i in 0..<n { o[i] &+= f &* x[i] }
        } else if so == 1 {
            for i in 0..<n { o[i] &+= f &* x[i &* sx] }
        } else {
            for i in 0..<n { o[i &* so] &+= f &* x[i &* sx] }
        }
    }

    /// o += f·x·y.
    @inline(__always)
    static func add(
        _ o: UnsafeMutablePointer<Int64>, _ so: Int, _ f: Int64, _ x: Cells, _ sx: Int,
        _ y: Cells, _ sy: Int, _ n: Int
    ) {
        if so == 1, sx == 1, sy == 1 {
            for i in 0..<n { o[i] &+= f &* x[i] &* y[i] }
        } else {
            for i in 0..<n { o[i &* so] &+= f &* x[i &* sx] &* y[i &* sy] }
        }
    }

    /// o += f·x·y·z.
    @inline(__always)
    static func add(
        _ o: UnsafeMutablePointer<Int64>, _ so: Int, _ f: Int64, _ x: Cells, _ sx: Int,
        _ y: Cells, _ sy: Int, _ z: Cells, _ sz: Int, _ n: Int
    ) {
        for i in 0..<n { o[i &* so] &+= f &* x[i &* sx] &* y[i &* sy] &* z[i &* sz] }
    }
}
