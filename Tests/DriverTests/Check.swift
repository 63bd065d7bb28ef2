// An expectation for values that cannot be copied.

import Testing

/// `#expect` takes its condition apart, which values that cannot be copied forbid; this one only looks at the result.
func check(
  _ isTrue: Bool, _ note: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if !isTrue { Issue.record("\(note())", sourceLocation: sourceLocation) }
}
