/// Why a map could not be opened, and what to do about it.
package enum MapFileError: Error, Equatable, Sendable {
  case missing(path: String, reason: String)
  case notAMap(path: String)
  case newer(path: String, version: UInt32)
  /// Of a version before 0.3.
  case older(path: String, version: UInt32)
  case truncated(path: String)
  case damaged(path: String, section: String)
  /// Right checksums over wrong numbers.
  case contradictory(path: String, flaw: String)
  case noMemory(bytes: Int)

  package var message: String {
    switch self {
    case .missing(let path, let reason):
      return "cannot open \(path): \(reason); make it with `hujia import`"
    case .notAMap(let path):
      return "\(path) is no .hjmap; compile street data with `hujia import`"
    case .newer(let path, let version):
      return
        "\(path) has map format \(version), this library reads \(MapFormat.version): update the library or import again"
    case .older(let path, let version):
      return
        "\(path) has map format \(version), of a version before 0.3; this library reads \(MapFormat.version): compile its streets anew with `hujia import`"
    case .truncated(let path):
      return "\(path) is cut off: copy it again, or import again"
    case .damaged(let path, let section):
      return "\(path) is damaged (section \(section)): copy it again, or import again"
    case .contradictory(let path, let flaw):
      return "\(path) contradicts itself (\(flaw)): do not use it; import again"
    case .noMemory(let bytes):
      return
        "the allocator refused \(bytes) bytes for the map: give it more, or map the file (HJ_MAP_SHARED)"
    }
  }
}
