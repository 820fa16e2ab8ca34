// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "swift-zkml-tools",
    products: [
        .executable(name: "zkml", targets: ["ZKMLTool"]),
        .library(name: "ToolSupport", targets: ["ToolSupport"]),
    ],
    dependencies: [
        .package(name: "swift-zkml", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        .target(name: "ToolSupport"),
        .executableTarget(
            name: "ZKMLTool",
            dependencies: [
                "ToolSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Models", package: "swift-zkml"),
                .product(name: "Prover", package: "swift-zkml"),
                .product(name: "Verifier", package: "swift-zkml"),
            ]),
        .testTarget(name: "ToolSupportTests", dependencies: ["ToolSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
