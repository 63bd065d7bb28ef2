/// Why no map came of a draft, and what to do about it.
package enum MapBuildError: Error, Equatable, Sendable {
  /// The draft cannot be one map.
  case draft(String)
  case flaw(String)
  case memory(bytes: Int)
  case writing(path: String, reason: String)

  package var message: String {
    switch self {
    case .draft(let text): return text
    case .flaw(let text):
      return "the compiled map contradicts itself (\(text)), so it was not written: report this"
    case .memory(let bytes):
      return "\(bytes) bytes for the travel times were not to be had: free some memory"
    case .writing(let path, let reason): return "cannot write \(path): \(reason)"
    }
  }
}
