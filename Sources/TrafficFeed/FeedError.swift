// Why a feed cannot be read, with its place and what to do.

package struct FeedError: Error, Equatable, Sendable {
  package let message: String

  package init(_ message: String) { self.message = message }
}
