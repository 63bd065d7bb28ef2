// Where maps are drawn shifted: towns on both sides of every border, and the quick test beside the plain one.

import CHujiaKernels
import HujiaGeography
import HujiaTestSupport
import Testing

@Suite struct MainlandTests {
  private static func isMainland(_ latitude: Double, _ longitude: Double) -> Bool {
    hjk_is_mainland(Int32((latitude * 1e7).rounded()), Int32((longitude * 1e7).rounded())) != 0
  }

  @Test func townsOnTheMainland() {
    for (name, latitude, longitude) in Self.inside {
      #expect(Self.isMainland(latitude, longitude), "\(name)")
    }
  }

  @Test func townsOfOthers() {
    for (name, latitude, longitude) in Self.outside {
      #expect(!Self.isMainland(latitude, longitude), "\(name)")
      let (lat, lon) = (Int32((latitude * 1e7).rounded()), Int32((longitude * 1e7).rounded()))
      for datum in [Datum.gcj02, .bd09] {
        #expect(datum.fromWGS84(lat_e7: lat, lon_e7: lon) == (lat, lon), "\(name)")
      }
    }
  }

  /// Feeds of neighbours that come as GCJ-02 pass through, farther than 1.5 km from the outline.
  @Test func feedsOfNeighboursPassThrough() {
    let near: Set = [
      "HK ShaTauKok", "HK LokMaChau", "Sinuiju", "Hyesan", "Kodari", "MongCai", "Lieyu", "Manpo",
      "Onsong", "Macau", "Macau Taipa", "HK Airport",
    ]
    for (name, latitude, longitude) in Self.outside where !near.contains(name) {
      let (lat, lon) = (Int32((latitude * 1e7).rounded()), Int32((longitude * 1e7).rounded()))
      for datum in [Datum.gcj02, .bd09] {
        #expect(datum.toWGS84(lat_e7: lat, lon_e7: lon) == (lat, lon), "\(name)")
      }
    }
  }

  /// The squares and spans leave out nothing: the same answer as edge by edge, everywhere.
  @Test func quickIsPlain() {
    var random = SplitMix64(14)
    for _ in 0..<200_000 {
      let lat = Int32(random.within(165_000_000...545_000_000))
      let lon = Int32(random.within(725_000_000...1_355_000_000))
      #expect(hjk_is_mainland(lat, lon) == hjk_is_mainland_slow(lat, lon), "\(lat) \(lon)")
    }
    // On corners of squares and beyond all of them.
    for lat in Int32(15)...56 {
      for lon in Int32(71)...137 {
        for (up, right) in [(0, 0), (-1, 0), (0, -1), (1, 1)] as [(Int32, Int32)] {
          let (y, x) = (lat * 10_000_000 + up, lon * 10_000_000 + right)
          #expect(hjk_is_mainland(y, x) == hjk_is_mainland_slow(y, x), "\(y) \(x)")
        }
      }
    }
    for (lat, lon) in [
      (Int32.min, Int32.min), (.max, .max), (0, 0), (.min, .max), (-1, 1_100_000_000),
    ] {
      #expect(hjk_is_mainland(lat, lon) == 0)
    }
  }

  private static let inside: [(String, Double, Double)] = [
    ("Shenzhen Futian", 22.5431, 114.0579), ("Shenzhen Luohu port", 22.533, 114.119),
    ("Shenzhen Shekou", 22.485, 113.915), ("Shenzhen Shatoujiao", 22.55, 114.224),
    ("Shenzhen Yantian", 22.557, 114.237), ("Zhuhai Gongbei", 22.223, 113.553),
    ("Zhuhai Hengqin", 22.13, 113.54), ("Xiamen", 24.4798, 118.0894),
    ("Xiamen Xiangan", 24.618, 118.248), ("Quanzhou Jinjiang", 24.782, 118.552),
    ("Fuzhou", 26.0745, 119.2965), ("Pingtan", 25.503, 119.79), ("Dandong", 40.129, 124.393),
    ("Jian Tonghua", 41.125, 126.194), ("Linjiang", 41.811, 126.918),
    ("Changbai", 41.419, 128.203), ("Tumen", 42.968, 129.843), ("Yanji", 42.891, 129.508),
    ("Hunchun", 42.8627, 130.366), ("Dongning", 44.087, 131.125), ("Suifenhe", 44.4125, 131.153),
    ("Mishan Dangbi", 45.264, 131.99), ("Raohe", 46.798, 134.013), ("Fuyuan", 48.362, 134.308),
    ("Tongjiang", 47.642, 132.51), ("Xunke", 49.564, 128.476), ("Heihe", 50.245, 127.528),
    ("Huma", 51.726, 126.652), ("Mohe", 52.972, 122.539), ("Manzhouli", 49.5978, 117.3787),
    ("Erenhot", 43.653, 111.977), ("Altay", 47.844, 88.139), ("Tacheng", 46.746, 82.983),
    ("Alashankou", 45.171, 82.573), ("Khorgas", 44.212, 80.41), ("Kashgar", 39.4704, 75.9898),
    ("Tashkurgan", 37.772, 75.229), ("Burang", 30.294, 81.177), ("Gyirong", 28.396, 85.327),
    ("Zhangmu", 27.988, 85.983), ("Nyalam", 28.155, 85.981), ("Yadong", 27.486, 88.907),
    ("Zayu", 28.661, 97.466), ("Tengchong", 25.0206, 98.49), ("Yingjiang", 24.705, 97.931),
    ("Ruili", 24.013, 97.852), ("Wanding", 24.083, 98.066), ("Menglian", 22.329, 99.584),
    ("Jinghong", 22.007, 100.797), ("Jiangcheng", 22.585, 101.862), ("Malipo", 23.125, 104.702),
    ("Hekou", 22.5293, 103.9394), ("Jingxi", 23.134, 106.417), ("Longzhou", 22.343, 106.854),
    ("Pingxiang", 22.096, 106.766), ("Dongxing", 21.547, 107.972),
    ("Beijing", 39.9042, 116.4074), ("Shanghai", 31.2304, 121.4737),
    ("Urumqi", 43.8256, 87.6168), ("Lhasa", 29.652, 91.1721), ("Kunming", 25.0389, 102.7183),
    ("Harbin", 45.8038, 126.535), ("Dalian", 38.914, 121.6147), ("Qingdao", 36.0671, 120.3826),
    ("Zhoushan", 29.9853, 122.2072), ("Haikou", 20.044, 110.1999), ("Sanya", 18.2528, 109.5119),
    ("Weizhou", 21.045, 109.115),
  ]

