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
    /// What follows is nil after a dry run, which makes no keys.
    public var keys: Keys?
    /// Nil where there were no samples.
    public var calibration: Calibration?
    public var seconds: Double
    public var peakMemoryBytes: Int

    public struct Keys: Sendable, Equatable {
        public var bundle: String
        /// The digest of the verifying key, in hexadecimal.
        public var modelID: String
        public var srs: SRSReport

        public init(bundle: String, modelID: String, srs: SRSReport) {
            self.bundle = bundle
            self.modelID = modelID
            self.srs = srs
        }
    }

    public struct Calibration: Sendable, Equatable {
        public var sampleCount: Int
        /// Integer inference against the float model, on the samples.
        public var agreement: Agreement

        public init(sampleCount: Int, agreement: Agreement) {
            self.sampleCount = sampleCount
            self.agreement = agreement
        }
    }

    public init(
        cost: CostReport, keys: Keys?, calibration: Calibration?, seconds: Double,
        peakMemoryBytes: Int
    ) {
        self.cost = cost
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
            "calibration": calibration.map {
                (["samples": .integer($0.sampleCount)] as JSONValue).adding(
                    members: $0.agreement.json)
            } ?? .null,
            "bundle": keys.map { .string($0.bundle) }, "srs": keys.map(\.srs.json),
        ])
    }

    /// What comes after the cost, which is shown before the keys are made.
    public var text: String {
        labelled([
            ("model ID", keys?.modelID),
            ("calibration", calibration.map { "\($0.sampleCount) samples, \($0.agreement.text)" }),
            ("SRS", keys?.srs.text),
            ("time", "\(humanTime(seconds)), \(humanSize(peakMemoryBytes)) of memory at most"),
            (keys == nil ? "dry run" : "written to", keys?.bundle ?? "nothing was written"),
        ])
    }
}
