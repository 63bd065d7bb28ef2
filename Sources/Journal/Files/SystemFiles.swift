// The table of calls, answered by Linux. Must never: retry or decide anything. That is its callers' matter.

import CHujiaJournal
import Glibc

package final class SystemFiles: FileCalls {
  package init() {}

  private func given(_ result: Int32) -> Int32 { result < 0 ? -errno : result }
  private func given(_ result: Int) -> Int { result < 0 ? -Int(errno) : result }

  /// Hosts close 0 to 2 and open them anew: a descriptor of ours there would be theirs.
  private func raised(_ descriptor: Int32) -> Int32 {
    guard (0...2).contains(descriptor) else { return given(descriptor) }
    let moved = given(fcntl(descriptor, F_DUPFD_CLOEXEC, 3))
    _ = Glibc.close(descriptor)
    return moved
  }

  package func openFolder(_ path: String) -> Int32 {
    raised(Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
  }

  package func makeFolder(_ path: String) -> Int32 { given(mkdir(path, 0o700)) }

  package func open(_ folder: Int32, _ name: String, _ how: OpenHow) -> Int32 {
    let kept = O_CLOEXEC | O_NOFOLLOW
    switch how {
    case .read: return raised(openat(folder, name, O_RDONLY | kept))
    case .write: return raised(openat(folder, name, O_RDWR | kept))
    case .new: return raised(openat(folder, name, O_RDWR | O_CREAT | O_EXCL | kept, 0o600))
    case .writeOrNew: return raised(openat(folder, name, O_RDWR | O_CREAT | kept, 0o600))
    }
  }

  package func close(_ descriptor: Int32) -> Int32 { given(Glibc.close(descriptor)) }

  package func read(
    _ descriptor: Int32, _ into: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int {
    given(pread(descriptor, into.baseAddress, into.count, off_t(offset)))
  }

  package func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64
  ) -> Int {
    given(pwrite(descriptor, bytes.baseAddress, bytes.count, off_t(offset)))
  }

  package func syncData(_ descriptor: Int32) -> Int32 { given(fdatasync(descriptor)) }
  package func sync(_ descriptor: Int32) -> Int32 { given(fsync(descriptor)) }

  package func reserve(_ descriptor: Int32, bytes: Int64) -> Int32 {
    -posix_fallocate(descriptor, 0, off_t(bytes))
  }

  package func truncate(_ descriptor: Int32, bytes: Int64) -> Int32 {
    given(ftruncate(descriptor, off_t(bytes)))
  }

  package func status(_ descriptor: Int32) -> Result<FileStatus, SystemError> {
    var found = stat()
    guard fstat(descriptor, &found) == 0 else { return .failure(SystemError(errno)) }
    return .success(
      FileStatus(
        device: UInt64(found.st_dev), node: UInt64(found.st_ino), bytes: Int64(found.st_size),
        owner: found.st_uid, mode: found.st_mode & 0o7777, links: UInt64(found.st_nlink),
        isFile: found.st_mode & S_IFMT == S_IFREG))
  }

  package func rename(_ folder: Int32, _ from: String, _ to: String) -> Int32 {
    given(renameat(folder, from, folder, to))
  }

  package func remove(_ folder: Int32, _ name: String) -> Int32 {
    given(unlinkat(folder, name, 0))
  }

  package func names(_ folder: Int32) -> Result<[String], SystemError> {
    let again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard again >= 0 else { return .failure(SystemError(errno)) }
    guard let list = fdopendir(again) else {
      let number = errno
      _ = Glibc.close(again)
      return .failure(SystemError(number))
    }
    defer { closedir(list) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(list) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
      errno = 0
    }
    return errno == 0 ? .success(names.sorted()) : .failure(SystemError(errno))
  }

  package func lock(_ descriptor: Int32) -> Int32 {
    var whole = flock()
    whole.l_type = Int16(F_WRLCK)
    whole.l_whence = Int16(SEEK_SET)
    return withUnsafeMutablePointer(to: &whole) { given(fcntl(descriptor, F_SETLK, $0)) }
  }

  package func kind(_ descriptor: Int32) -> FileSystemKind {
    switch hujia_file_system(descriptor) {
    case 0x0102_1994, 0x8584_58f6: return .memory  // tmpfs, ramfs
    case 0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x00c3_6400, 0x5346_414f, 0x0102_1997:
      return .network  // NFS, SMB, CIFS, SMB 2, Ceph, AFS, 9P
    case 0x6b41_4653, 0x0bd0_0bd0, 0x4750_4653, 0x1983_0326, 0x7375_7245, 0x564c:
      return .network  // kAFS, Lustre, GPFS, BeeGFS, Coda, NCP
    case 0x2003_0528, 0xaad7_aaea, 0xbacb_acbc, 0x786f_4256:
      return .network  // OrangeFS, PanFS, folders of the host of VMware and VirtualBox
    default: return .disk
    }
  }

  package func forget(_ descriptor: Int32) {
    _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
  }

  package func mapRing(
    _ descriptor: Int32, shared: Int, ring: Int, error: inout Int32
  ) -> UnsafeMutableRawPointer? {
    let all = shared + 2 * ring
    guard let start = mmap(nil, all, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      start != MAP_FAILED
    else {
      error = errno
      return nil
    }
    let how = MAP_SHARED | MAP_FIXED | MAP_POPULATE
    let pieces = [(0, shared + ring, 0), (shared + ring, ring, shared)]
    for (place, bytes, offset) in pieces {
      let mapped = mmap(
        start + place, bytes, PROT_READ | PROT_WRITE, how, descriptor, off_t(offset))
      if mapped == MAP_FAILED {
        error = errno
        munmap(start, all)
        return nil
      }
    }
    madvise(start, all, MADV_DONTFORK)
    madvise(start, all, MADV_DONTDUMP)
    _ = mlock(start, shared + ring)
    return start
  }

  package func unmapRing(_ start: UnsafeMutableRawPointer, shared: Int, ring: Int) {
    munmap(start, shared + 2 * ring)
  }

  package func anonymous() -> Int32 {
    raised(hujia_memory_file())
  }

  package func bootID() -> JournalID {
    let file = Glibc.open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return .none }
    defer { _ = Glibc.close(file) }
    var text = [UInt8](repeating: 0, count: 64)
    let count = text.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
    guard count > 0 else { return .none }
    let digits = String(decoding: text[..<count].filter { $0 != 45 && $0 > 32 }, as: UTF8.self)
    guard digits.utf8.count == 32, let high = UInt64(digits.prefix(16), radix: 16),
      let low = UInt64(digits.suffix(16), radix: 16)
    else { return .none }
    return JournalID(high: high, low: low)
  }

  package func randomID() -> JournalID {
    var words: (UInt64, UInt64) = (0, 0)
    withUnsafeMutableBytes(of: &words) { hujia_random($0.baseAddress, UInt64($0.count)) }
    return JournalID(high: words.0, low: words.1)
  }

  package func user() -> UInt32 { geteuid() }

  package func now_ns() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  package func wall_us() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
  }
}
