import ToolSupport

/// Makes a development SRS and writes it.
func makeDevelopmentSRS(
    log2Size: Int, to path: String, progress: Progress
) throws -> SRSFileReport {
    throw ToolFailure.notBuilt("srs new")
}

/// Imports a ceremony's file.
func importSRS(_ file: String, to path: String, progress: Progress) throws -> SRSFileReport {
    throw ToolFailure.notBuilt("srs import")
}

/// Checks an SRS file of ours.
func checkSRS(_ file: String, progress: Progress) throws -> SRSFileReport {
    throw ToolFailure.notBuilt("srs check")
}
