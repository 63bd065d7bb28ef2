// Where libFuzzer calls, and which reader it calls: HUJIA_FUZZ_READER.

import Glibc

/// libFuzzer has one thread.
private final class Entry: @unchecked Sendable {
  static let shared = Entry()
  let read: (inout Input) -> Void

  init() {
    let name = getenv("HUJIA_FUZZ_READER").map { String(cString: $0) } ?? ""
    guard let read = readers()[name] else {
      fatalError("HUJIA_FUZZ_READER is none of \(readers().keys.sorted())")
    }
    self.read = read
  }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOne(_ data: UnsafePointer<UInt8>?, _ size: Int) -> Int32 {
  var input = Input(UnsafeRawBufferPointer(start: data, count: size))
  Entry.shared.read(&input)
  return 0
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// The package manager calls an executable's entry by its name.
@_cdecl("fuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments) { fuzzOne($0, $1) }
}
