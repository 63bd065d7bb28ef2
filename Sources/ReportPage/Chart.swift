// Small charts as SVG: fixed size, scaled by the page; colours come from the page's style, so both themes fit.

import Glibc
import HujiaCities
import HujiaHostKit
import HujiaReplay

/// A frame with axes, and marks drawn into it.
struct Chart {
  let width: Double
  let height: Double
  private let left = 52.0
  private let right = 14.0
  private let top = 14.0
  private let bottom = 34.0
  private let xRange: ClosedRange<Double>
  private let yRange: ClosedRange<Double>
  private let isLogY: Bool
  private var marks: [String] = []

  init(
    x: ClosedRange<Double>, y: ClosedRange<Double>, isLogY: Bool = false, width: Double = 560,
    height: Double = 260
  ) {
    self.width = width
    self.height = height
    xRange = x
    yRange = y
    self.isLogY = isLogY
  }

  private func px(_ x: Double) -> Double {
    left + (x - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
      * (width - left - right)
  }

  private func py(_ y: Double) -> Double {
    let share: Double
    if isLogY {
      share =
        log(max(y, yRange.lowerBound) / yRange.lowerBound)
        / log(yRange.upperBound / yRange.lowerBound)
    } else {
      share = (y - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
    }
    return height - bottom - min(max(share, 0), 1) * (height - top - bottom)
  }

  private func n(_ value: Double) -> String { Decimals.fixed(value, 1) }

  mutating func gridX(_ values: [(Double, String)]) {
    for (value, label) in values {
      marks.append(
        "<text class=\"tick\" x=\"\(n(px(value)))\" y=\"\(n(height - bottom + 16))\" text-anchor=\"middle\">\(label)</text>"
      )
    }
  }

  mutating func gridY(_ values: [(Double, String)]) {
    for (value, label) in values {
      let y = n(py(value))
      marks.append(
        "<line class=\"grid\" x1=\"\(n(left))\" x2=\"\(n(width - right))\" y1=\"\(y)\" y2=\"\(y)\"/>"
          + "<text class=\"tick\" x=\"\(n(left - 6))\" y=\"\(n(py(value) + 4))\" text-anchor=\"end\">\(label)</text>"
      )
    }
  }

  mutating func titleX(_ text: String) {
    marks.append(
      "<text class=\"tick\" x=\"\(n(width - right))\" y=\"\(n(height - 4))\" text-anchor=\"end\">\(text)</text>"
    )
  }

  mutating func line(_ points: [(Double, Double)], _ style: String) {
    guard !points.isEmpty else { return }
    let path = points.enumerated().map { index, point in
      (index == 0 ? "M" : "L") + n(px(point.0)) + " " + n(py(point.1))
    }.joined()
    marks.append("<path class=\"line \(style)\" d=\"\(path)\"/>")
  }

  /// A bar from `low` to `high` at x, `width` in units of x.
  mutating func bar(
    _ x: Double, _ low: Double, _ high: Double, width barWidth: Double, _ style: String
  ) {
    guard high > low else { return }
    let x0 = px(x - barWidth / 2)
    let x1 = px(x + barWidth / 2)
    marks.append(
      "<rect class=\"\(style)\" x=\"\(n(x0))\" width=\"\(n(x1 - x0))\" y=\"\(n(py(high)))\" height=\"\(n(py(low) - py(high)))\"/>"
    )
  }

  mutating func target(_ x: Double, _ text: String) {
    marks.append(
      "<line class=\"target\" x1=\"\(n(px(x)))\" x2=\"\(n(px(x)))\" y1=\"\(n(top))\" y2=\"\(n(height - bottom))\"/>"
        + "<text class=\"tick\" x=\"\(n(px(x) - 4))\" y=\"\(n(height - bottom - 8))\" text-anchor=\"end\">\(text)</text>"
    )
  }

  var svg: String {
    "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\">\(marks.joined())</svg>"
  }

  /// Round steps for an axis from 0 to at least `most`.
  static func steps(to most: Double, count: Int = 5) -> [Double] {
    let raw = max(most, 1e-9) / Double(count)
    let magnitude = pow(10, log10(raw).rounded(.down))
    let step = [1.0, 2, 2.5, 5, 10].map { $0 * magnitude }.first { $0 >= raw } ?? raw
    return (0...Int((most / step).rounded(.up))).map { Double($0) * step }
  }
}
