// Where plan tables live: on the heap, one allocation each, owned by the driver until the engine has let go of them.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import HujiaContainers
package import HujiaEngine

package enum PlanStore {
  static let longest_bytes = 16 << 20

  /// The plans of a file; the built-in ones when `path` is nil.
  static func open(
    _ path: String?, memory: Memory
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    guard let path else { return try keep(memory) { memory throws(OutOfMemory) in try PlanTables.builtIn(memory) } }
    let text = try read(path)
    return try text.withBytes { (bytes) throws(Failure) in try decode(bytes, memory: memory) }
  }

  static func decode(
    _ bytes: UnsafeRawBufferPointer, memory: Memory
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    let decoded: DecodedPlans
    do throws(PlanError) {
      decoded = try DecodedPlans(bytes)
    } catch {
      var failure = Failure(.plans, field: error.field, error.message)
      failure.line = UInt32(clamping: error.line)
      failure.column = UInt32(clamping: error.column)
      throw failure
    }
    return try keep(memory) { memory throws(OutOfMemory) in try decoded.tables(memory) }
  }

  private static func keep(
    _ memory: Memory, _ make: (Memory) throws(OutOfMemory) -> PlanTables
  ) throws(Failure) -> UnsafeMutablePointer<PlanTables> {
    do throws(OutOfMemory) {
      let tables = try make(memory)
      let place = UnsafeMutablePointer<PlanTables>.allocate(capacity: 1)
      place.initialize(to: tables)
      return place
    } catch {
      throw Failure(.memory, "the allocator refused \(error.bytes) bytes for the plans")
    }
  }

  static func free(_ tables: UnsafeMutablePointer<PlanTables>) {
    tables.deinitialize(count: 1)
    tables.deallocate()
  }
}
