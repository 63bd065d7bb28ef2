// OpenStreetMap files as plain C: libosmium reads, a callback shows each object. Offline, for the importer; never
// linked into the library. No exception crosses this face, and what a file says is never trusted: damage is an error
// with its place.
//
// Each function reads one file once, on threads of its own, and calls back on the caller's thread. What a callback is
// shown is valid until it returns.

#ifndef HUJIA_OSM_H
#define HUJIA_OSM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// UTF-8 as the file has it, ended by a zero.
typedef struct {
  const char *key;
  const char *value;
} hujia_osm_tag;

typedef enum { HUJIA_OSM_NODE = 1, HUJIA_OSM_WAY = 2, HUJIA_OSM_RELATION = 3 } hujia_osm_kind;

typedef struct {
  hujia_osm_kind kind;
  int64_t id;
  const char *role;
} hujia_osm_member;

// A way or a relation. A way has nodes, a relation members; `version` is 0 where the file has none.
typedef struct {
  int64_t id;
  uint32_t version;
  const hujia_osm_tag *tags;
  size_t tag_count;
  const int64_t *nodes;
  size_t node_count;
  const hujia_osm_member *members;
  size_t member_count;
} hujia_osm_object;

// Where nodes are wanted and what was found of them. `ids` ascend without doubles. A node that was found has its
// version plus 1 in `found`, and 1e-7 degrees in `lat_e7` and `lon_e7`; of several versions the highest stays.
typedef struct {
  const int64_t *ids;
  size_t count;
  int32_t *lat_e7;
  int32_t *lon_e7;
  uint32_t *found;
} hujia_osm_wanted;

typedef struct {
  void *context;
  // Ways that may be roads: those with a tag `highway` or `route`.
  void (*way)(void *context, const hujia_osm_object *way);
  // Relations that may forbid a turn: of a `type` that begins with "restriction".
  void (*relation)(void *context, const hujia_osm_object *relation);
  // A wanted node with tags; `index` into the wanted ones. It may be shown again when it stands in a file twice.
  void (*node)(void *context, size_t index, const hujia_osm_tag *tags, size_t tag_count);
  // Share of the file that was read, 0 ... 1; now and then.
  void (*progress)(void *context, double share);
} hujia_osm_sink;

// What is wrong, in words, and where.
typedef struct {
  char text[256];
  // Bytes from the start of the file, as it stands on disk: of a block, else how far reading had come. UINT64_MAX =
  // not known.
  uint64_t offset;
  // 1-based number of a PBF file's block; 0 = none.
  uint64_t block;
  // Of XML, 1-based; 0 = none.
  uint64_t line;
  uint64_t column;
} hujia_osm_error;

// What was seen that is no error.
typedef struct {
  uint64_t nodes;
  uint64_t ways;
  uint64_t relations;
  // Wanted nodes whose coordinates are no place on the planet.
  uint64_t astray;
} hujia_osm_counts;

// 0 = done. Reads ways and relations: `way` and `relation` are called.
int hujia_osm_read_ways(const char *path, const hujia_osm_sink *sink, hujia_osm_counts *counts, hujia_osm_error *error);

// 0 = done. Reads nodes: `wanted` is filled, `node` is called.
int hujia_osm_read_nodes(const char *path, const hujia_osm_sink *sink, hujia_osm_wanted *wanted,
                         hujia_osm_counts *counts, hujia_osm_error *error);

#ifdef __cplusplus
}
#endif

#endif
