// Files that are no text, told by their first bytes, so that an error can name them and prints nothing of them.

enum FileKind {
  /// What the bytes are, with what to do; nil = nothing speaks against text in UTF-8.
  static func of(_ bytes: [UInt8]) -> String? {
    for (mark, kind) in marks where bytes.starts(with: mark) { return kind }
    if bytes.dropFirst(4).starts(with: Array("\n\tOSMHeader".utf8)) { return openStreetMap }
    guard bytes.prefix(looked).contains(where: { $0 < 0x20 && !isOfText($0) }) else { return nil }
    return "binary data, no text: give a CSV or DIMACS file, plain or compressed with gzip"
  }

  private static let looked = 65_536

  /// Tabs and ends of lines; form feed and the end-of-file mark of old systems; the mark before a record of GeoJSONSeq.
  private static func isOfText(_ byte: UInt8) -> Bool {
    byte == 0x1e || byte == 0x09 || byte == 0x0a || byte == 0x0d || byte == 0x0c || byte == 0x1a
  }

  private static let openStreetMap =
    "an OpenStreetMap extract (.osm.pbf): give it to --osm"

  private static let marks: [([UInt8], String)] = [
    ([0xff, 0xfe], "text in UTF-16: give --encoding UTF-16"),
    ([0xfe, 0xff], "text in UTF-16: give --encoding UTF-16"),
    (Array("PK\u{3}\u{4}".utf8), "a ZIP archive or an Excel workbook: unpack it, or export CSV"),
    ([0xd0, 0xcf, 0x11, 0xe0], "an old Excel workbook: export it as CSV"),
    (Array("SQLite format 3\0".utf8), "an SQLite or GeoPackage file: export its layers as CSV"),
    (Array("PAR1".utf8), "a Parquet file: export it as CSV"),
    ([0x89, 0x1a, 0x48, 0x4a, 0x4d, 0x41, 0x50], "a compiled map (.hjmap): it needs no import"),
    ([0x00, 0x00, 0x27, 0x0a], "a Shapefile: export it as CSV"),
    (Array("BZh".utf8), "compressed with bzip2: unpack it, or use gzip"),
    ([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "compressed with xz: unpack it, or use gzip"),
    ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd: unpack it, or use gzip"),
    (Array("%PDF".utf8), "a PDF document"),
    ([0x89, 0x50, 0x4e, 0x47], "a picture (PNG)"),
    ([0x7f, 0x45, 0x4c, 0x46], "a program"),
  ]
}
