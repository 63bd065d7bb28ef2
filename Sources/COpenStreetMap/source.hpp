// What an OpenStreetMap file is, told by its bytes and not by its name, and whether its frame is whole.

#ifndef HUJIA_OSM_SOURCE_HPP
#define HUJIA_OSM_SOURCE_HPP

#include <cstdint>
#include <stdexcept>
#include <string>

#include "hujia_osm.h"

namespace hujia_osm {

// An error that knows its place.
struct Damage : std::runtime_error {
  uint64_t offset = UINT64_MAX;
  uint64_t block = 0;
  Damage(const std::string &text, uint64_t offset, uint64_t block)
      : std::runtime_error{text}, offset{offset}, block{block} {}
};

// The format by libosmium's words: "pbf", "xml", "xml.gz", "xml.bz2", "pbf.gz", "pbf.bz2". Throws when it is no
// OpenStreetMap file, with what it is.
std::string format_of(const std::string &path);

// Walks a PBF file's blocks without decoding them. Throws `Damage` at the first that is cut off or says a length that
// cannot be: libosmium takes some of these for the end of the file.
void check_frame(const std::string &path);

// Decodes a PBF file's blocks one by one, and throws `Damage` at the first that cannot be.
void find_damage(const std::string &path, const std::string &text);

}  // namespace hujia_osm

#endif
