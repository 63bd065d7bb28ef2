// Stands in for FoundationEssentials when the tool is built for release. The argument parser imports that module for
// two small things: an error's own description, and its help as JSON. The toolchain's module of that name brings six
// megabytes for them. Whatever else a source would use is missing here, and the compiler names it. The argument parser
// is to get an option for this (its pull request 932): then this file goes.
// Compiled together with Sources/HostKit/JSONTree.swift, by scripts/common.sh.

public protocol LocalizedError: Error {
  var errorDescription: String? { get }
}

extension LocalizedError {
  public var errorDescription: String? { nil }
}

public struct Data: Sendable {
  fileprivate let text: String
}

extension String {
  public enum Encoding: Sendable {
    case utf8
  }

  public init?(data: Data, encoding: Encoding) { self = data.text }
}

public final class JSONEncoder {
  public struct OutputFormatting: OptionSet, Sendable {
    public let rawValue: UInt

    public init(rawValue: UInt) { self.rawValue = rawValue }

    public static let prettyPrinted = OutputFormatting(rawValue: 1)
    public static let sortedKeys = OutputFormatting(rawValue: 2)
    public static let withoutEscapingSlashes = OutputFormatting(rawValue: 4)
  }

  public var outputFormatting: OutputFormatting = []

  public init() {}

  /// Keys stand in order, asked or not.
  public func encode(_ value: some Encodable) throws -> Data {
    Data(
      text: try JSONTree(value).text(
        isPretty: outputFormatting.contains(.prettyPrinted),
        escapesSlashes: !outputFormatting.contains(.withoutEscapingSlashes)))
  }
}
