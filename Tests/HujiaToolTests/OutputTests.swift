// Where results go: what is no regular file is refused by name and with a remedy, and a file appears whole.

import FoundationEssentials
import Glibc
import HujiaHostKit
import Testing

final class OutputTests {
  private let folder = Output.temporary("hujia-output-\(getpid())-\(UInt32.random(in: 0 ... .max))")

  init() throws { try Output.makeFolder(folder, option: "--output") }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func refusal(_ path: String) -> String {
    do throws(Failed) {
      try Output.check(path, option: "--report")
      return ""
    } catch {
      return error.description
    }
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
  }

  /// A name of one letter has no folder in it; a library that was asked for one died of it.
  @Test func anyNameIsTaken() {
    for name in ["c", "cd", "./c", "c.html"] { #expect(refusal(name) == "", "\(name)") }
    #expect(Output.folder(of: "c") == ".")
    #expect(Output.folder(of: "/c") == "/")
    #expect(Output.folder(of: "a/b/c") == "a/b")
  }

  @Test func whatIsNoFileIsNamed() throws {
    #expect(refusal("") == "--report is empty: give it a file to write")
    #expect(refusal("/dev/null") == "--report /dev/null is a device: give it a file to write")
    #expect(refusal(folder) == "--report \(folder) is a folder: give it a file to write")
    #expect(mkfifo(folder + "/pipe", 0o600) == 0)
    #expect(refusal(folder + "/pipe").contains("is a pipe: give it a file to write"))
    #expect(
      refusal(folder + "/none/x")
        == "--report \(folder)/none/x: there is no folder \(folder)/none: "
        + "make it, or give --report another path")
  }

  @Test func aFileIsReplacedWhole() throws {
    let path = folder + "/page.html"
    try Output.write("one", to: path, option: "--report")
    #expect(try text(path) == "one")
    try Output.write("two and longer, 护驾", to: path, option: "--report")
    #expect(try text(path) == "two and longer, 护驾")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["page.html"])
  }

  /// The file behind a link is replaced; the link stays one.
  @Test func linksAreFollowed() throws {
    try Output.write("old", to: folder + "/real", option: "--report")
    #expect(symlink(folder + "/real", folder + "/link") == 0)
    try Output.write("new", to: folder + "/link", option: "--report")
    #expect(try text(folder + "/real") == "new")
    var facts = stat()
    #expect(lstat(folder + "/link", &facts) == 0)
    #expect(facts.st_mode & S_IFMT == S_IFLNK)
  }

  private func mode(_ path: String) -> mode_t {
    var facts = stat()
    return stat(path, &facts) == 0 ? facts.st_mode & 0o777 : 0
  }

  /// What nobody else was to read stays so.
  @Test func aFileKeepsItsMode() throws {
    let path = folder + "/secret"
    for bits: mode_t in [0o600, 0o640, 0o604] {
      try Output.write("old", to: path, option: "--times")
      #expect(chmod(path, bits) == 0)
      try Output.write("new", to: path, option: "--times")
      #expect(try text(path) == "new" && mode(path) == bits)
    }
    // Bytes, as recordings come.
    #expect(chmod(path, 0o600) == 0)
    try [UInt8]("raw".utf8).withUnsafeBytes { try Output.write($0, to: path, option: "--record") }
    #expect(try text(path) == "raw" && mode(path) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["secret"])
  }

  /// A link to nothing is a mistake of its maker, and is left as it is.
  @Test func aLinkToNothingIsNotReplaced() throws {
    let link = folder + "/dangling"
    #expect(symlink(folder + "/nowhere", link) == 0)
    #expect(refusal(link) == "--report \(link) is a link to nothing: give it the file itself")
    #expect(throws: Failed.self) { try Output.write("x", to: link, option: "--report") }
    var facts = stat()
    #expect(lstat(link, &facts) == 0 && facts.st_mode & S_IFMT == S_IFLNK)
    #expect(lstat(folder + "/nowhere", &facts) != 0)
  }

  /// The temporary file's name can be guessed: a link that waits there leads nowhere.
  @Test func aPlantedLinkIsNotWrittenThrough() throws {
    try Output.write("mine", to: folder + "/victim", option: "--report")
    let path = folder + "/page"
    #expect(symlink(folder + "/victim", "\(path).part\(getpid())") == 0)
    try Output.write("page", to: path, option: "--report")
    #expect(try text(folder + "/victim") == "mine" && text(path) == "page")
    var facts = stat()
    #expect(lstat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.sorted() == ["page", "victim"])
  }

  @Test func foldersAreMadeAndRefused() throws {
    try Output.makeFolder(folder + "/a/b/c", option: "--output")
    try Output.makeFolder(folder + "/a/b/c", option: "--output")
    try Output.write("x", to: folder + "/a/b/c/d", option: "--output")
    let refused = #expect(throws: Failed.self) {
      try Output.makeFolder(self.folder + "/a/b/c/d/e", option: "--output")
    }
    #expect(refused?.remedy == .give("--output", "a folder you may write to"))
    #expect(refused?.description.contains("Not a directory") == true)
  }

  @Test func anErrorNamesFieldFaultAndRemedy() {
    let failed = Failed(field: "max_units", "0 is too few", .give("--units", "a greater number"))
    #expect(failed.description == "max_units: 0 is too few: give --units a greater number")
    #expect(Failed("the engine said it all").description == "the engine said it all")
    #expect(Failed("no map", .run("import")).description == "no map: make it with `hujia import`")
  }
}
