// The streets of a stress run.

import Glibc
import HujiaCities
import HujiaHostKit
import HujiaRoads

/// The map of a run: a given one, or an invented city compiled into a temporary file.
package final class StressMap {
  package let path: String
  package let title: String
  package let file: MapFile
  private let streets: CityStreets?

  package init(_ map: String?, seed: UInt64, isQuiet: Bool) throws(Failed) {
    if let map {
      path = map
      title = Paths.title(of: map)
      streets = nil
    } else {
      let compiled = try Self.invent(seed: seed, isQuiet: isQuiet)
      streets = compiled
      path = compiled.path
      title = "an invented city"
    }
    do throws(MapFileError) { file = try MapFile(path: path) } catch { throw Failed(error.message) }
    guard file.map.arcCount > 0 else {
      throw Failed("\(path) holds no streets", .give("--map", "another map"))
    }
  }

  private static func invent(seed: UInt64, isQuiet: Bool) throws(Failed) -> CityStreets {
    let folder = Output.temporary("hujia-stress-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    defer { Paths.remove(folder) }
    let city = InventedCity(CitySize.all[1], seed: seed, callCount: 20, unitCount: nil)
    try CityWriter(city: city, seed: seed, folder: folder).write()
    return try CityStreets.compile(CityReader.read(folder), map: nil, isQuiet: isQuiet)
  }

  package func removeTemporary() { streets?.removeTemporary() }
}
