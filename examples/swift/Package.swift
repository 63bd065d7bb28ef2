// swift-tools-version: 6.2
// A Swift app that depends on Hujia like any other package. In an app of your own, give the package's URL instead of
// a path.
import PackageDescription

let package = Package(
  name: "dispatcher",
  dependencies: [.package(name: "hujia", path: "../..")],
  targets: [
    .executableTarget(name: "dispatcher", dependencies: [.product(name: "Hujia", package: "hujia")])
  ],
  swiftLanguageModes: [.v6]
)
