// The sections of a map while it is compiled: each is made once, and stays where it was made until it is written.

import HujiaRoads

/// Owns what it holds. One thread writes it; what stands in it is never moved.
package final class SectionList: SectionSource {
  package struct Section {
    package let tag: UInt32
    package let bytes: UnsafeRawBufferPointer
  }

  /// In the order of the file.
  package private(set) var sections: [Section] = []
  private var owned: [UnsafeMutableRawPointer] = []
  private var owners: [AnyObject] = []

  package init() {}

  deinit {
    for bytes in owned { bytes.deallocate() }
  }

  /// `count` elements by their indices.
  func add<Element: BitwiseCopyable>(
    _ tag: UInt32, _ count: Int, _ element: (Int) -> Element
  ) {
    let target = room(tag, count, of: Element.self)
    for index in 0..<count { target[index] = element(index) }
  }

  func add<Element: BitwiseCopyable>(_ tag: UInt32, _ elements: [Element]) {
    let target = room(tag, elements.count, of: Element.self)
    elements.withUnsafeBufferPointer { source in
      if let start = source.baseAddress {
        target.update(from: start, count: elements.count)
      }
    }
  }

  /// Bytes that `owner` keeps.
  func add(_ tag: UInt32, _ bytes: UnsafeRawBufferPointer, of owner: AnyObject) {
    sections.append(Section(tag: tag, bytes: bytes))
    if !owners.contains(where: { $0 === owner }) { owners.append(owner) }
  }

  /// A section's room, to be filled by the caller.
  func room<Element: BitwiseCopyable>(
    _ tag: UInt32, _ count: Int, of type: Element.Type
  ) -> UnsafeMutablePointer<Element> {
    let bytes = count * MemoryLayout<Element>.stride
    // A section of nothing stands somewhere too.
    let start = UnsafeMutableRawPointer.allocate(
      byteCount: max(bytes, 1), alignment: MapFormat.alignment)
    owned.append(start)
    sections.append(Section(tag: tag, bytes: UnsafeRawBufferPointer(start: start, count: bytes)))
    return start.bindMemory(to: Element.self, capacity: count)
  }

  /// O(sections).
  package func find(_ tag: UInt32) -> UnsafeRawBufferPointer? {
    sections.first { $0.tag == tag }?.bytes
  }

  package var inOneImage: MapSections { .none }

  /// The map that the sections make so far. Valid as long as the list lives.
  func map() -> RoadMap {
    do throws(MapFileError) {
      return try MapReader.view(of: self, path: "the compiled map")
    } catch {
      preconditionFailure("sections that were just made do not fit each other: \(error)")
    }
  }
}
