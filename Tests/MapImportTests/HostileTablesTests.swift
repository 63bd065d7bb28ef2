// Tables as they really come: other separators, encodings and number formats, shifted rows, coordinates of other kinds.
// Each is refused, or taken with a warning, with its line and what to do; none is taken silently.

import HujiaMapImport
import HujiaTestSupport
import Testing

@Suite struct HostileTablesTests {
  private let tables = Tables()
  private static let edges = "from_node,to_node,length_m,speed_kmh,name\n"
  private static let rows = "1,2,1113,36,Main\n2,3,882,36,Side\n"

  private func refusal(nodes: String = Tables.nodes, edges: String = edges + rows) -> String {
    tables.error(nodes: nodes, edges: edges)?.message ?? "taken"
  }

  private func warnings(nodes: String = Tables.nodes, edges: String = edges + rows) throws
    -> [ImportWarning]
  {
    try tables.read(nodes: nodes, edges: edges).report.warnings
  }

  @Test func cleanTablesWarnOfNothing() throws {
    #expect(try warnings().isEmpty)
  }

  @Test(arguments: [
    ("1,2,1,113,36,Main\n", "6 fields where the header has 5"),
    ("1,2,1113,36,Main, North\n", "double quotes"),
    ("1,2,\"1113\"5,36,Main\n", "closing quote"),
    ("1,2,0x10,36,Main\n", "\"0x10\": a number is needed"),
    ("1,2,nan,36,Main\n", "a number is needed"), ("1,2,inf,36,Main\n", "a number is needed"),
    ("1,2,1113,1e400,Main\n", "a number is needed"),
    ("1,2,\"1113,5\",36,Main\n", "--decimal-comma"),
    ("1,2,1113", "the file ends within this row (3 of 5 fields)"),
  ])
  func aRowThatDoesNotFitIsRefusedWithItsLine(row: String, words: String) {
    let message = refusal(edges: Self.edges + "2,3,882,36,Side\n" + row)
    #expect(message.contains("line 3: "), "\(message)")
    #expect(message.contains(words), "\(message)")
  }

  @Test func anErrorShowsLittleOfAHugeField() {
    let message = refusal(
      edges: Self.edges + "1,2,\(String(repeating: "1", count: 1_000_000)),36,\n")
    #expect(message.utf8.count < 1_000)
    #expect(message.contains("1000000 bytes"))
    let control = refusal(edges: Self.edges + "1,2,\u{1b}[31mred,36,\n")
    #expect(!control.contains("\u{1b}"))
  }

  @Test func aDoubledColumnIsRefused() {
    let nodes = "node,lon,lat,lon\n1,-122.4,37.7,3\n"
    #expect(refusal(nodes: nodes).contains("the column \"lon\" stands there twice"))
    let edges = "from_node,to_node,length_m,speed_kmh,length_m\n1,2,1113,36,5\n"
    #expect(refusal(edges: edges).contains("the column \"length_m\" stands there twice"))
  }

  @Test func anotherSeparatorIsNamedAndCanBeGiven() throws {
    let nodes = "node;lon;lat\n1;-122,40;37,70\n2;-122,40;37,71\n3;-122,39;37,71\n"
    let edges = "from_node;to_node;length_m;speed_kmh\n1;2;1113,5;36\n"
    #expect(refusal(nodes: nodes).contains("--separator semicolon"))
    var german = tables
    german.options.format = try TableFormat(separator: "semicolon", encoding: nil)
    let hint = german.error(nodes: nodes, edges: edges)?.message ?? "taken"
    #expect(hint.contains("--decimal-comma"), "\(hint)")
    german.options.hasDecimalCommas = true
    let (draft, report) = try german.read(nodes: nodes, edges: edges)
    #expect(draft.nodes[0] == (377_000_000, -1_224_000_000))
    #expect(draft.streets[0].length_mm == 1_113_500)
    #expect(report.warnings.isEmpty)
    #expect(throws: ImportError.self) { try TableFormat(separator: "x", encoding: nil) }
  }

