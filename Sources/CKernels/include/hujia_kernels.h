/* The few loops over long rows of numbers on which routing spends its time, in the widest vectors that this processor
 * has. Swift reaches no unsigned 32-bit vector minimum without compiling everything for a newer processor; here the
 * choice is made at run time. Every function does the same at every level; level 0 is plain C, and the tests compare.
 *
 * Rows start on a 64-byte boundary. Times stay below 2^29 milliseconds, costs below 2^62 (see Cost.swift), so that
 * no sum of two wraps. No function allocates, keeps state or reads the clock.
 */
#ifndef HUJIA_KERNELS_H
#define HUJIA_KERNELS_H

#include <stdint.h>

/* What this processor can do: 0 plain C, 1 AVX2, 2 AVX-512 (F, BW, VL). */
int32_t hjk_best_level(void);

/* The least a[i] + b[i], or UINT32_MAX when count is 0. */
uint32_t hjk_least_sum(const uint32_t *a, const uint32_t *b, uint32_t count, int32_t level);

/* The least min(a[i] + ra, c[i] + rc) + b[i], or UINT32_MAX: a place with two nodes, each with its rest of a street.
 * With b and d: the least min(a[i] + ra, c[i] + rc) + min(b[i] + rb, d[i] + rd). */
uint32_t hjk_least_sum2(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b,
                        uint32_t count, int32_t level);
uint32_t hjk_least_sum4(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b, uint32_t rb,
                        const uint32_t *d, uint32_t rd, uint32_t count, int32_t level);

/* The first i >= from with a[i] + b[i] == sum, or count when there is none. */
uint32_t hjk_find_sum(const uint32_t *a, const uint32_t *b, uint32_t from, uint32_t count, uint32_t sum, int32_t level);

/* row[i] = min(row[i], a[i] + add). Returns whether any entry changed. */
int32_t hjk_lower_row(uint32_t *row, const uint32_t *a, uint32_t add, uint32_t count, int32_t level);

/* row[i] = a[i]. Returns whether any entry changed. */
int32_t hjk_copy_row(uint32_t *row, const uint32_t *a, uint32_t count, int32_t level);

/* row[i] = min(most, rows[k][i] + costs[k] over all k < ways with depths[k] >= i), for i < count: the times of a place
 * from which one gets to nodes with rows of their own. `depths` falls. Rows are whole up to the next multiple of 16
 * entries after their depth, with "unreachable" or more beyond it; `row` is written up to the next multiple of 16. */
void hjk_least_rows(uint32_t *row, const uint32_t *const *rows, const uint32_t *costs, const uint32_t *depths,
                    uint32_t ways, uint32_t count, uint32_t most, int32_t level);

/* The same with lengths: the least cost, as in Cost.swift, its time and its length apart. Lengths that left their 32
 * bits are clamped. Both rows are written up to the next multiple of 8. */
void hjk_least_rows_apart(uint32_t *times, uint32_t *lengths, const uint32_t *const *time_rows,
                          const uint32_t *const *length_rows, const uint64_t *costs, const uint32_t *depths,
                          uint32_t ways, uint32_t count, int32_t level);

/* Costs, as in Cost.swift. One node's row of costs from those of its ancestors: row[i] = the least over all k < arcs
 * with depths[k] >= i of costs[k] + rows[depths[k] * stride + i], or "unreachable"; row[depth] = 0. `depths` rises.
 * Lengths that left their 32 bits are clamped. Rows have entries up to the next multiple of 8 after their depth, those
 * beyond it "unreachable"; so has `row` then. Writes the times and the lengths apart too, up to the next multiple of
 * 16. */
void hjk_sweep_row(uint64_t *row, uint32_t *times, uint32_t *lengths, const uint64_t *rows, uint64_t stride,
                   const uint16_t *depths, const uint64_t *costs, uint32_t arcs, uint32_t depth, int32_t level);

/* row[i] = min(row[i], cost + the cost of times[i] and lengths[i]), for i < count. Nothing is clamped. */
void hjk_merge_apart(uint64_t *row, const uint32_t *times, const uint32_t *lengths, uint64_t cost, uint32_t count,
                     int32_t level);

/* Whether a WGS-84 place lies on China's mainland: an outline with a tolerance of 3 km (mainland.c). 20 to 300 ns. */
int32_t hjk_is_mainland(int32_t lat_e7, int32_t lon_e7);

/* The same, edge by edge: what the tests compare it with. */
int32_t hjk_is_mainland_slow(int32_t lat_e7, int32_t lon_e7);

/* Asks the processor to fetch one cache line, or the lines of `bytes` bytes. */
static inline void hjk_prefetch(const void *address) {
  __builtin_prefetch(address, 0, 3);
}
static inline void hjk_prefetch_span(const void *address, uint32_t bytes) {
  for (uint32_t offset = 0; offset < bytes; offset += 64) {
    __builtin_prefetch((const char *)address + offset, 0, 3);
  }
}

#endif
