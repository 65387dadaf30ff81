// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The pinned native libraries that ./bootstrap builds. Headers are reached by relative includes in
// Sources/CLlama, so only the linker needs to know where they are.
let nativeLibraries = "\(Context.packageDirectory)/.deps/lib"

/// What ./bootstrap built, and what that needs; Homebrew's libraries on macOS are one each.
let nativeLinker: [LinkerSetting] = {
  var settings: [LinkerSetting] = [
    .unsafeFlags(["-L\(nativeLibraries)"]), .linkedLibrary("llama"), .linkedLibrary("ggml"),
    .linkedLibrary("ggml-base"),
  ]
  let linux = ["ggml-cpu", "ggml-base", "gomp", "stdc++", "m"]
  settings += linux.map { .linkedLibrary($0, .when(platforms: [.linux])) }
  if FileManager.default.fileExists(atPath: "\(nativeLibraries)/libggml-cuda.a") {
    settings.append(.unsafeFlags(["-L/usr/local/cuda/lib64", "-L/usr/local/cuda/lib64/stubs"]))
    settings += ["ggml-cuda", "ggml-base", "cudart", "cublas", "cuda"].map { .linkedLibrary($0) }
  }
  return settings
}()

let swift: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Loops over numbers use what this machine's processor has, as ggml does (GGML_NATIVE), and are
/// optimised in debug builds too: unoptimised they are a hundred times slower.
let kernelCode: [SwiftSetting] = {
  #if arch(x86_64)
    [.unsafeFlags(["-Ounchecked", "-Xcc", "-march=native"])]
  #else
    [.unsafeFlags(["-Ounchecked"])]
  #endif
}()

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(
  name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(
  name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let serviceLifecycle: Target.Dependency = .product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let unixSignals: Target.Dependency = .product(
  name: "UnixSignals", package: "swift-service-lifecycle")
let yams: Target.Dependency = "Yams"

func module(
  _ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil,
  linker: [LinkerSetting] = []
) -> Target {
  .target(
    name: name, dependencies: dependencies, resources: resources, swiftSettings: swift,
    linkerSettings: linker)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["MLOpsTestKit"], swiftSettings: swift)
}

// Arrows point down; siblings never import each other (see ARCHITECTURE.md).
let package = Package(
  name: "mlops",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "mlops", targets: ["mlops"]),
    .library(name: "JSONSchema", targets: ["JSONSchema"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .systemLibrary(name: "CLlama"),
    .systemLibrary(
      name: "CGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"]), .brew(["libgit2"])]),
    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3",
      providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
    .systemLibrary(
      name: "CPCRE2", pkgConfig: "libpcre2-8",
      providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),

    .systemLibrary(name: "CDNNL", providers: [.apt(["libdnnl-dev"])]),

    .target(
      name: "CSimdJSON", linkerSettings: [.linkedLibrary("simdjson")]),

    module("JSON", []),
    module("MLOpsCore", ["JSON", crypto]),
    module("JSONSchema", ["JSON", "CPCRE2", "CSimdJSON"]),
    module("Codecs", ["MLOpsCore", "CZlib", "CZstd"]),
    module("ModelRegistry", ["MLOpsCore", "JSON", "Codecs", "CGit2", grdb, crypto, system]),
    module(
      "ModelRuntime", ["MLOpsCore", "JSON", "CLlama", "CDNNL", system],
      linker: nativeLinker),
    module(
      "Datasets",
      ["MLOpsCore", "JSON", "JSONSchema", "Codecs", "CSQLite", crypto, system]),
    .target(name: "Kernels", swiftSettings: swift + kernelCode),
    module("Training", ["MLOpsCore", "JSON", "Kernels", "ModelRuntime", system]),
    // In the binary itself, which has no files beside it.
    module(
      "Evaluation", ["MLOpsCore", "JSON", "JSONSchema", yams],
      resources: [
        .embedInCode("Report/Page/report.css"), .embedInCode("Report/Page/report.js"),
      ]),
    module("Deployment", ["MLOpsCore", "JSON", "ModelRegistry", system, yams]),
    module(
      "Lifecycle",
      [
        "MLOpsCore", "JSON", "ModelRegistry", "ModelRuntime", "Datasets", "Training", "Evaluation",
        "Deployment", "JSONSchema", yams, system,
      ]),
    module(
      "MLOpsServer",
      [
        "MLOpsCore", "JSON", "Deployment", hummingbird, hummingbirdCore, httpTypes, nioCore, log,
        serviceLifecycle, unixSignals,
      ]),
    .executableTarget(
      name: "mlops",
      dependencies: [
        "MLOpsCore", "JSON", "JSONSchema", "Lifecycle", "MLOpsServer", "ModelRegistry",
        "ModelRuntime", "Deployment", "Datasets", "Training", "Evaluation", argumentParser, log,
        system,
      ],
      swiftSettings: swift),
    module("MLOpsTestKit", ["MLOpsCore", "JSON", system]),
    tests("JSONTests", ["JSON"]),
    tests("MLOpsCoreTests", ["MLOpsCore", "JSON"]),
    tests("CodecsTests", ["Codecs"]),
    tests("JSONSchemaTests", ["JSONSchema", "JSON"]),
    .executableTarget(
      name: "RegistryStress", dependencies: ["ModelRegistry", "MLOpsCore", "JSON", system],
      path: "Tests/RegistryStress", swiftSettings: swift),
    .executableTarget(
      name: "RandomModel", dependencies: ["ModelRuntime", "MLOpsCore", system],
      path: "Tests/RandomModel", swiftSettings: swift),
    .executableTarget(
      name: "EvaluationBench", dependencies: ["Evaluation", "MLOpsCore", "JSON"],
      path: "Tests/EvaluationBench", swiftSettings: swift),
    tests(
      "ModelRegistryTests",
      ["ModelRegistry", "RegistryStress", "Codecs", "MLOpsCore", "JSON", "CGit2", grdb, system]),
    tests("ModelRuntimeTests", ["ModelRuntime", "JSONSchema", "MLOpsCore", "JSON"]),
    tests("DatasetsTests", ["Datasets", "CSQLite", "JSONSchema", "MLOpsCore", "JSON", system]),
    tests("KernelsTests", ["Kernels", "MLOpsCore"]),
    tests(
      "TrainingTests",
      ["Training", "Kernels", "ModelRuntime", "CLlama", "MLOpsCore", "JSON", system]),
    tests("EvaluationTests", ["Evaluation", "MLOpsCore", "JSON"]),
    tests("DeploymentTests", ["Deployment", "ModelRegistry", "MLOpsCore", "JSON", system]),
    tests(
      "MLOpsServerTests",
      [
        "MLOpsServer", "Deployment", "MLOpsCore", "JSON", hummingbird, hummingbirdTesting,
        httpTypes, log, serviceLifecycle, system,
      ]),
    tests(
      "IntegrationTests", ["mlops", "CSQLite", "JSON", "ModelRegistry", "MLOpsCore", system, yams]),
  ],
  cxxLanguageStandard: .cxx17
)
