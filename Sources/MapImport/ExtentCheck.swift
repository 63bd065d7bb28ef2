// Coordinates that are no degrees of one city: projected, swapped, planet-wide, at 0/0. Told at the first rows, before
// a million of them are refused one by one.

struct ExtentCheck {
  private let path: String
  private let lonName: String
  private let latName: String
  private var good = 0
  private var projected = 0
  private var swapped = 0
  private var last = (lat: 0.0, lon: 0.0)
  private var south = 90.0
  private var north = -90.0
  private var west = 180.0
  private var east = -180.0
  private var lineAtZero: Int?

  /// So many rows that all say the same are enough.
  private static let enough = 20
  /// A national road network fits; beyond that a stray point or two cities in one file are more likely.
  private static let widest = 60.0

  init(path: String, lonName: String, latName: String) {
    self.path = path
    self.lonName = lonName
    self.latName = latName
  }

  mutating func take(lat: Double, lon: Double, line: Int) {
    good += 1
    if lat == 0, lon == 0 {
      lineAtZero = lineAtZero ?? line
      return
    }
    south = min(south, lat)
    north = max(north, lat)
    west = min(west, lon)
    east = max(east, lon)
  }

  /// A row whose coordinates were refused. Throws when the first rows agree in what is wrong with the whole file.
  mutating func refused(lat: Double?, lon: Double?, line: Int) throws(ImportError) {
    guard let lat, let lon, good == 0 else { return }
    if abs(lat) > 360 || abs(lon) > 360 {
      projected += 1
    } else if abs(lat) <= 180, abs(lon) <= 90 {
      swapped += 1
    }
    last = (lat, lon)
    if projected + swapped == Self.enough { try judge(line: line) }
  }

  /// The same for a file with fewer rows than that, none of them good.
  func checkEnd(line: Int) throws(ImportError) {
    if good == 0, projected + swapped < Self.enough { try judge(line: line) }
  }

  private func judge(line: Int) throws(ImportError) {
    let seen = "\(lonName) \(last.lon), \(latName) \(last.lat)"
    if projected > 0, swapped == 0 {
      throw .format(
        path: path, line: line,
        reason: "the coordinates are projected (\(seen)): "
          + "convert them to WGS-84 degrees first, for example with ogr2ogr -t_srs EPSG:4326")
    }
    if swapped > 0, projected == 0 {
      throw .format(
        path: path, line: line,
        reason: "\(lonName) and \(latName) are swapped (\(seen)): "
          + "give --column lon=\(latName) --column lat=\(lonName)")
    }
  }

  func warn(_ report: inout ImportReport) {
    if let lineAtZero, good > 1, !(south <= 0 && north >= 0 && west <= 0 && east >= 0) {
      report.warn(
        .nullIsland, path, line: lineAtZero,
        "this node lies at 0/0, which usually means that its place was not known: remove it")
    }
    guard good > 1,
      north - south > Self.widest || min(east - west, 360 - (east - west)) > Self.widest
    else { return }
    let box =
      "\(Field.tenths(south)) to \(Field.tenths(north)), \(Field.tenths(west)) to \(Field.tenths(east))"
    report.warn(
      .extent, path, line: 0,
      "the nodes spread over the planet (latitude and longitude \(box)): look for stray ones")
  }
}
