// What one sync writes: a head, whole records, and an end with the chain's hash. Must never: be given to anybody before
// its hash was compared.

import HujiaContainers

struct BatchHead: Equatable {
  static var payload: Int { 32 }
  static var endPayload: Int { 40 }
  static var size: Int { Frame.whole(payload) }
  static var endSize: Int { Frame.whole(endPayload) }
  static var overhead: Int { size + endSize }

  var number: UInt64
  var first: UInt64
  var count: UInt32
  /// Of the records.
  var bytes: UInt32

  var last: UInt64 { first + UInt64(count) - 1 }

  func write(
    _ at: UnsafeMutableRawPointer, epoch: UInt32, wall_us: Int64, now_ns: Int64, seed: UInt32
  ) {
    let payload = at + Frame.headSize
    payload.storeBytes(of: number.littleEndian, as: UInt64.self)
    payload.storeBytes(of: first.littleEndian, toByteOffset: 8, as: UInt64.self)
    payload.storeBytes(of: count.littleEndian, toByteOffset: 16, as: UInt32.self)
    payload.storeBytes(of: bytes.littleEndian, toByteOffset: 20, as: UInt32.self)
    payload.storeBytes(of: 0, toByteOffset: 24, as: UInt64.self)
    Frame.seal(
      at, length: Self.payload, kind: Frame.batchHead, version: 1, flags: 0, sequence: first,
      monotonic_ns: now_ns, wall_us: wall_us, epoch: epoch, seed: seed)
  }

  static func read(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32
  ) -> BatchHead? {
    guard let frame = Frame.read(bytes, at: offset, seed: seed), frame.kind == Frame.batchHead,
      frame.length == payload
    else { return nil }
    var fields = NumberReader(Frame.payload(bytes, at: offset, frame))
    let number: UInt64 = fields.get()
    let first: UInt64 = fields.get()
    let count: UInt32 = fields.get()
    let size: UInt32 = fields.get()
    guard count > 0, first > 0, first <= JournalFormat.mostNumber - UInt64(count),
      number <= JournalFormat.mostNumber
    else { return nil }
    return BatchHead(number: number, first: first, count: count, bytes: size)
  }

  /// The end of a batch, with room for the hash at the returned place; `sealEnd` closes it.
  static func sealEnd(
    _ at: UnsafeMutableRawPointer, batch: UInt64, last: UInt64, epoch: UInt32, wall_us: Int64,
    now_ns: Int64, seed: UInt32
  ) {
    (at + Frame.headSize).storeBytes(of: batch.littleEndian, toByteOffset: 32, as: UInt64.self)
    Frame.seal(
      at, length: endPayload, kind: Frame.batchEnd, version: 1, flags: 0, sequence: last,
      monotonic_ns: now_ns, wall_us: wall_us, epoch: epoch, seed: seed)
  }

  struct End {
    var number: UInt64
    var last: UInt64
    var wall_us: Int64
    var hash: [UInt8]
  }

  static func readEnd(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32
  ) -> End? {
    guard let frame = Frame.read(bytes, at: offset, seed: seed), frame.kind == Frame.batchEnd,
      frame.length == endPayload
    else { return nil }
    var fields = NumberReader(Frame.payload(bytes, at: offset, frame))
    let hash = fields.getBytes(ChainDigest.size)
    return End(
      number: fields.get(), last: frame.sequence, wall_us: frame.wall_us, hash: hash)
  }
}
