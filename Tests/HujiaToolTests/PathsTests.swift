// Paths as the toolchain's URL reads them, and folders as they are.

import FoundationEssentials
import Glibc
import HujiaHostKit
import Testing

struct PathsTests {
  @Test func namesAreTheLastPartOfAPath() {
    let paths = [
      "/a/b", "/a/b/", "/a//b.c", "/a/./b/.", "/a/b/..", "a/b.hjmap", "c", "./c", "..", ".", "/",
      "/a/.hidden",
      "/a/b.tar.gz", "a/b/../../c/d",
    ]
    for path in paths {
      let url = URL(fileURLWithPath: path, isDirectory: false)
      #expect(Paths.name(of: path) == url.standardizedFileURL.lastPathComponent, "\(path)")
      #expect(Paths.absolute(path).hasPrefix("/"))
    }
    #expect(Paths.title(of: "a/b.hjmap") == "b")
    #expect(Paths.title(of: "a.b/c") == "c")
    #expect(Paths.title(of: "/a/.hidden") == ".hidden")
    #expect(Paths.title(of: "b.tar.gz") == "b.tar")
    #expect(Paths.absolute("/a/b//") == "/a/b")
    #expect(Paths.absolute("/") == "/")
  }

  @Test func aFolderGoesWithAllThatIsInIt() throws {
    let folder = Output.temporary("hujia-paths-\(getpid())-\(UInt32.random(in: 0 ... .max))")
    let kept = folder + "-kept"
    defer { for each in [folder, kept] { Paths.remove(each) } }
    try Output.makeFolder(folder + "/one/two", option: "--folder")
    try Output.makeFolder(kept, option: "--folder")
    try Output.write("text", to: kept + "/file", option: "--file")
    for name in ["b", "a", "护"] {
      try Output.write("text", to: "\(folder)/one/\(name)", option: "--file")
    }
    #expect(symlink(kept, folder + "/one/link") == 0)
    #expect(Paths.names(in: folder + "/one") == ["a", "b", "link", "two", "护"])
    #expect(Paths.names(in: folder + "/none") == [])

    Paths.remove(folder)

    #expect(!Paths.isThere(folder))
    #expect(Paths.isThere(kept + "/file"))
  }
}
