// What the pages have in common.

import HujiaHostKit

enum Page {
  static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      default: escaped.append(character)
      }
    }
    return escaped
  }

  /// A share; a decimal where it says something.
  static func percent(_ share: Double) -> String {
    Decimals.fixed(share * 100, share >= 0.9995 ? 0 : 1) + "\u{a0}%"
  }

  static let css = """
    :root{--bg:#f7f7f4;--card:#fff;--ink:#1c2126;--soft:#5d6873;--line:#dfe3e6;--street:#c3cad0;--engine:#0b66c3;
    --recorded:#9a6b1f;--t1:#d2342b;--t2:#e58a12;--t3:#3f8f5a;--t4:#7c6bb5;--route:#0b66c3;--station:#1c2126}
    @media(prefers-color-scheme:dark){:root{--bg:#14181c;--card:#1d2328;--ink:#e8ecef;--soft:#9aa6b1;--line:#313a42;
    --street:#3c4750;--engine:#63b0ff;--recorded:#e0ad58;--t1:#ff6b60;--t2:#ffb04a;--t3:#6fcf92;--t4:#ab9cf0;
    --route:#63b0ff;--station:#e8ecef}}
    *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
    header,section,footer{max-width:1180px;margin:0 auto;padding:14px 22px}h1{font-size:27px;margin:14px 0 2px}
    h2{font-size:15px;margin:0 0 8px}header p{color:var(--soft);margin:0;max-width:80ch}.warn{color:var(--t1)}
    .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(165px,1fr));gap:12px}
    .tile,figure,.wide pre{background:var(--card);border:1px solid var(--line);border-radius:10px}
    .tile{padding:12px 14px;display:flex;flex-direction:column}.tile b{font-size:25px;letter-spacing:-.02em}
    .tile span{font-size:13.5px}.tile small{color:var(--soft)}figure{margin:0;padding:14px}
    .grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(430px,1fr));gap:14px}
    figcaption{color:var(--soft);font-size:13px;margin-top:8px}svg{width:100%;height:auto;display:block}
    .street{fill:none;stroke:var(--street);stroke-width:.8}.dot{fill:none;stroke-width:4.6;stroke-linecap:round;opacity:.6}
    .dot.tier1{stroke:var(--t1)}.dot.tier2{stroke:var(--t2)}.dot.tier3{stroke:var(--t3)}.dot.tier4{stroke:var(--t4)}
    .routes path{fill:none;stroke:var(--route);stroke-width:2.2;stroke-linejoin:round;opacity:.85}
    rect.station{fill:var(--station);stroke:var(--card);stroke-width:1.5}.grid{stroke:var(--line)}
    .tick{fill:var(--soft);font-size:11px}.line{fill:none;stroke-width:2.4}.line.engine{stroke:var(--engine)}
    .line.recorded{stroke:var(--recorded);stroke-dasharray:6 4}.target{stroke:var(--t1);stroke-dasharray:3 3}
    rect.bar{fill:var(--engine);opacity:.8}rect.clock1,i.clock1{fill:var(--t2);background:var(--t2)}
    rect.clock3,i.clock3{fill:var(--engine);background:var(--engine)}
    rect.clock5,i.clock5{fill:var(--t1);background:var(--t1)}rect.clock8,i.clock8{fill:var(--t4);background:var(--t4)}
    .key{display:inline-flex;align-items:center;margin-right:16px}.key i{width:12px;height:12px;border-radius:3px;
    margin-right:6px;display:inline-block}i.tier1{background:var(--t1)}i.tier2{background:var(--t2)}
    i.tier3{background:var(--t3)}i.tier4{background:var(--t4)}i.station{background:var(--station)}i.route,i.engine{background:var(--engine)}
    i.recorded{background:var(--recorded)}.wide pre{padding:16px;overflow:auto;font-size:13px;line-height:1.45}
    footer{color:var(--soft);font-size:13px;padding-bottom:40px}
    """
}
