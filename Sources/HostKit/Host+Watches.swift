// Sources of signs of life: put, heard, paused, taken out.

import CHujia

extension Host {
  package func put(_ watch: hj_watch) -> hj_status {
    var watch = watch
    watch.sayItsSize()
    return hj_watch_put(engine, &watch)
  }

  package func remove(watch: UInt64) -> hj_status { hj_watch_remove(engine, watch) }

  /// Each must say its size, at least the first.
  package func beats(_ beats: UnsafeBufferPointer<hj_heartbeat>) -> (
    status: hj_status, accepted: UInt32
  ) {
    var accepted: UInt32 = 0
    let status = hj_watch_beats(engine, beats.baseAddress, UInt32(beats.count), &accepted)
    return (status, accepted)
  }

  /// `until_us` 0: until it is resumed.
  package func pause(watch: UInt64, until_us: Int64) -> hj_status {
    hj_watch_pause(engine, watch, until_us)
  }

  package func resume(watch: UInt64) -> hj_status { hj_watch_resume(engine, watch) }
}
