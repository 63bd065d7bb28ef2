// Times in integers that never run over: what would be beyond the end of time is the end of time.

extension Int64 {
  /// A time so many milliseconds later; the end of time where it would be beyond.
  func adding(ms: Int64) -> Int64 {
    let (ns, overflows) = ms.multipliedReportingOverflow(by: 1_000_000)
    let (sum, runsOver) = addingReportingOverflow(overflows ? .max : ns)
    return runsOver ? .max : sum
  }

  func subtracting(ms: Int64) -> Int64 {
    let (ns, overflows) = ms.multipliedReportingOverflow(by: 1_000_000)
    let (rest, runsOver) = subtractingReportingOverflow(overflows ? .max : ns)
    return runsOver ? .min : rest
  }

  /// The product, or the greatest number there is.
  func multipliedClamped(by other: Int64) -> Int64 {
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
