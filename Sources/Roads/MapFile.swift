// A compiled map on disk, copied into memory of the engine or mapped, and read in place. Nothing is parsed; what is
// followed later is verified first, or bounded in use: a cut-off, bit-flipped or forged file can never crash the host.

import Glibc
import HujiaContainers

/// Owns the map's bytes; `map` is valid as long as this lives. Immutable: any thread.
package final class MapFile: @unchecked Sendable {
  package let map: RoadMap
  private let base: UnsafeMutableRawPointer
  private let bytes: Int
  /// Where the copy came from; nil: the file is mapped. Its context must outlive this.
  private let memory: Memory?

  /// `copyingInto` nil maps the file: then it may only be replaced by rename, because a page that is cut off under a
  /// mapping is a SIGBUS. A copy is independent of the file from here on. `verifiesAll`: the checksums too that
  /// opening a mapped file leaves out. `isChecked` false leaves `RoadMap.flaw` to the caller.
  package init(
    path: String, copyingInto memory: Memory? = nil, verifiesAll: Bool = false,
    isChecked: Bool = true
  ) throws(MapFileError) {
    let file: RegularFile
    do throws(RegularFile.Refusal) { file = try RegularFile(path: path) } catch {
      throw .missing(path: path, reason: error.reason)
    }
    let bytes = file.size_bytes
    guard bytes >= MapFormat.headerBytes else { throw .notAMap(path: path) }
    let base =
      if let memory { try Self.copy(file, memory, path) } else { try Self.mapped(file, path) }
    do throws(MapFileError) {
      // A copy has been read whole anyway, and its file may have changed meanwhile: every checksum is looked at.
      map = try MapReader(
        UnsafeRawBufferPointer(start: base, count: bytes), path: path,
        verifiesAll: verifiesAll || memory != nil
      ).map()
      if isChecked, let flaw = map.flaw { throw .contradictory(path: path, flaw: flaw) }
    } catch {
      Self.give(back: base, bytes, memory)
      throw error
    }
    self.base = base
    self.bytes = bytes
    self.memory = memory
  }

  deinit { Self.give(back: base, bytes, memory) }

  /// What tells this map from others: the checksum over its table of checksums.
  package var checksum: UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: 24, as: UInt64.self))
  }

  private static func give(back base: UnsafeMutableRawPointer, _ bytes: Int, _ memory: Memory?) {
    if let memory {
      memory.give(back: base, bytes: bytes, alignment: MapFormat.alignment)
    } else {
      munmap(base, bytes)
    }
  }

  private static func mapped(
    _ file: borrowing RegularFile, _ path: String
  ) throws(MapFileError) -> UnsafeMutableRawPointer {
    guard let mapped = mmap(nil, file.size_bytes, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      mapped != MAP_FAILED
    else { throw .missing(path: path, reason: String(cString: strerror(errno))) }
    return mapped
  }

  /// The whole file, in large pages where there are any. A file that got shorter meanwhile is cut off.
  private static func copy(
    _ file: borrowing RegularFile, _ memory: Memory, _ path: String
  ) throws(MapFileError) -> UnsafeMutableRawPointer {
    let bytes = file.size_bytes
    let base: UnsafeMutableRawPointer
    do throws(OutOfMemory) {
      base = try memory.takeUnfilled(bytes: bytes, alignment: MapFormat.alignment, isHot: true)
    } catch {
      throw .noMemory(bytes: error.bytes)
    }
    posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_SEQUENTIAL)
    guard file.read(into: UnsafeMutableRawBufferPointer(start: base, count: bytes)) else {
      give(back: base, bytes, memory)
      throw .truncated(path: path)
    }
    return base
  }

  package var size_bytes: Int { bytes }

  /// The first section whose bytes are not those that were written, or nil. Reads the whole file; `hujia inspect` asks,
  /// opening a mapped file does not.
  package var damage: String? { map.sections.damage }
}
