/// What a model costs, known before any key is made.
public struct CostReport: Sendable, Equatable {
    /// Committed cells of one proof, padding included.
    public var cells: Int
    /// Lookup tables, and the log2 of the widest one's rows.
    public var tables: Int
    public var tableBits: Int
    /// A committed vector is cut into chunks of 2^log2Chunk cells.
    public var log2Chunk: Int
    public var proofBytes: Int
    public var verifyingKeyBytes: Int
    /// Everything in the bundle.
    public var bundleBytes: Int
    /// Predictions for this machine.
    public var compileSeconds: Double
    public var proveSeconds: Double
    public var compileMemoryBytes: Int
    public var proveMemoryBytes: Int

    public init(
        cells: Int, tables: Int, tableBits: Int, log2Chunk: Int, proofBytes: Int,
        verifyingKeyBytes: Int, bundleBytes: Int, compileSeconds: Double, proveSeconds: Double,
        compileMemoryBytes: Int, proveMemoryBytes: Int
    ) {
        self.cells = cells
        self.tables = tables
        self.tableBits = tableBits
        self.log2Chunk = log2Chunk
        self.proofBytes = proofBytes
        self.verifyingKeyBytes = verifyingKeyBytes
        self.bundleBytes = bundleBytes
        self.compileSeconds = compileSeconds
        self.proveSeconds = proveSeconds
        self.compileMemoryBytes = compileMemoryBytes
        self.proveMemoryBytes = proveMemoryBytes
    }

    /// The members that say what was predicted; the exact ones are beside them.
    public var predictionJSON: JSONValue {
        [
            "compileSeconds": .number(compileSeconds),
            "compileMemoryBytes": .integer(compileMemoryBytes),
            "proveSeconds": .number(proveSeconds), "proveMemoryBytes": .integer(proveMemoryBytes),
        ]
    }

    public var text: String {
        labelled([
            ("cells", humanCount(cells)),
            ("tables", "\(tables), up to 2^\(tableBits) rows"),
            ("chunks of", "2^\(log2Chunk) cells"),
            ("proof", humanSize(proofBytes)),
            ("verifying key", humanSize(verifyingKeyBytes)),
            ("bundle", humanSize(bundleBytes)),
            ("making keys", "about \(humanTime(compileSeconds)), \(humanSize(compileMemoryBytes))"),
            ("proving", "about \(humanTime(proveSeconds)), \(humanSize(proveMemoryBytes))"),
        ])
    }
}

/// What `compile` did.
public struct CompileReport: Sendable, Equatable {
    public var cost: CostReport
    /// What keys stand on, or would after a dry run.
    public var srs: SRSReport
    /// Nil after a dry run, which makes none.
    public var keys: Keys?
    /// Nil after a dry run.
    public var calibration: Calibration?
    /// What was asked for, and reached; nil where nothing was.
    public var target: Target?
    /// Nil unless asked for.
    public var explanation: ExplanationReport?
    public var seconds: Double
    public var peakMemoryBytes: Int

    public struct Keys: Sendable, Equatable {
        public var bundle: String
        /// The digest of the verifying key, in hexadecimal.
        public var modelID: String

        public init(bundle: String, modelID: String) {
            self.bundle = bundle
            self.modelID = modelID
        }
    }

    /// Integer inference against the float model, on the samples.
    public struct Calibration: Sendable, Equatable {
        public var sampleCount: Int
        /// True where there were no samples and random inputs stood in for them.
        public var isSynthetic: Bool
        /// Samples that leave the circuit's range, under `--out-of-range refuse`.
        public var refusedCount: Int
        public var maxAbsError: Double
        public var meanAbsError: Double
        /// No output differs by more as long as no value leaves its calibrated range.
        public var errorBound: Double
        /// Nil for outputs without classes.
        public var topClassAgreement: Double?

        public init(
            sampleCount: Int, isSynthetic: Bool, refusedCount: Int, maxAbsError: Double,
            meanAbsError: Double, errorBound: Double, topClassAgreement: Double?
        ) {
            self.sampleCount = sampleCount
            self.isSynthetic = isSynthetic
            self.refusedCount = refusedCount
            self.maxAbsError = maxAbsError
            self.meanAbsError = meanAbsError
            self.errorBound = errorBound
            self.topClassAgreement = topClassAgreement
        }

