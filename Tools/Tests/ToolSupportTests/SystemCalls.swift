import Glibc

/// Removes a file or an empty folder.
func removePath(_ path: String) { remove(path) }

func permissions(of path: String) -> UInt32 {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
}

func makeFolder(_ path: String) { mkdir(path, 0o777) }
