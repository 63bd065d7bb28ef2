// swift-tools-version: 6.2
// Benchmarks: a package of its own, so that what they need stays out of the library's. They measure
// internals too, so they pass a flag that only a root package may pass; nothing depends on this.
import PackageDescription

let inside: [SwiftSetting] = [.unsafeFlags(["-Xfrontend", "-disable-access-control"])]

let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "hujia", path: "..")],
  targets: [
    .target(
      name: "BenchmarkNetworks",
      dependencies: [.product(name: "HujiaMapBuild", package: "hujia")],
      path: "Sources/BenchmarkNetworks", swiftSettings: inside),
    .executableTarget(
      name: "RoutingBenchmark",
      dependencies: [
        "BenchmarkNetworks", .product(name: "Hujia", package: "hujia"),
        .product(name: "HujiaMapBuild", package: "hujia"),
      ],
      path: "Sources/RoutingBenchmark", swiftSettings: inside),
    .systemLibrary(name: "CBenchmarkUV", path: "Sources/CBenchmarkUV", pkgConfig: "libuv"),
    .executableTarget(
      name: "DeadlineBenchmark",
      dependencies: ["CBenchmarkUV", .product(name: "Hujia", package: "hujia")],
      path: "Sources/DeadlineBenchmark", swiftSettings: inside),
  ],
  swiftLanguageModes: [.v6]
)
