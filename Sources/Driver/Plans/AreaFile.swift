// Areas out of GeoJSON (RFC 7946), as plans write them. What comes out was checked as plans are: a file that would be
// refused later is refused here.

import Glibc
import HujiaContainers
import HujiaEngine

package enum AreaFile {
  /// The features of a file, each with its name out of a property: `{"areas": [...]}`.
  package static func plansText(_ path: String, name property: String) throws(Failure) -> String {
    let text = try PlanStore.read(path)
    defer { free(text.baseAddress) }
    return try plansText(UnsafeRawBufferPointer(text), name: property)
  }

  static func plansText(
    _ bytes: UnsafeRawBufferPointer, name property: String
  ) throws(Failure) -> String {
    do throws(PlanError) {
      let root = PlanField(path: "", value: try PlanTextReader.read(bytes))
      var rows: [String] = []
      for feature in try features(root) { rows.append(try row(feature, property)) }
      guard !rows.isEmpty else { throw root.wrong("the file has no feature: nothing to convert") }
      let list = "\"areas\": [\n" + rows.map { "  " + $0 }.joined(separator: ",\n") + "\n]"
      try check(list)
      return "{\(list)}\n"
    } catch {
      throw error.failure
    }
  }

  /// As opening an engine with them would.
  private static func check(_ list: String) throws(PlanError) {
    let whole = Array(
      #"{"version":1,"plans":[{"name":"none","dispatch":"manual"}],\#(list)}"#.utf8)
    let text = UnsafeMutableRawBufferPointer.allocate(byteCount: whole.count, alignment: 1)
    defer { text.deallocate() }
    text.copyBytes(from: whole)
    _ = try PlanDecoder.decode(UnsafeRawBufferPointer(text))
  }

  private static func features(_ root: PlanField) throws(PlanError) -> [PlanField] {
    let type = try member(root, "type").string()
    switch type {
    case "Feature": return [root]
    case "FeatureCollection": return try member(root, "features").elements()
    default: throw root.wrong("type \"\(type)\": give a Feature or a FeatureCollection")
    }
  }

  /// Other members may stand beside it, unlike in plans.
  private static func member(_ field: PlanField, _ key: String) throws(PlanError) -> PlanField {
    let entries = try field.entries()
    guard let found = entries.first(where: { $0.key == key })?.field, !found.isNull else {
      throw field.wrong("\(field.path.isEmpty ? "the file" : field.path) lacks \"\(key)\"")
    }
    return found
  }

  private static func row(_ feature: PlanField, _ property: String) throws(PlanError) -> String {
    let geometry = try member(feature, "geometry")
    let kind = try member(geometry, "type")
    let coordinates = try member(geometry, "coordinates")
    var parts: [String] = []
    switch try kind.string() {
    case "Polygon": parts = [try part(coordinates)]
    case "MultiPolygon": for one in try coordinates.elements() { parts.append(try part(one)) }
    default: throw kind.wrong("\(kind.path): areas are of Polygon and MultiPolygon alone")
    }
    let name = try named(try member(try member(feature, "properties"), property))
    return "{\"name\": \(quoted(name)), \"polygons\": [\(parts.joined(separator: ", "))]}"
  }

  private static func named(_ field: PlanField) throws(PlanError) -> String {
    guard case .number(let number) = field.value else { return try field.string() }
    return Int64(exactly: number).map(String.init) ?? "\(number)"
  }

  private static func part(_ field: PlanField) throws(PlanError) -> String {
    var rings: [String] = []
    for ring in try field.elements() {
      var corners: [String] = []
      for corner in try ring.elements() {
        // A third number is a height.
        let numbers = try corner.elements()
        guard numbers.count == 2 || numbers.count == 3 else {
          throw corner.wrong("\(corner.path): give [longitude, latitude]")
        }
        corners.append("[\(try numbers[0].number()), \(try numbers[1].number())]")
      }
      rings.append("[\(corners.joined(separator: ", "))]")
    }
    return "[\(rings.joined(separator: ", "))]"
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
