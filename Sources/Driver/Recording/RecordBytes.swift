// Room for a recording. Its numbers stand as NumberWriter puts them.

import HujiaContainers

/// Taken whole; pages that are not used cost nothing. Never grows.
struct RecordWriter: ~Copyable {
  private let bytes: Block<UInt8>
  /// There is room for what it is given: the caller has looked.
  var numbers: NumberWriter

  init(_ memory: Memory, capacity: Int) throws(OutOfMemory) {
    let room = try Block<UInt8>(unfilled: memory, count: capacity)
    numbers = NumberWriter(UnsafeMutableRawPointer(room.base))
    bytes = room
  }

  var room: Int { bytes.count - numbers.count }
  var written: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.base, count: numbers.count)
  }
}