  private static let outside: [(String, Double, Double)] = [
    ("HK SheungShui", 22.501, 114.128), ("HK Fanling", 22.492, 114.139),
    ("HK LokMaChau", 22.513, 114.066), ("HK ShaTauKok", 22.544, 114.218),
    ("HK TinShuiWai", 22.46, 114.002), ("HK YuenLong", 22.445, 114.022),
    ("HK Central", 22.282, 114.158), ("HK Airport", 22.308, 113.918),
    ("Macau", 22.1987, 113.5439), ("Macau Taipa", 22.156, 113.557),
    ("Macau Coloane", 22.117, 113.569), ("Kinmen", 24.432, 118.318), ("Lieyu", 24.429, 118.239),
    ("Matsu Nangan", 26.158, 119.95), ("Penghu", 23.5711, 119.5793),
    ("Taipei", 25.033, 121.5654), ("Kaohsiung", 22.6273, 120.3014), ("Sinuiju", 40.1, 124.398),
    ("Manpo", 41.152, 126.284), ("Hyesan", 41.4, 128.181), ("Hoeryong", 42.437, 129.75),
    ("Onsong", 42.957, 129.992), ("Rason", 42.249, 130.3), ("Pyongyang", 39.0392, 125.7625),
    ("Seoul", 37.5665, 126.978), ("Baengnyeong", 37.967, 124.712), ("Jeju", 33.4996, 126.5312),
    ("Fukuoka", 33.5902, 130.4017), ("Naha", 26.2124, 127.6809), ("Tokyo", 35.6762, 139.6503),
    ("Khasan", 42.428, 130.645), ("Kraskino", 42.714, 130.78),
    ("Vladivostok", 43.1155, 131.8855), ("Ussuriysk", 43.802, 131.946),
    ("Pogranichny", 44.405, 131.387), ("Lesozavodsk", 45.474, 133.419),
    ("Dalnerechensk", 45.929, 133.728), ("Bikin", 46.813, 134.254),
    ("Khabarovsk", 48.4827, 135.0838), ("Leninskoye", 47.935, 132.613),
    ("Birobidzhan", 48.7928, 132.9239), ("Poyarkovo", 49.624, 128.648),
    ("Blagoveshchensk", 50.29, 127.527), ("Zabaykalsk", 49.651, 117.327),
    ("Chita", 52.034, 113.499), ("Irkutsk", 52.287, 104.305), ("Ulaanbaatar", 47.8864, 106.9057),
    ("Choibalsan", 48.072, 114.535), ("ZamynUud", 43.714, 111.902),
    ("Bulgan MN", 46.093, 91.551), ("Zaysan", 47.467, 84.871), ("Maikapchagai", 47.469, 85.568),
    ("Bakhty", 46.672, 82.73), ("Dostyk", 45.253, 82.485), ("Khorgos KZ", 44.223, 80.25),
    ("Zharkent", 44.167, 80), ("Almaty", 43.222, 76.8512), ("Bishkek", 42.8746, 74.5698),
    ("Naryn", 41.428, 75.991), ("Osh", 40.5283, 72.7985), ("SaryTash", 39.733, 73.249),
    ("Murghab", 38.169, 73.966), ("Sost", 36.692, 74.822), ("Gilgit", 35.92, 74.308),
    ("Leh", 34.1526, 77.5771), ("Delhi", 28.6139, 77.209), ("Pithoragarh", 29.583, 80.217),
    ("Simikot", 29.97, 81.817), ("Dhunche", 28.108, 85.297), ("Kathmandu", 27.7172, 85.324),
    ("Kodari", 27.945, 85.948), ("Namche", 27.804, 86.71), ("Gangtok", 27.3389, 88.6065),
    ("Thimphu", 27.4728, 89.639), ("Tawang", 27.586, 91.866), ("Itanagar", 27.0844, 93.6053),
    ("Dhaka", 23.81, 90.41), ("Walong", 28.129, 97.019), ("Myitkyina", 25.383, 97.396),
    ("Namhkam", 23.83, 97.683), ("Muse", 23.987, 97.902), ("Laukkai", 23.689, 98.76),
    ("Bangkok", 13.7563, 100.5018), ("PhongSaly", 21.683, 102.106),
    ("DienBien", 21.386, 103.023), ("HaGiang", 22.823, 104.984), ("LaoCai", 22.486, 103.97),
    ("CaoBang", 22.666, 106.257), ("DongDang", 21.941, 106.697), ("LangSon", 21.853, 106.761),
    ("MongCai", 21.526, 107.965), ("Hanoi", 21.0285, 105.8542), ("Manila", 14.5995, 120.9842),
    ("Singapore", 1.3521, 103.8198),
  ]
}
