// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "octet",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "OctetConverter", targets: ["OctetConverter"]),
    .library(name: "OctetImages", targets: ["OctetImages"]),
    .library(name: "OctetNumPy", targets: ["OctetNumPy"]),
    .library(name: "OctetRuntime", targets: ["OctetRuntime"]),
    .executable(name: "convert", targets: ["convert"]),
    .executable(name: "octet", targets: ["octet"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // flatc output, flatbuffers::Verifier and the builder behind a plain C header.
    .target(
      name: "COctetFlatBuffers",
      cxxSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]
    ),
    .target(name: "OctetCore"),
    .target(name: "OctetFormat", dependencies: ["OctetCore", "COctetFlatBuffers"]),
    // Inflate for `.npz` archives, from the system's zlib.
    .target(name: "COctetZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "OctetNumPy", dependencies: ["OctetCore", "COctetZlib"]),
    // The system's libpng and libjpeg behind a plain C header.
    .target(
      name: "COctetImages",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg")]
    ),
    .target(name: "OctetImages", dependencies: ["OctetCore", "COctetImages"]),
    .target(
      name: "OctetGraphDef",
      dependencies: ["OctetCore", .product(name: "SwiftProtobuf", package: "swift-protobuf")]
    ),
    .target(name: "OctetOperators", dependencies: ["OctetCore", "OctetFormat"]),
    .target(
      name: "OctetConverter",
      dependencies: ["OctetCore", "OctetFormat", "OctetGraphDef", "OctetOperators"]
    ),
    // Micro-kernels in plain C; each compiles for its own instruction set, whatever the machine's.
    .target(
      name: "COctetKernels",
      cSettings: [
        .headerSearchPath("."), .unsafeFlags(["-O2"], .when(configuration: .debug)),
      ]
    ),
    .target(
      name: "OctetRuntime",
      dependencies: ["COctetKernels", "OctetCore", "OctetFormat", "OctetOperators"]
    ),
    // What `octet` does, apart from parsing its arguments and printing.
    .target(
      name: "OctetTools",
      dependencies: [
        "OctetConverter", "OctetCore", "OctetFormat", "OctetImages", "OctetNumPy",
        "OctetOperators", "OctetRuntime",
      ]
    ),
    // Tables, messages and exit codes that the executables share.
    .target(
      name: "CommandLineSupport",
      dependencies: [
        "OctetCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .executableTarget(
      name: "convert",
      dependencies: [
        "CommandLineSupport", "OctetCore", "OctetConverter",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    .executableTarget(
      name: "octet",
      dependencies: [
        "CommandLineSupport", "OctetConverter", "OctetCore", "OctetFormat", "OctetNumPy",
        "OctetRuntime", "OctetTools",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),

    .target(
      name: "TestSupport",
      dependencies: ["OctetCore", "OctetFormat", "OctetNumPy", "OctetOperators"],
      path: "Tests/TestSupport"
    ),
    .testTarget(name: "OctetCoreTests", dependencies: ["OctetCore", "TestSupport"]),
    .testTarget(
      name: "OctetFormatTests",
      dependencies: ["COctetFlatBuffers", "OctetCore", "OctetFormat", "TestSupport"]
    ),
    .testTarget(
      name: "OctetImagesTests", dependencies: ["OctetImages", "TestSupport"],
      exclude: ["Fixtures"]
    ),
    .testTarget(
      name: "OctetToolsTests",
      dependencies: [
        "OctetCore", "OctetFormat", "OctetImages", "OctetNumPy", "OctetOperators", "OctetRuntime",
        "OctetTools", "TestSupport",
      ]
    ),
    .testTarget(
      name: "OctetNumPyTests", dependencies: ["OctetNumPy", "TestSupport"],
      exclude: ["Fixtures"]
    ),
    .testTarget(name: "OctetGraphDefTests", dependencies: ["OctetGraphDef", "TestSupport"]),
    .testTarget(name: "OctetOperatorsTests", dependencies: ["OctetOperators", "TestSupport"]),
    .testTarget(name: "OctetConverterTests", dependencies: ["OctetConverter", "TestSupport"]),
    .testTarget(
      name: "OctetRuntimeTests",
      dependencies: ["OctetCore", "OctetFormat", "OctetRuntime", "TestSupport"]
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "OctetConverter", "OctetCore", "OctetFormat", "OctetNumPy", "OctetRuntime", "TestSupport",
      ]
    ),
  ],
  cxxLanguageStandard: .cxx17
)
