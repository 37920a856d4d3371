// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that ordinary builds and tests need no fuzzing engine.
let package = Package(
  name: "fuzzing",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "octet", path: "../..")],
  targets: [
    .systemLibrary(name: "CLibFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CLibFuzzer",
        .product(name: "OctetConverter", package: "octet"),
        .product(name: "OctetImages", package: "octet"),
        .product(name: "OctetNumPy", package: "octet"),
        .product(name: "OctetRuntime", package: "octet"),
      ],
      // The engine brings the entry point.
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]
    ),
  ]
)
