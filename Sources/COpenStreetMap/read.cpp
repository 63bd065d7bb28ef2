// The two readings of a file: ways and relations first, then the nodes that the ways want. libosmium decodes on
// threads of its own; the callbacks run here. Every exception ends as an error with its place.

#include <algorithm>
#include <cstring>
#include <new>
#include <osmium/io/bzip2_compression.hpp>
#include <osmium/io/gzip_compression.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/xml_input.hpp>
#include <osmium/osm/node.hpp>
#include <osmium/osm/relation.hpp>
#include <osmium/osm/way.hpp>
#include <osmium/thread/pool.hpp>
#include <vector>

#include "hujia_osm.h"
#include "source.hpp"

namespace {

using Tags = std::vector<hujia_osm_tag>;

// libosmium walks over tags by their ends, which a zero byte inside of one shifts: its own walk may leave the list. So
// every walk over tags is this one, and it stays inside.
void take(const osmium::TagList &list, Tags &tags) {
  tags.clear();
  const auto *text = reinterpret_cast<const char *>(list.data()) + sizeof(osmium::TagList);
  const auto *end = reinterpret_cast<const char *>(list.data()) + list.byte_size();
  auto next = [&] {
    const auto *start = text;
    const auto *last = static_cast<const char *>(std::memchr(text, 0, static_cast<size_t>(end - text)));
    if (last == nullptr) throw std::runtime_error{"a tag has a zero byte in its text"};
    text = last + 1;
    return start;
  };
  while (text < end) {
    const auto *key = next();
    tags.push_back({key, next()});
  }
}

const char *value(const Tags &tags, const char *key) {
  for (const auto &tag : tags)
    if (std::strcmp(tag.key, key) == 0) return tag.value;
  return nullptr;
}

hujia_osm_object shown(const osmium::OSMObject &object, const Tags &tags) {
  hujia_osm_object shown{};
  shown.id = object.id();
  shown.version = object.version();
  shown.tags = tags.data();
  shown.tag_count = tags.size();
  return shown;
}

class WayReading {
 public:
  WayReading(const hujia_osm_sink &sink, hujia_osm_counts &counts) : sink{sink}, counts{counts} {}

  static constexpr auto kinds = osmium::osm_entity_bits::way | osmium::osm_entity_bits::relation;

  void take(const osmium::OSMObject &entity) {
    if (entity.type() == osmium::item_type::way) {
      way(static_cast<const osmium::Way &>(entity));
    } else if (entity.type() == osmium::item_type::relation) {
      relation(static_cast<const osmium::Relation &>(entity));
    }
  }

 private:
  const hujia_osm_sink &sink;
  hujia_osm_counts &counts;
  Tags tags;
  std::vector<int64_t> nodes;
  std::vector<hujia_osm_member> members;

  void way(const osmium::Way &way) {
    counts.ways++;
    if (!way.visible()) return;
    ::take(way.tags(), tags);
    if (value(tags, "highway") == nullptr && value(tags, "route") == nullptr) return;
    nodes.clear();
    for (const auto &node : way.nodes()) nodes.push_back(node.ref());
    auto object = shown(way, tags);
    object.nodes = nodes.data();
    object.node_count = nodes.size();
    sink.way(sink.context, &object);
  }

  void relation(const osmium::Relation &relation) {
    counts.relations++;
    if (!relation.visible()) return;
    ::take(relation.tags(), tags);
    const auto *type = value(tags, "type");
    if (type == nullptr || std::strncmp(type, "restriction", 11) != 0) return;
    members.clear();
    for (const auto &member : relation.members()) members.push_back({kind(member.type()), member.ref(), member.role()});
    auto object = shown(relation, tags);
    object.members = members.data();
    object.member_count = members.size();
    sink.relation(sink.context, &object);
  }

  static hujia_osm_kind kind(osmium::item_type type) {
    if (type == osmium::item_type::node) return HUJIA_OSM_NODE;
    return type == osmium::item_type::way ? HUJIA_OSM_WAY : HUJIA_OSM_RELATION;
  }
};

class NodeReading {
 public:
  NodeReading(const hujia_osm_sink &sink, hujia_osm_wanted &wanted, hujia_osm_counts &counts)
      : sink{sink}, wanted{wanted}, counts{counts} {}

  static constexpr auto kinds = osmium::osm_entity_bits::node;

