// swift-tools-version: 6.2
// Benchmarks: a package of its own, so that what they need stays out of the library's. They measure internals too, so
// their modules join the library's access group; only a root package may pass such flags, and nothing depends on this.
import PackageDescription


let package = Package(
  name: "benchmarks",
  dependencies: [.package(name: "hujia", path: "..")],
  targets: [
    .target(
      name: "BenchmarkNetworks", dependencies: [.product(name: "Hujia", package: "hujia")],
      path: "Sources/BenchmarkNetworks"),
    .executableTarget(
      name: "RoutingBenchmark",
      dependencies: ["BenchmarkNetworks", .product(name: "Hujia", package: "hujia")],
      path: "Sources/RoutingBenchmark"),
  ],
  swiftLanguageModes: [.v6]
)
