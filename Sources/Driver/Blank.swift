// A place on the stack for a large plain value that the callee writes. Must never: be read before it was written.

/// Runs `body` with a place for one `Value`, of which nothing is written: filling a KiB for each call costs more than a
/// short call does. The place is on the stack for values of at most 1,024 bytes; a test holds those it is used with to
/// that. Public, because a package function is not inlined into other modules, and this one must be.
@inlinable @inline(__always)
public func withBlank<Value: BitwiseCopyable, Result>(
  _ type: Value.Type, _ body: (inout Value) -> Result
) -> Result {
  withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { room in
    body(&room.baseAddress.unsafelyUnwrapped.pointee)
  }
}
