// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "swift-zkml",
    products: [
        .library(
            name: "Verifier",
            targets: ["Field", "Curve", "Circuits", "ProofSystem", "Verifier"]),
        .library(name: "Prover", targets: ["Prover"]),
        .library(name: "Models", targets: ["Models"]),
    ],
    targets: [
        // The verifier's closure: pure Swift, no C, no Foundation.
        .target(name: "Field"),
        .target(name: "Curve", dependencies: ["Field"]),
        .target(name: "Circuits", dependencies: ["Field"]),
        .target(name: "ProofSystem", dependencies: ["Field", "Curve", "Circuits"]),
        .target(name: "Verifier", dependencies: ["Field", "Curve", "Circuits", "ProofSystem"]),

        .systemLibrary(name: "CGMP", pkgConfig: "gmp", providers: [.apt(["libgmp-dev"])]),
        .target(
            name: "CKernels", dependencies: ["CGMP"], linkerSettings: [.linkedLibrary("omp5")]),
        .target(
            name: "Prover",
            dependencies: ["Field", "Curve", "Circuits", "ProofSystem", "CKernels"]),
        .target(name: "Models", dependencies: ["Field", "Circuits", "CGMP"]),

        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "Field", "Curve", "Circuits", "ProofSystem", "Verifier", "Prover", "Models",
                "CKernels", "CGMP", "TestSupport",
            ], path: "Benchmarks", exclude: ["Models", "ezkl_compare.py"]),

        .target(name: "TestSupport", dependencies: ["Field"], path: "Tests/TestSupport"),
        .testTarget(name: "FieldTests", dependencies: ["Field", "CGMP", "TestSupport"]),
        .testTarget(name: "CurveTests", dependencies: ["Field", "Curve", "TestSupport"]),
        .testTarget(
            name: "KernelTests",
            dependencies: ["Field", "Curve", "Prover", "CKernels", "CGMP", "TestSupport"]),
        .testTarget(
            name: "ProverTests",
            dependencies: [
                "Field", "Curve", "Circuits", "ProofSystem", "Verifier", "Prover", "Models",
                "TestSupport", "ZKMLTestSupport",
            ]),
        .testTarget(
            name: "ModelsTests",
            dependencies: [
                "Field", "Circuits", "ProofSystem", "Verifier", "Prover", "Models", "TestSupport",
            ]),

        // What several test targets share: random circuits, a reference witness.
        .target(
            name: "ZKMLTestSupport", dependencies: ["Field", "Circuits", "TestSupport"],
            path: "Tests/ZKMLTestSupport"),
        .testTarget(
            name: "CircuitsTests",
            dependencies: ["Field", "Circuits", "TestSupport", "ZKMLTestSupport"]),
        .testTarget(
            name: "InterpreterTests",
            dependencies: ["Field", "Circuits", "Models", "TestSupport", "ZKMLTestSupport"]),
        .testTarget(
            name: "SoundnessTests",
            dependencies: [
                "Field", "Curve", "Circuits", "ProofSystem", "Verifier", "Prover", "TestSupport",
                "ZKMLTestSupport",
            ], exclude: ["Inventory"]),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu17,
    cxxLanguageStandard: .cxx20
)
