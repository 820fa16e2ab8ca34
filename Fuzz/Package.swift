// swift-tools-version: 6.1
import PackageDescription

// Built with --sanitize=fuzzer (`make fuzz`); without it the driver has no libFuzzer to link to.
let package = Package(
    name: "swift-zkml-fuzz",
    dependencies: [
        .package(name: "swift-zkml", path: ".."),
        .package(name: "swift-zkml-tools", path: "../Tools"),
    ],
    targets: [
        .executableTarget(
            name: "FuzzDriver",
            dependencies: [
                .product(name: "Models", package: "swift-zkml"),
                .product(name: "Prover", package: "swift-zkml"),
                .product(name: "Verifier", package: "swift-zkml"),
                .product(name: "ToolSupport", package: "swift-zkml-tools"),
            ],
            // A model with everything committed, its key and a proof of it (Seeds.swift).
            resources: [
                .embedInCode("Fixture/fixture.key"), .embedInCode("Fixture/fixture.proof"),
            ])
    ],
    swiftLanguageModes: [.v6]
)
