// A compiled map on disk, mapped into memory and read in place. Nothing is parsed; what is followed blindly later is
// verified first, what is not is bounded in use: a cut-off or bit-flipped file can never crash the host.

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Owns the mapping; `map` is valid as long as this lives. Immutable: any thread.
package final class MapFile: @unchecked Sendable {
  package let map: RoadMap
  private let base: UnsafeMutableRawPointer
  private let bytes: Int

  package init(path: String) throws(MapFileError) {
    let file: RegularFile
    do throws(RegularFile.Refusal) { file = try RegularFile(path: path) } catch {
      throw .missing(path: path, reason: error.reason)
    }
    let bytes = file.size_bytes
    guard bytes >= MapFormat.headerBytes else { throw .notAMap(path: path) }
    let mapped = mmap(nil, bytes, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw .missing(path: path, reason: String(cString: strerror(errno)))
    }
    do throws(MapFileError) {
      map = try MapReader(UnsafeRawBufferPointer(start: mapped, count: bytes), path: path).map()
    } catch {
      munmap(mapped, bytes)
      throw error
    }
    base = mapped
    self.bytes = bytes
  }

  deinit { munmap(base, bytes) }

  package var size_bytes: Int { bytes }

  /// The first section whose bytes are not those that were written, or nil. Reads the whole file; `hujia inspect` and
  /// `hujia import` ask, opening does not.
  package var damage: String? { map.sections.damage }
}
