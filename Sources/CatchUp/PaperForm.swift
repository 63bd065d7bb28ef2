// The form that is printed beneath the run sheet: what is written on it by hand is typed in afterwards, by column.

package enum PaperForm {
  /// One page of 80 columns and 60 lines.
  package static var page: String {
    let rule = String(repeating: "-", count: 80)
    var lines = [
      "HUJIA CATCH-UP FORM 补录表                  date 日期 ______________  page ____",
      "One row a unit. An incident's first row says received, tier, type and place.",
      "tier 等级: E emergency 紧急  U urgent 较急  R routine 一般  P preventive 预防",
      rule,
      "incident 编号|received|tier|type |place 地点 (lat, lon or words)                ",
      " unit 单位   |sent 派|sign 签|go 出动|there 到|clear 离|close 办结|operator     ",
      rule,
    ]
    let blank = [
      "             |  :     |    |     |                                             ",
      "             |  :    |  :   |  :    |  :     |  :   |  :      |               ",
    ]
    while lines.count + 3 <= 58 { lines += blank + [rule] }
    lines.append("Type it in: hujia catch-up FORM.csv --dry-run   (columns: hujia catch-up --help)")
    return lines.joined(separator: "\n") + "\n"
  }
}