        var json: JSONValue {
            [
                "samples": .integer(sampleCount), "synthetic": .bool(isSynthetic),
                "refused": .integer(refusedCount), "maxAbsError": .number(maxAbsError),
                "meanAbsError": .number(meanAbsError), "errorBound": .number(errorBound),
                "topClassAgreement": topClassAgreement.map { .number($0) } ?? .null,
            ]
        }

        var text: String {
            let top = topClassAgreement.map { ", top class agrees on \(humanNumber($0 * 100)) %" }
            let refused = refusedCount > 0 ? ", \(refusedCount) out of range" : ""
            let kind = isSynthetic ? "random inputs (no samples given)" : "samples"
            return "\(sampleCount) \(kind), "
                + "largest error \(humanNumber(maxAbsError, digits: 3)), mean "
                + "\(humanNumber(meanAbsError, digits: 3))\(top ?? "")\(refused)"
        }
    }

    /// How a target was met.
    public struct Target: Sendable, Equatable {
        public var maxAbsError: Double?
        public var topClassAgreement: Double?
        /// On all samples.
        public var reachedError: Double
        public var reachedAgreement: Double?
        /// Samples among them that were kept from the choice.
        public var heldOutCount: Int
        /// Allocations that were compiled and run.
        public var trials: Int
        /// The fewest and most bits of a value.
        public var bits: ClosedRange<Int>

        public init(
            maxAbsError: Double?, topClassAgreement: Double?, reachedError: Double,
            reachedAgreement: Double?, heldOutCount: Int, trials: Int, bits: ClosedRange<Int>
        ) {
            self.maxAbsError = maxAbsError
            self.topClassAgreement = topClassAgreement
            self.reachedError = reachedError
            self.reachedAgreement = reachedAgreement
            self.heldOutCount = heldOutCount
            self.trials = trials
            self.bits = bits
        }

        var json: JSONValue {
            let wanted: JSONValue = [:]
            return wanted.adding([
                "error": maxAbsError.map { .number($0) },
                "agreement": topClassAgreement.map { .number($0) },
                "maxAbsError": .number(reachedError),
                "topClassAgreement": reachedAgreement.map { .number($0) } ?? .null,
                "heldOut": .integer(heldOutCount), "trials": .integer(trials),
                "leastBits": .integer(bits.lowerBound), "mostBits": .integer(bits.upperBound),
            ])
        }

        var text: String {
            let reached =
                maxAbsError.map {
                    "error \(humanNumber(reachedError, digits: 3)), at most "
                        + "\(humanNumber($0)) wanted"
                } ?? "agreement \(humanNumber((reachedAgreement ?? 0) * 100)) %, "
                + "\(humanNumber((topClassAgreement ?? 0) * 100)) % wanted"
            return "\(reached); \(bits.lowerBound) to \(bits.upperBound) bits, "
                + "\(heldOutCount) samples held out"
        }
    }

    public init(
        cost: CostReport, srs: SRSReport, keys: Keys?, calibration: Calibration?,
        seconds: Double, peakMemoryBytes: Int
    ) {
        self.cost = cost
        self.srs = srs
        self.keys = keys
        self.calibration = calibration
        self.seconds = seconds
        self.peakMemoryBytes = peakMemoryBytes
    }

    public var json: JSONValue {
        let object: JSONValue = [
            "modelID": keys.map { .string($0.modelID) } ?? .null, "dryRun": .bool(keys == nil),
            "cells": .integer(cost.cells), "log2Chunk": .integer(cost.log2Chunk),
            "tables": .integer(cost.tables), "tableBits": .integer(cost.tableBits),
            "proofBytes": .integer(cost.proofBytes),
            "verifyingKeyBytes": .integer(cost.verifyingKeyBytes),
            "bundleBytes": .integer(cost.bundleBytes), "predicted": cost.predictionJSON,
            "seconds": .number(seconds), "peakMemoryBytes": .integer(peakMemoryBytes),
        ]
        return object.adding([
            "calibration": calibration?.json ?? .null,
            "target": target?.json, "explanation": explanation?.json,
            "bundle": keys.map { .string($0.bundle) }, "srs": srs.json,
        ])
    }

    /// What comes after the cost, which is shown before the keys are made.
    public var text: String {
        (explanation.map { $0.text + "\n" } ?? "")
            + labelled([
                ("model ID", keys?.modelID),
                ("calibration", calibration?.text),
                ("target", target?.text),
                ("SRS", srs.text),
                ("time", "\(humanTime(seconds)), \(humanSize(peakMemoryBytes)) of memory at most"),
                (keys == nil ? "dry run" : "written to", keys?.bundle ?? "nothing was written"),
            ])
    }
}