  void take(const osmium::OSMObject &entity) {
    if (entity.type() != osmium::item_type::node) return;
    const auto &node = static_cast<const osmium::Node &>(entity);
    counts.nodes++;
    if (!node.visible() || !find(node.id())) return;
    if (!node.location().valid()) {
      counts.astray++;
      return;
    }
    auto found = std::min(node.version(), UINT32_MAX - 1) + 1;
    if (wanted.found[place] >= found) return;
    wanted.found[place] = found;
    wanted.lat_e7[place] = node.location().y();
    wanted.lon_e7[place] = node.location().x();
    ::take(node.tags(), tags);
    sink.node(sink.context, place, tags.data(), tags.size());
  }

 private:
  const hujia_osm_sink &sink;
  hujia_osm_wanted &wanted;
  hujia_osm_counts &counts;
  Tags tags;
  size_t place = 0;

  // Files have their nodes in ascending order, nearly all: the next is a few steps on from the last.
  bool find(int64_t id) {
    const auto *end = wanted.ids + wanted.count;
    for (auto steps = 0; steps < 8 && place < wanted.count && wanted.ids[place] < id; steps++) place++;
    if (place == wanted.count || wanted.ids[place] < id || (place > 0 && wanted.ids[place - 1] >= id))
      place = static_cast<size_t>(std::lower_bound(wanted.ids, end, id) - wanted.ids);
    return place < wanted.count && wanted.ids[place] == id;
  }
};

template <typename Reading>
void read(const std::string &path, const std::string &format, const hujia_osm_sink &sink, Reading &reading,
          uint64_t &reached) {
  // Few blocks wait, so that a file of the largest blocks needs little memory.
  osmium::thread::Pool pool{2, 8};
  osmium::io::Reader reader{osmium::io::File{path, format}, Reading::kinds, pool, osmium::io::read_meta::yes};
  try {
    if (reader.header().has_multiple_object_versions())
      throw std::runtime_error{"it is a history file: take one moment of it with osmium time-filter"};
    auto size = static_cast<double>(std::max<size_t>(reader.file_size(), 1));
    while (auto buffer = reader.read()) {
      for (const auto &object : buffer.template select<osmium::OSMObject>()) reading.take(object);
      sink.progress(sink.context, std::min(static_cast<double>(reader.offset()) / size, 1.0));
    }
    reader.close();
  } catch (...) {
    reached = reader.offset();
    throw;
  }
}

void say(hujia_osm_error &error, const std::string &text) {
  auto count = std::min(text.size(), sizeof error.text - 1);
  std::memcpy(error.text, text.data(), count);
  error.text[count] = 0;
}

// Runs a reading; whatever is thrown becomes an error.
template <typename Body>
int guarded(const char *path, hujia_osm_error &error, const Body &body) {
  std::string format;
  uint64_t reached = UINT64_MAX;
  error = hujia_osm_error{};
  error.offset = UINT64_MAX;
  // libosmium reads "-" and addresses as something else than files of these names.
  auto file = path[0] == '/' ? std::string{path} : "./" + std::string{path};
  try {
    try {
      format = hujia_osm::format_of(file);
      if (format == "pbf") hujia_osm::check_frame(file);
      body(file, format, reached);
      return 0;
    } catch (const hujia_osm::Damage &) {
      throw;
    } catch (const osmium::xml_error &) {
      throw;
    } catch (const std::exception &failure) {
      if (format != "pbf" || dynamic_cast<const std::bad_alloc *>(&failure) != nullptr) throw;
      hujia_osm::find_damage(file, failure.what());
    }
  } catch (const hujia_osm::Damage &damage) {
    error.offset = damage.offset;
    error.block = damage.block;
    say(error, damage.what());
  } catch (const osmium::xml_error &failure) {
    error.offset = reached;
    error.line = failure.line;
    error.column = failure.column;
    say(error, failure.error_string.empty() ? failure.what() : failure.error_string);
  } catch (const std::bad_alloc &) {
    say(error, "there is not enough memory");
  } catch (const std::exception &failure) {
    error.offset = reached;
    say(error, failure.what());
  } catch (...) {
    say(error, "it cannot be read");
  }
  return 1;
}

}  // namespace

extern "C" int hujia_osm_read_ways(const char *path, const hujia_osm_sink *sink, hujia_osm_counts *counts,
                                   hujia_osm_error *error) {
  return guarded(path, *error, [&](const std::string &file, const std::string &format, uint64_t &reached) {
    WayReading reading{*sink, *counts};
    read(file, format, *sink, reading, reached);
  });
}

extern "C" int hujia_osm_read_nodes(const char *path, const hujia_osm_sink *sink, hujia_osm_wanted *wanted,
                                    hujia_osm_counts *counts, hujia_osm_error *error) {
  return guarded(path, *error, [&](const std::string &file, const std::string &format, uint64_t &reached) {
    NodeReading reading{*sink, *wanted, *counts};
    read(file, format, *sink, reading, reached);
  });
}
