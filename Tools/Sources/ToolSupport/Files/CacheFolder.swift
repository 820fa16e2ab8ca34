import Glibc

/// The user's cache folder for this tool: `$XDG_CACHE_HOME/zkml`, else `~/.cache/zkml`.
///
/// Created (mode 0700) where it is missing. Reference: XDG Base Directory Specification 0.8,
/// by which a relative path in the variable is ignored.
public func cacheFolder() throws(FileError) -> String {
    guard let path = cacheFolderPath(environment: environmentVariable) else {
        throw FileError(path: "", problem: .noHomeFolder)
    }
    var prefix = ""
    for component in path.split(separator: "/") {
        prefix += "/" + component
        guard mkdir(prefix, 0o700) == 0 || fileExists(prefix) else {
            throw FileError(path: prefix, operation: "create")
        }
    }
    return path
}

/// Where the development SRS of 2^log2Size powers is kept, whether or not it is there yet.
public func cachedDevelopmentSRS(log2Size: Int) throws(FileError) -> String {
    joinPath(try cacheFolder(), "development-\(log2Size).srs")
}

/// Where the folder is, by the environment's word.
package func cacheFolderPath(environment: (String) -> String?) -> String? {
    if let cache = environment("XDG_CACHE_HOME"), cache.hasPrefix("/") {
        return joinPath(cache, "zkml")
    }
    guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
    return joinPath(joinPath(home, ".cache"), "zkml")
}

func environmentVariable(_ name: String) -> String? {
    // SAFETY: getenv's string is copied at once; nothing here changes the environment.
    getenv(name).map { String(cString: $0) }
}
