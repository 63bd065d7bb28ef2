// Formats told by content; the frame of PBF files; where a damaged block stands. Small on purpose: the content of
// blocks is libosmium's matter.

#include "source.hpp"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/reader.hpp>
#include <protozero/pbf_message.hpp>

namespace hujia_osm {
namespace {

using Handle = std::unique_ptr<FILE, int (*)(FILE *)>;

Handle open_file(const std::string &path) {
  Handle file{std::fopen(path.c_str(), "rbe"), std::fclose};
  if (!file) throw std::runtime_error{std::strerror(errno)};
  return file;
}

bool contains(const std::string &text, const char *word) {
  return text.find(word) != std::string::npos;
}

// Of the first bytes of content: "pbf", "xml" or nothing.
std::string kind_of(const std::string &head) {
  if (head.size() > 8 && head.compare(6, 9, "OSMHeader") == 0) return "pbf";
  auto start = head.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (start == std::string::npos || head[start] != '<') return "";
  if (contains(head, "<osmChange")) throw std::runtime_error{"it is a change file (.osc): give an extract of the map"};
  return contains(head, "<osm") ? "xml" : "";
}

std::string first_of_gzip(const std::string &path) {
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file{gzopen(path.c_str(), "rbe"), gzclose};
  if (!file) return "";
  std::string head(4096, '\0');
  auto count = gzread(file.get(), &head[0], static_cast<unsigned>(head.size()));
  head.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return head;
}

std::string first_of_bzip2(const std::string &path) {
  auto file = open_file(path);
  int failure = BZ_OK;
  auto *handle = BZ2_bzReadOpen(&failure, file.get(), 0, 0, nullptr, 0);
  if (handle == nullptr) return "";
  std::string head(4096, '\0');
  auto count = BZ2_bzRead(&failure, handle, &head[0], static_cast<int>(head.size()));
  head.resize(count > 0 && (failure == BZ_OK || failure == BZ_STREAM_END) ? static_cast<size_t>(count) : 0);
  BZ2_bzReadClose(&failure, handle);
  return head;
}

// One block of a PBF file as it stands there.
struct Block {
  uint64_t offset = 0;
  uint64_t number = 0;
  std::string header;
  uint64_t data_offset = 0;
  uint32_t data_size = 0;
  bool is_data = false;
};

constexpr uint32_t most_header = 64U * 1024U;
constexpr uint32_t most_data = 32U * 1024U * 1024U;

class Frame {
 public:
  explicit Frame(const std::string &path) : file{open_file(path)} {
    if (fseeko(file.get(), 0, SEEK_END) != 0) throw std::runtime_error{std::strerror(errno)};
    size = static_cast<uint64_t>(ftello(file.get()));
  }

  // False at the end of the file.
  bool next(Block &block) {
    if (offset == size) return false;
    block.offset = offset;
    block.number = ++number;
    unsigned char length[4];
    read(length, offset, sizeof length, block);
    auto bytes = uint32_t{length[0]} << 24U | uint32_t{length[1]} << 16U | uint32_t{length[2]} << 8U | length[3];
    if (bytes == 0 || bytes > most_header)
      throw Damage{"a block's header says " + std::to_string(bytes) + " bytes, of 1 to 65536", offset, number};
    block.header.resize(bytes);
    read(&block.header[0], offset + 4, bytes, block);
    decode(block);
    block.data_offset = offset + 4 + bytes;
    if (block.data_size > size - block.data_offset) cut_off(block);
    offset = block.data_offset + block.data_size;
    return true;
  }

  std::string data(const Block &block) {
    std::string content(block.data_size, '\0');
    read(&content[0], block.data_offset, block.data_size, block);
    return content;
  }

 private:
  Handle file;
  uint64_t size = 0;
  uint64_t offset = 0;
  uint64_t number = 0;

  [[noreturn]] void cut_off(const Block &block) const {
    throw Damage{"the file ends within a block, after " + std::to_string(size) + " bytes", block.offset, block.number};
  }

  void read(void *to, uint64_t from, size_t count, const Block &block) {
    if (count > size - std::min(size, from)) cut_off(block);
    if (fseeko(file.get(), static_cast<off_t>(from), SEEK_SET) != 0 || std::fread(to, 1, count, file.get()) != count)
      throw Damage{std::string{"it cannot be read: "} + std::strerror(errno), from, block.number};
  }

  static void decode(Block &block) {
    std::string type;
    int64_t bytes = 0;
    try {
      protozero::pbf_reader fields{block.header};
      while (fields.next()) {
        if (fields.tag() == 1 && fields.wire_type() == protozero::pbf_wire_type::length_delimited)
          type = fields.get_string();
        else if (fields.tag() == 3 && fields.wire_type() == protozero::pbf_wire_type::varint)
          bytes = fields.get_int32();
        else
          fields.skip();
      }
    } catch (const std::exception &) {
      throw Damage{"a block's header cannot be decoded", block.offset, block.number};
    }
    block.is_data = block.number > 1;
    if (type != (block.is_data ? "OSMData" : "OSMHeader"))
      throw Damage{"a block is of no known type (OSMHeader first, then OSMData)", block.offset, block.number};
    if (bytes <= 0 || bytes > most_data)
      throw Damage{"a block says " + std::to_string(bytes) + " bytes of data, of 1 to 33554432", block.offset,
                   block.number};
    block.data_size = static_cast<uint32_t>(bytes);
  }
};

std::string framed(const Block &block, const std::string &data) {
  auto bytes = static_cast<uint32_t>(block.header.size());
  std::string file;
  for (auto shift : {24U, 16U, 8U, 0U}) file.push_back(static_cast<char>(bytes >> shift & 0xffU));
  return file + block.header + data;
}

}  // namespace

std::string format_of(const std::string &path) {
  auto file = open_file(path);
  std::string head(4096, '\0');
  head.resize(std::fread(&head[0], 1, head.size(), file.get()));
  if (head.empty()) throw std::runtime_error{"it is empty"};
  std::string kind;
  std::string wrapped;
  if (head.compare(0, 2, "\x1f\x8b") == 0) {
    wrapped = ".gz";
    kind = kind_of(first_of_gzip(path));
  } else if (head.compare(0, 3, "BZh") == 0) {
    wrapped = ".bz2";
    kind = kind_of(first_of_bzip2(path));
  } else {
    kind = kind_of(head);
  }
  if (kind.empty())
    throw std::runtime_error{wrapped.empty() ? "it is no OpenStreetMap file: give .osm.pbf or .osm (XML)"
                                             : "what is compressed in it is no OpenStreetMap file, or is cut off"};
  return kind + wrapped;
}

void check_frame(const std::string &path) {
  Frame frame{path};
  Block block;
  while (frame.next(block)) {
  }
}

void find_damage(const std::string &path, const std::string &text) {
  Frame frame{path};
  Block block;
  std::string head;
  while (frame.next(block)) {
    auto bytes = framed(block, frame.data(block));
    try {
      if (!block.is_data) head = bytes;
      auto alone = block.is_data ? head + bytes : bytes;
      osmium::io::Reader reader{osmium::io::File{alone.data(), alone.size(), "pbf"}};
      while (reader.read()) {
      }
      reader.close();
    } catch (const std::exception &error) {
      throw Damage{error.what(), block.offset, block.number};
    }
  }
  throw Damage{text, UINT64_MAX, 0};
}

}  // namespace hujia_osm
