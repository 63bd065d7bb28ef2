// A fixed array of plain values: the storage under every table. Owns its bytes; gives them back on deinit.

/// `count` plain values, zero-filled or filled with one value, on a cache-line boundary.
/// Subscripts check the bounds in debug builds only: indices come from our own tables, never from outside.
public struct Block<Element: BitwiseCopyable>: ~Copyable {
  public let base: UnsafeMutablePointer<Element>
  public let count: Int
  @usableFromInline let memory: Memory

  @inlinable static var alignment: Int { max(64, MemoryLayout<Element>.alignment) }

  /// `isHot`, `isTouched` as in `Memory.take`.
  public init(
    _ memory: Memory, count: Int, isHot: Bool = false, isTouched: Bool = false
  ) throws(OutOfMemory) {
    let raw = try memory.take(
      bytes: Self.bytes(count), alignment: Self.alignment, isHot: isHot, isTouched: isTouched)
    self.base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    self.count = count
    self.memory = memory
  }

  /// With whatever bytes were there: the owner writes every element before it reads one.
  public init(unfilled memory: Memory, count: Int, isHot: Bool = false) throws(OutOfMemory) {
    let raw = try memory.takeUnfilled(
      bytes: Self.bytes(count), alignment: Self.alignment, isHot: isHot)
    self.base = raw.bindMemory(to: Element.self, capacity: max(count, 1))
    self.count = count
    self.memory = memory
  }

  private static func bytes(_ count: Int) throws(OutOfMemory) -> Int {
    precondition(count >= 0)
    let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflow else { throw OutOfMemory(bytes: .max) }
    return bytes
  }

  public init(_ memory: Memory, count: Int, filledWith value: Element) throws(OutOfMemory) {
    try self.init(memory, count: count)
    base.update(repeating: value, count: count)
  }

  deinit {
    memory.give(
      back: UnsafeMutableRawPointer(base), bytes: count * MemoryLayout<Element>.stride,
      alignment: Self.alignment)
  }

  /// The elements of another block of the same count.
  func take(_ other: borrowing Block) {
    precondition(count == other.count)
    base.update(from: other.base, count: count)
  }

  @inlinable public var bytes: Int { count * MemoryLayout<Element>.stride }

  @inlinable public subscript(index: Int) -> Element {
    @inline(__always) unsafeAddress {
      assert(index >= 0 && index < count)
      return UnsafePointer(base + index)
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      assert(index >= 0 && index < count)
      return base + index
    }
  }

  @inlinable public subscript(index: UInt32) -> Element {
    @inline(__always) unsafeAddress {
      assert(Int(index) < count)
      return UnsafePointer(base + Int(index))
    }
    @inline(__always) nonmutating unsafeMutableAddress {
      assert(Int(index) < count)
      return base + Int(index)
    }
  }
}
