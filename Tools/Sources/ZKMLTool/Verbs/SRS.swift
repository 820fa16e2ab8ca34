import Curve
import Prover
import ToolSupport

/// Makes a development SRS and writes it.
func makeDevelopmentSRS(
    log2Size: Int, to path: String, progress: Progress
) throws -> SRSFileReport {
    let watch = Stopwatch()
    progress.update("making 2^\(log2Size) powers")
    let srs = StructuredReferenceString.generate(log2Size: log2Size)
    return try written(srs, to: path, checks: [], watch)
}

/// Imports a ceremony's file.
func importSRS(_ file: String, to path: String, progress: Progress) throws -> SRSFileReport {
    let watch = Stopwatch()
    progress.update("reading and checking \(file)")
    let srs = try read(file)
    progress.update("hashing \(file)")
    let imported = try ImportedFileReport(path: file)
    return try written(srs, to: path, checks: checks(srs), imported: imported, watch)
}

/// Checks an SRS file of ours.
func checkSRS(_ file: String, progress: Progress) throws -> SRSFileReport {
    let watch = Stopwatch()
    progress.update("checking \(file)")
    let srs = try read(file)
    do {
        try PowersCheck().verify(srs.powers, tauG2: srs.identity.tauG2)
    } catch {
        throw ToolFailure(.unreadableFile, "\(file): \(describe(error))")
    }
    return SRSFileReport(
        file: file, srs: SRSReport(srs.identity, log2Size: srs.log2Size),
        byteCount: srs.encoded().count, checks: checks(srs), seconds: watch.seconds)
}

private func read(_ file: String) throws -> StructuredReferenceString {
    // A missing file has its own message.
    guard fileExists(file) else { throw FileError(path: file, problem: .missing) }
    do {
        return try StructuredReferenceString(path: file)
    } catch {
        throw ToolFailure(.unreadableFile, "\(file): \(describe(error))")
    }
}

private func written(
    _ srs: StructuredReferenceString, to path: String, checks: [String],
    imported: ImportedFileReport? = nil, _ watch: Stopwatch
) throws -> SRSFileReport {
    let bytes = srs.encoded()
    try writeFile(bytes, to: path)
    return SRSFileReport(
        file: path, srs: SRSReport(srs.identity, log2Size: srs.log2Size), byteCount: bytes.count,
        checks: checks, imported: imported, seconds: watch.seconds)
}

extension ImportedFileReport {
    init(path: String) throws {
        let hash: SRSFileHash
        do {
            hash = try SRSFileHash(path: path)
        } catch {
            throw ToolFailure(.unreadableFile, "\(path): \(describe(error))")
        }
        self.init(
            algorithm: hash.algorithm.rawValue, digest: hexadecimal(hash.digest),
            published: hash.published.map { .init(name: $0.name, publisher: $0.publisher) })
    }
}

private func checks(_ srs: StructuredReferenceString) -> [String] {
    [
        "every point canonical and on the curve; [tau]_2 in the subgroup",
        "all \(humanCount(srs.powers.count)) powers are of one tau (pairing on a random combination)",
        srs.identity.isInsecure
            ? "tau is a development SRS's: everybody knows it"
            : srs.identity.ceremony.map { "tau is that of the public ceremony \($0.rawValue)" }
                ?? "tau of no ceremony known here: verify asks for its digest",
    ]
}
