// References as bytes: read as the format says, refused by reason, and never a crash whatever they hold.

import HujiaTestSupport
import HujiaTrafficFeed
import Testing

@Suite struct OpenLRTests {
  /// The example of the format's white paper: three points and one offset.
  @Test func theExampleOfTheFormatIsRead() throws {
    let line = try OpenLR.line(base64: "CwRbWyNG9RpsCQCb/jsbtAT/6/+jK1kC".utf8)
    #expect(line.points.count == 3)
    let first = line.points[0]
    #expect(abs(Int(first.lon_e7) - 61_268_200) < 300)
    #expect(abs(Int(first.lat_e7) - 496_085_100) < 300)
    #expect(first.bearing_deg == 12.5 * 11.25)
    #expect(first.toNext_m == 9.5 * 58.6)
    // Relative to the one before, in 1e-5 degrees: 155 east, 453 south.
    #expect(line.points[1].lon_e7 - first.lon_e7 == 15_500)
    #expect(line.points[1].lat_e7 - first.lat_e7 == -45_300)
    #expect(line.points[2].toNext_m == 0)
    #expect(line.startShare == 2.5 / 256)
    #expect(line.endShare == 0)
  }

  @Test func bothAlphabetsAndMissingSignsAreRead() throws {
    let usual = try OpenLR.line(base64: "CwRbWyNG9RpsCQCb/jsbtAT/6/+jK1kC".utf8)
    let forAddresses = try OpenLR.line(base64: "CwRbWyNG9RpsCQCb_jsbtAT_6_-jK1kC".utf8)
    #expect(usual == forAddresses)
    let short = try OpenLR.line(base64: "CwsaACJqqAooAAANAAEKGA==".utf8)
    #expect(try OpenLR.line(base64: "CwsaACJqqAooAAANAAEKGA".utf8) == short)
  }

  @Test func whatIsNoLineIsRefusedByReason() {
    func refusal(_ text: String) -> OpenLR.Refusal? {
      do throws(OpenLR.Refusal) {
        _ = try OpenLR.line(base64: text.utf8)
        return nil
      } catch { return error }
    }
    #expect(refusal("") == .notBase64)
    #expect(refusal("C") == .notBase64)
    #expect(refusal("CwRbW*NG9Rps") == .notBase64)
    #expect(refusal("CwRbW=NG9Rps") == .notBase64)
    #expect(refusal("CwRbWyNG9Rps") == .tooShort(bytes: 9))
    #expect(refusal("CgRbWyNG9RpsCQCb/jsbtAT/6/+jK1kC") == .version(2))
    #expect(refusal("IwRbWyNG9Q==") == .kind("a coordinate"))
    #expect(refusal("KwRbWyNG9RpsCQCb/jsbtA==") == .kind("a point along a line"))
    // One byte too few for its offset, one too many.
    #expect(refusal("CwRbWyNG9RpsCQCb/jsbtAT/6/+jK1k=") == .size(bytes: 23))
    #expect(refusal("CwRbWyNG9RpsCQCb/jsbtAT/6/+jK1kCAA==") == .size(bytes: 25))
    #expect(refusal("CwAAAH///xpsCQCb/jsbtA==") == .offPlanet)
  }

  /// Every cut and every flipped bit, then noise: an answer or a refusal.
  @Test func forgedBytesAreAnsweredOrRefused() {
    let whole: [UInt8] = [
      11, 4, 91, 91, 35, 70, 245, 26, 108, 9, 0, 155, 254, 59, 27, 180, 4, 255, 235, 255, 163, 43,
      89, 2,
    ]
    for bit in 0..<whole.count * 8 {
      var bytes = whole
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? OpenLR.line(bytes)
    }
    for count in 0...whole.count { _ = try? OpenLR.line(Array(whole.prefix(count))) }
    var random = SplitMix64(153)
    var read = 0
    for _ in 0..<200_000 {
      var bytes = (0..<Int.random(in: 1...60, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes[0] = 0x0b }
      guard let line = try? OpenLR.line(bytes) else { continue }
      read += 1
      #expect(line.points.count >= 2)
      #expect(line.points.allSatisfy { abs(Int($0.lat_e7)) <= 900_000_000 })
    }
    #expect(read > 1_000)
  }
}
