// swift-tools-version: 6.2
// Hujia (护驾): an embedded real-time dispatch engine. Folder list = architecture, imports point down
// (ARCHITECTURE.md; held by scripts/tidy). No target here carries unsafe flags, so Swift apps may depend on it.
import PackageDescription

/// CI sets HUJIA_WARNINGS=error; an app that depends on us is never broken by a new compiler's warning.
let strict: [SwiftSetting] =
  Context.environment["HUJIA_WARNINGS"] == "error" ? [.treatAllWarnings(as: .error)] : []
let settings: [SwiftSetting] =
  strict + [
    .enableExperimentalFeature("Lifetimes")
  ]

/// One target of the engine: the folder is named as drawn, the module is prefixed so that it clashes with nothing.
func layer(_ folder: String, _ below: [Target.Dependency], except: [String] = []) -> Target {
  .target(
    name: "Hujia" + folder, dependencies: below, path: "Sources/" + folder, exclude: except,
    swiftSettings: settings)
}

func tests(_ name: String, _ of: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: of, path: "Tests/" + name, swiftSettings: settings)
}

let package = Package(
  name: "hujia",
  products: [
    .library(name: "Hujia", targets: ["Hujia"]),
    // For our benchmarks, a package of their own that compiles maps.
    .library(name: "HujiaMapBuild", targets: ["HujiaMapBuild"]),
    .executable(name: "hujia", targets: ["HujiaTool"]),
    // Built by `make lib`, which renames it to libhujia.so.0.x with its soname (a product cannot share the tool's
    // name).
    .library(name: "HujiaShared", type: .dynamic, targets: ["HujiaCInterface"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CHujia", path: "include"),
    .systemLibrary(
      name: "CLibUV", path: "Sources/CLibUV", pkgConfig: "libuv",
      providers: [.apt(["libuv1-dev"])]),

    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

    .systemLibrary(
      name: "CLibCrypto", path: "Sources/CLibCrypto", pkgConfig: "libcrypto",
      providers: [.apt(["libssl-dev"])]),

    layer("Containers", []),
    .target(name: "CHujiaKernels", path: "Sources/CKernels"),
    // libosmium (headers only) behind a small C face: for the importer, never linked into the library.
    .target(
      name: "COpenStreetMap", path: "Sources/COpenStreetMap",
      // libosmium's assertions are for its authors: what a file says is checked and thrown.
      cxxSettings: [.define("NDEBUG")],
      linkerSettings: ["expat", "bz2", "z", "lz4"].map { .linkedLibrary($0) }),
    layer("Geography", ["HujiaContainers", "CHujiaKernels"]),
    layer("Roads", ["HujiaGeography", "HujiaContainers", "CHujiaKernels"]),
    layer("Routing", ["HujiaRoads", "HujiaGeography", "HujiaContainers", "CHujiaKernels"]),
    // Offline, for the tool, tests and benchmarks: never linked into the library.
    layer("Files", []),
    layer(
      "MapBuild",
      ["HujiaFiles", "HujiaRouting", "HujiaRoads", "HujiaGeography", "HujiaContainers"]),
    layer("Deadlines", ["HujiaContainers"]),
    layer("Ingest", ["HujiaRoads", "HujiaGeography", "HujiaContainers"]),
    layer(
      "Engine",
      [
        "HujiaIngest", "HujiaRouting", "HujiaRoads", "HujiaGeography", "HujiaDeadlines",
        "HujiaContainers",
      ], except: ["Commands/commands.json"]),
    .target(name: "CHujiaJournal", path: "Sources/CJournal"),
    layer("Journal", ["HujiaContainers", "CHujiaJournal", "CLibCrypto"]),
    .target(name: "CHujiaBaton", path: "Sources/CBaton"),
    layer("Driver", ["HujiaEngine", "HujiaJournal", "CLibUV", "CHujiaBaton", "CHujiaKernels"]),
    layer("CInterface", ["HujiaDriver", "CHujia"]),
    .target(
      name: "Hujia", dependencies: ["HujiaDriver"], path: "Sources/Hujia", swiftSettings: settings),
    layer(
      "MapImport",
      [
        "HujiaMapBuild", "HujiaRoads", "HujiaGeography", "HujiaContainers", "CZlib",
        "COpenStreetMap",
      ]),
    // Live traffic as it is sold, held against a map: for the tool, never linked into the library.
    layer("TrafficFeed", ["HujiaRouting", "HujiaRoads", "HujiaGeography", "HujiaContainers"]),
    // The tool in parts: one host of the C interface, what stands on it, and the commands.
    layer(
      "HostKit",
      ["CHujia", "HujiaCInterface", "HujiaDriver", "HujiaJournal", "HujiaRoads", "HujiaFiles"]),
    layer(
      "Cities",
      [
        "CHujia", "HujiaHostKit", "HujiaDriver", "HujiaMapImport", "HujiaMapBuild", "HujiaRoads",
        "HujiaGeography", "HujiaContainers",
      ]),
    layer(
      "Replay",
      [
        "CHujia", "HujiaHostKit", "HujiaCities",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    layer("Simulation", ["CHujia", "HujiaHostKit", "HujiaRoads"]),
    // What a map holds, and what an import made of its rows.
    layer(
      "MapReport",
      [
        "HujiaHostKit", "HujiaMapImport", "HujiaMapBuild", "HujiaRouting", "HujiaRoads",
        "HujiaContainers",
      ]),
    layer("LiveFeed", ["CHujia", "HujiaHostKit", "HujiaTrafficFeed", "HujiaRoads"]),
    layer("CatchUp", ["CHujia", "HujiaHostKit", "HujiaMapImport", "HujiaContainers"]),
    layer(
      "Stress",
      [
        "CHujia", "HujiaHostKit", "HujiaCities", "HujiaMapImport", "HujiaRoads",
        .product(name: "Histogram", package: "hdrhistogram-swift"),
      ]),
    // What a journal says, for people and programs, and whether it holds.
    layer(
      "JournalReport",
      [
        "CHujia", "HujiaHostKit", "HujiaDriver", "HujiaEngine", "HujiaJournal", "HujiaRoads",
        "HujiaContainers", "CLibCrypto",
      ]),
    layer(
      "ReportPage",
      ["CHujia", "HujiaHostKit", "HujiaCities", "HujiaReplay", "HujiaStress", "HujiaRoads"]),
    .executableTarget(
      name: "HujiaTool",
      dependencies: [
        "HujiaHostKit", "HujiaCities", "HujiaReplay", "HujiaSimulation", "HujiaStress",
        "HujiaReportPage", "HujiaMapReport", "HujiaJournalReport", "HujiaCatchUp", "HujiaJournal",
        "HujiaLiveFeed", "HujiaTrafficFeed",
        "HujiaDriver",
        "HujiaMapImport", "HujiaMapBuild", "HujiaRoads", "HujiaGeography",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/HujiaTool", swiftSettings: settings),

    .target(
      name: "HujiaTestSupport", dependencies: ["HujiaContainers"], path: "Tests/Support",
      swiftSettings: settings),
    tests("LayoutTests", ["CHujia"]),
    tests("ContainersTests", ["HujiaContainers", "HujiaTestSupport"]),
    tests("GeographyTests", ["HujiaGeography", "CHujiaKernels", "HujiaTestSupport"]),
    tests("RoadsTests", ["HujiaMapBuild", "HujiaRoads", "HujiaGeography", "HujiaTestSupport"]),
    tests(
      "MapBuildTests",
      ["HujiaMapBuild", "HujiaRouting", "HujiaRoads", "HujiaContainers", "HujiaTestSupport"]),
    tests(
      "MapImportTests",
      [
        "HujiaMapImport", "HujiaMapBuild", "HujiaRouting", "HujiaRoads", "HujiaGeography",
        "HujiaContainers", "CZlib", "HujiaTestSupport",
      ]
    ),
    tests(
      "TrafficFeedTests",
      [
        "HujiaTrafficFeed", "HujiaMapBuild", "HujiaRoads", "HujiaGeography",
        "HujiaTestSupport",
      ]),
    tests("IngestTests", ["HujiaIngest", "HujiaRoads", "HujiaContainers", "HujiaTestSupport"]),
    .target(name: "CHujiaStepping", path: "Tests/Stepping"),
    tests(
      "JournalTests",
      ["HujiaJournal", "HujiaContainers", "CHujiaJournal", "CHujiaStepping", "HujiaTestSupport"]),
    tests("DeadlinesTests", ["HujiaDeadlines", "HujiaContainers", "HujiaTestSupport"]),
    tests(
      "PlansTests",
      ["HujiaDriver", "HujiaEngine", "HujiaGeography", "HujiaContainers", "HujiaTestSupport"]),
    tests(
      "EngineTests",
      [
        "HujiaMapBuild", "HujiaEngine", "HujiaRouting", "HujiaRoads", "HujiaContainers",
        "HujiaTestSupport",
      ]),
    tests(
      "DriverTests",
      [
        "HujiaMapBuild", "HujiaDriver", "HujiaEngine", "HujiaIngest", "HujiaJournal",
        "HujiaRouting",
        "HujiaRoads", "HujiaContainers", "HujiaTestSupport",
      ]),
    tests(
      "RoutingTests",
      [
        "HujiaMapBuild", "HujiaRouting", "HujiaRoads", "HujiaContainers", "CHujiaKernels",
        "HujiaTestSupport",
      ]),
    tests(
      "TwinTests",
      [
        "HujiaMapImport", "HujiaMapBuild", "HujiaRouting", "HujiaRoads", "HujiaContainers",
        "HujiaCities", "HujiaTestSupport",
      ]),
    tests(
      "JournalReportTests",
      [
        "HujiaJournalReport", "HujiaHostKit", "HujiaDriver", "HujiaEngine", "HujiaIngest",
        "HujiaJournal", "HujiaMapBuild", "HujiaRoads", "HujiaContainers", "HujiaTestSupport",
      ]),
    tests("HujiaTests", ["Hujia", "HujiaMapBuild", "HujiaTestSupport"]),
    tests(
      "HujiaToolTests",
      [
        "HujiaTool", "HujiaCatchUp", "HujiaHostKit", "HujiaCities", "HujiaReplay",
        "HujiaSimulation", "HujiaStress", "HujiaLiveFeed", "HujiaTrafficFeed",
        "HujiaReportPage", "HujiaJournalReport", "HujiaJournal", "HujiaMapImport",
        "HujiaMapBuild", "HujiaRoads", "CHujia", "HujiaTestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)