  @Test(arguments: [
    ("WINDOWS-1252", [0x53, 0x74, 0x72, 0x61, 0xdf, 0x65] as [UInt8], "Straße"),
    ("GB18030", [0xbd, 0xa8, 0xb9, 0xfa, 0xc3, 0xc5], "建国门"),
    ("ISO-8859-1", [0x43, 0x61, 0x66, 0xe9], "Café"),
  ])
  func namesInOtherEncodings(encoding: String, bytes: [UInt8], name: String) throws {
    let edges = Array((Self.edges + "1,2,1113,36,").utf8) + bytes + [0x0a]
    let files = (
      tables.folder.save(Tables.nodes, as: "nodes.csv"),
      tables.folder.save(edges, as: "edges-\(encoding).csv")
    )
    let unread = #expect(throws: ImportError.self) {
      try StreetTables.read(nodes: files.0, edges: files.1, options: TableOptions())
    }
    #expect(unread?.message.contains("line 2: not UTF-8: give --encoding") == true)
    var options = TableOptions()
    options.format = try TableFormat(separator: nil, encoding: encoding)
    let (draft, _) = try StreetTables.read(nodes: files.0, edges: files.1, options: options)
    #expect(draft.streets[0].name == name)
  }

  @Test func anUnknownEncodingAndAByteThatItLacks() throws {
    let edges = Array((Self.edges + "1,2,1113,36,x\n2,3,882,36,").utf8) + [0xff, 0x0a]
    let files = (
      tables.folder.save(Tables.nodes, as: "nodes.csv"),
      tables.folder.save(edges, as: "edges.csv")
    )
    for (encoding, words) in [("klingon", "no such encoding"), ("ASCII", "line 3: byte")] {
      var options = TableOptions()
      options.format = try TableFormat(separator: nil, encoding: encoding)
      let error = #expect(throws: ImportError.self) {
        try StreetTables.read(nodes: files.0, edges: files.1, options: options)
      }
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: [
    ([0xff, 0xfe, 0x6e, 0x00] as [UInt8], "--encoding UTF-16"), (Array("PK\u{3}\u{4}".utf8), "ZIP"),
    ([0x7f, 0x45, 0x4c, 0x46, 0x02], "a program"), ([0x61, 0x00, 0x62], "binary data"),
    (Array("\0\0\0\u{d}\n\tOSMHeader".utf8), "OpenStreetMap"),
  ])
  func whatIsNoTextIsNamed(bytes: [UInt8], words: String) {
    let path = tables.folder.save(bytes, as: "nodes.csv")
    let error = #expect(throws: ImportError.self) {
      try StreetTables.read(nodes: path, edges: path, options: TableOptions())
    }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test func coordinatesOfAnotherKindAreNamed() {
    func nodes(_ count: Int, _ place: (Int) -> (String, String)) -> String {
      (0..<count).reduce("node,lon,lat\n") { $0 + "\($1),\(place($1).0),\(place($1).1)\n" }
    }
    for count in [3, 100] {
      let projected = refusal(nodes: nodes(count) { ("\(500_000 + $0)", "\(4_170_000 + $0)") })
      #expect(projected.contains("are projected"))
      #expect(projected.contains("ogr2ogr"))
      let swapped = refusal(nodes: nodes(count) { ("37.\(10 + $0)", "-122.\(10 + $0)") })
      #expect(swapped.contains("lon and lat are swapped"))
    }
  }

  @Test func whatLooksWrongIsTold() throws {
    let short = try warnings(edges: Self.edges + "1,2,1113,36\n2,3,882,36,Side\n")
    #expect(short.map(\.kind) == [.shortRow] && short[0].line == 2)
    let cut = try warnings(edges: Self.edges + "1,2,1113,36,Main\n2,3,882,36,Side")
    #expect(cut.map(\.kind) == [.lastRow])
    let lengths = try warnings(edges: Self.edges + "1,2,11,36,Main\n2,3,88,36,Side\n")
    #expect(lengths.map(\.kind) == [.length] && lengths[0].count == 2 && lengths[0].line == 2)
    let zero = try warnings(nodes: Tables.nodes + "4,0,0\n")
    #expect(zero.map(\.kind) == [.nullIsland] && zero[0].line == 5)
    let planet = try warnings(nodes: Tables.nodes + "4,100,-20\n")
    #expect(planet.map(\.kind) == [.extent])
  }

  /// Numbers that floating point makes one.
  @Test func longNumbersAreComparedExactly() throws {
    let (draft, report) = try tables.read(
      nodes: """
        node,lon,lat
        9007199254740992,-122.40,37.70
        9007199254740993,-122.40,37.71
        3.0,-122.39,37.71

        """,
      edges: """
        id,from_node,to_node,travel_s
        9223372036854775807,9007199254740992,9007199254740993,10
        9223372036854775806,9007199254740993,3,10
        18446744073709551615,3,9007199254740992.0,10

        """)
    #expect(report.refusedCount == 0)
    #expect(draft.streets.map(\.from) == [0, 1, 2])
    #expect(draft.streets.map(\.to) == [1, 2, 0])
    let largest = UInt64(Int64.max)
    #expect(draft.streets.map(\.id) == [largest, largest - 1, .max])
  }
}
