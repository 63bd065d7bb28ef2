// Expectations for values that cannot be copied. Each says what was found and what was expected.

import Testing

/// `#expect` takes its condition apart, which values that cannot be copied forbid; these look at
/// results only. For a condition that compares nothing; two values are compared by those below.
@discardableResult
package func check(
  _ isTrue: Bool, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(isTrue, "is false", note, (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Equatable>(
  _ actual: Value, equals expected: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual == expected, "is \(actual), expected \(expected)", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Equatable>(
  _ actual: Value, isNot other: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual != other, "is \(actual), expected anything else", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Comparable>(
  _ actual: Value, atLeast limit: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual >= limit, "is \(actual), expected at least \(limit)", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Comparable>(
  _ actual: Value, atMost limit: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual <= limit, "is \(actual), expected at most \(limit)", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Comparable>(
  _ actual: Value, above limit: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual > limit, "is \(actual), expected more than \(limit)", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func check<Value: Comparable>(
  _ actual: Value, below limit: Value, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  say(
    actual < limit, "is \(actual), expected less than \(limit)", note,
    (fileID, filePath, line, column))
}

@discardableResult
package func checkNil<Value>(
  _ actual: Value?, _ note: @autoclosure () -> String = "",
  fileID: String = #fileID, filePath: String = #filePath, line: Int = #line, column: Int = #column
) -> Bool {
  let found = actual.map { "\($0)" } ?? "nil"
  return say(actual == nil, "is \(found), expected nil", note, (fileID, filePath, line, column))
}

private func say(
  _ holds: Bool, _ what: @autoclosure () -> String, _ note: () -> String,
  _ place: (fileID: String, filePath: String, line: Int, column: Int)
) -> Bool {
  if holds { return true }
  let rest = note()
  Issue.record(
    "\(what())\(rest.isEmpty ? "" : ": \(rest)")",
    sourceLocation: SourceLocation(
      fileID: place.fileID, filePath: place.filePath, line: place.line, column: place.column))
  return false
}
