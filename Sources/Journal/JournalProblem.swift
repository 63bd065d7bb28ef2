// Why a journal could not be opened, read or written, with the remedy in words. Must never: be thrown by an append.

package struct JournalProblem: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    /// Another process or engine has the folder.
    case locked
    /// Damage that is no torn tail: segment, offset and the last good record are said.
    case damaged
    /// Files are missing or belong to different journals: half copied.
    case incomplete
    /// Not a journal, or one of another engine.
    case foreign
    /// Sealed by its host, and not opened: no hook or no key was given, or another one.
    case sealed
    /// Written in a format that does not know what is asked of it: upgrade it.
    case older
    /// Written by a newer version.
    case newer
    case networkFileSystem
    /// The disk gave no answer in time.
    case silent
    /// The system refused a call: `errno` says why.
    case system
    case memory
    /// A setting out of range.
    case argument
    /// The host's own answer: it could not take the snapshot or the record.
    case refused
  }

  package var kind: Kind
  package var text: String
  package var errno: Int32 = 0
  /// Where, for damage.
  package var file: String = ""
  package var offset: Int64 = 0
  /// The last record that can be read before it.
  package var lastGood: UInt64 = 0

  package init(_ kind: Kind, _ text: String, errno: Int32 = 0) {
    self.kind = kind
    self.text = text
    self.errno = errno
  }

  static func damage(
    _ file: String, _ offset: Int64, lastGood: UInt64, _ what: String
  ) -> JournalProblem {
    var problem = JournalProblem(
      .damaged,
      "\(file), offset \(offset): \(what); readable up to record \(lastGood): "
        + "`hujia journal salvage` copies the good part")
    problem.file = file
    problem.offset = offset
    problem.lastGood = lastGood
    return problem
  }

  package var description: String { text }
}
