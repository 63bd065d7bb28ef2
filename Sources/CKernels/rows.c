/* See hujia_kernels.h. Rows of times and of costs, written by builds and by places below the rows that are stored. */
#include "hujia_kernels.h"

#if defined(__x86_64__)
#define HJK_X86 1
#include <immintrin.h>
#define HJK_AVX2 __attribute__((target("avx2")))
#define HJK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2")))
#else
#define HJK_X86 0
#endif

#define HJK_INLINE static inline __attribute__((always_inline))

static const uint32_t unreachable_ms = 0x1fffffff;
static const uint64_t unreachable = (uint64_t)0x1fffffff << 33;
static const uint64_t past = (uint64_t)1 << 32;
static const uint64_t longest = 0xffffffff;

/* ------------------------------------------------------------------------------------------------ least rows */

static void least_rows_plain(uint32_t *row, const uint32_t *const *rows, const uint32_t *costs, const uint32_t *depths,
                             uint32_t ways, uint32_t count, uint32_t most) {
  for (uint32_t i = 0; i < (count + 15) / 16 * 16; i++) {
    uint32_t best = most;
    for (uint32_t k = 0; k < ways && depths[k] >= i; k++) {
      uint32_t sum = rows[k][i] + costs[k];
      best = sum < best ? sum : best;
    }
    row[i] = best;
  }
}

#if HJK_X86
HJK_AVX2 static void least_rows_avx2(uint32_t *row, const uint32_t *const *rows, const uint32_t *costs,
                                     const uint32_t *depths, uint32_t ways, uint32_t count, uint32_t most) {
  for (uint32_t i = 0; i < count; i += 16) {
    while (ways > 0 && depths[ways - 1] < i) {
      ways--;
    }
    __m256i best0 = _mm256_set1_epi32((int)most), best1 = best0;
    for (uint32_t k = 0; k < ways; k++) {
      __m256i by = _mm256_set1_epi32((int)costs[k]);
      const uint32_t *from = rows[k] + i;
      best0 = _mm256_min_epu32(best0, _mm256_add_epi32(_mm256_loadu_si256((const void *)from), by));
      best1 = _mm256_min_epu32(best1, _mm256_add_epi32(_mm256_loadu_si256((const void *)(from + 8)), by));
    }
    _mm256_storeu_si256((void *)(row + i), best0);
    _mm256_storeu_si256((void *)(row + i + 8), best1);
  }
}

HJK_AVX512 static void least_rows_avx512(uint32_t *row, const uint32_t *const *rows, const uint32_t *costs,
                                         const uint32_t *depths, uint32_t ways, uint32_t count, uint32_t most) {
  for (uint32_t i = 0; i < count; i += 16) {
    while (ways > 0 && depths[ways - 1] < i) {
      ways--;
    }
    __m512i best = _mm512_set1_epi32((int)most);
    for (uint32_t k = 0; k < ways; k++) {
      __m512i sum = _mm512_add_epi32(_mm512_loadu_si512(rows[k] + i), _mm512_set1_epi32((int)costs[k]));
      best = _mm512_min_epu32(best, sum);
    }
    _mm512_storeu_si512(row + i, best);
  }
}
#endif

void hjk_least_rows(uint32_t *row, const uint32_t *const *rows, const uint32_t *costs, const uint32_t *depths,
                    uint32_t ways, uint32_t count, uint32_t most, int32_t level) {
#if HJK_X86
  if (level == 2) {
    least_rows_avx512(row, rows, costs, depths, ways, count, most);
    return;
  }
  if (level == 1) {
    least_rows_avx2(row, rows, costs, depths, ways, count, most);
    return;
  }
#endif
  (void)level;
  least_rows_plain(row, rows, costs, depths, ways, count, most);
}

/* ------------------------------------------------------------------------------------------------ with lengths */

HJK_INLINE uint64_t clamp(uint64_t cost) {
  return cost & past ? (cost | longest) & ~past : cost;
}

static void least_rows_apart_plain(uint32_t *times, uint32_t *lengths, const uint32_t *const *time_rows,
                                   const uint32_t *const *length_rows, const uint64_t *costs, const uint32_t *depths,
                                   uint32_t ways, uint32_t count) {
  for (uint32_t i = 0; i < (count + 7) / 8 * 8; i++) {
    uint64_t best = unreachable;
    for (uint32_t k = 0; k < ways && depths[k] >= i; k++) {
      uint64_t sum = costs[k] + ((uint64_t)time_rows[k][i] << 33 | length_rows[k][i]);
      best = sum < best ? sum : best;
    }
    best = clamp(best);
    times[i] = (uint32_t)(best >> 33);
    lengths[i] = (uint32_t)best;
  }
}

#if HJK_X86
HJK_AVX2 static inline __m256i least4(__m256i a, __m256i b) {
  return _mm256_blendv_epi8(a, b, _mm256_cmpgt_epi64(a, b));
}

HJK_AVX2 static inline __m256i clamp4(__m256i a) {
  const __m256i bit = _mm256_set1_epi64x((long long)past);
  __m256i is_past = _mm256_cmpeq_epi64(_mm256_and_si256(a, bit), bit);
  __m256i clamped = _mm256_andnot_si256(bit, _mm256_or_si256(a, _mm256_set1_epi64x((long long)longest)));
  return _mm256_blendv_epi8(a, clamped, is_past);
}

HJK_AVX2 static inline void store_low4(uint32_t *to, __m256i a) {
  const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6);
  _mm_storeu_si128((void *)to, _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(a, order)));
}

HJK_AVX2 static inline __m256i cost4(const uint32_t *times, const uint32_t *lengths) {
  __m256i time = _mm256_cvtepu32_epi64(_mm_loadu_si128((const void *)times));
  return _mm256_or_si256(_mm256_slli_epi64(time, 33), _mm256_cvtepu32_epi64(_mm_loadu_si128((const void *)lengths)));
}

HJK_AVX2 static void least_rows_apart_avx2(uint32_t *times, uint32_t *lengths, const uint32_t *const *time_rows,
                                           const uint32_t *const *length_rows, const uint64_t *costs,
                                           const uint32_t *depths, uint32_t ways, uint32_t count) {
  for (uint32_t i = 0; i < count; i += 8) {
    while (ways > 0 && depths[ways - 1] < i) {
      ways--;
    }
    __m256i best0 = _mm256_set1_epi64x((long long)unreachable), best1 = best0;
    for (uint32_t k = 0; k < ways; k++) {
      __m256i by = _mm256_set1_epi64x((long long)costs[k]);
      const uint32_t *t = time_rows[k] + i, *l = length_rows[k] + i;
      best0 = least4(best0, _mm256_add_epi64(cost4(t, l), by));
      best1 = least4(best1, _mm256_add_epi64(cost4(t + 4, l + 4), by));
    }
    best0 = clamp4(best0);
    best1 = clamp4(best1);
    store_low4(times + i, _mm256_srli_epi64(best0, 33));
    store_low4(times + i + 4, _mm256_srli_epi64(best1, 33));
    store_low4(lengths + i, best0);
    store_low4(lengths + i + 4, best1);
  }
}

HJK_AVX512 static inline __m512i clamp8(__m512i a) {
  const __m512i bit = _mm512_set1_epi64((long long)past);
  __mmask8 is_past = _mm512_test_epi64_mask(a, bit);
  a = _mm512_mask_or_epi64(a, is_past, a, _mm512_set1_epi64((long long)longest));
  return _mm512_mask_andnot_epi64(a, is_past, bit, a);
}

HJK_AVX512 static inline void store_apart8(uint32_t *times, uint32_t *lengths, __m512i cost) {
  _mm256_storeu_si256((void *)times, _mm512_cvtepi64_epi32(_mm512_srli_epi64(cost, 33)));
  _mm256_storeu_si256((void *)lengths, _mm512_cvtepi64_epi32(cost));
}

HJK_AVX512 static void least_rows_apart_avx512(uint32_t *times, uint32_t *lengths, const uint32_t *const *time_rows,
                                               const uint32_t *const *length_rows, const uint64_t *costs,
                                               const uint32_t *depths, uint32_t ways, uint32_t count) {
  for (uint32_t i = 0; i < count; i += 8) {
    while (ways > 0 && depths[ways - 1] < i) {
      ways--;
    }
    __m512i best = _mm512_set1_epi64((long long)unreachable);
    for (uint32_t k = 0; k < ways; k++) {
      __m512i time = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const void *)(time_rows[k] + i)));
      __m512i length = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const void *)(length_rows[k] + i)));
      __m512i cost = _mm512_or_epi64(_mm512_slli_epi64(time, 33), length);
      best = _mm512_min_epu64(best, _mm512_add_epi64(cost, _mm512_set1_epi64((long long)costs[k])));
    }
    store_apart8(times + i, lengths + i, clamp8(best));
  }
}
#endif

void hjk_least_rows_apart(uint32_t *times, uint32_t *lengths, const uint32_t *const *time_rows,
                          const uint32_t *const *length_rows, const uint64_t *costs, const uint32_t *depths,
                          uint32_t ways, uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    least_rows_apart_avx512(times, lengths, time_rows, length_rows, costs, depths, ways, count);
    return;
  }
  if (level == 1) {
    least_rows_apart_avx2(times, lengths, time_rows, length_rows, costs, depths, ways, count);
    return;
  }
#endif
  (void)level;
  least_rows_apart_plain(times, lengths, time_rows, length_rows, costs, depths, ways, count);
}

/* ------------------------------------------------------------------------------------------------ sweeping */

/* The node itself, and what lies beyond it. */
HJK_INLINE void end_row(uint64_t *row, uint32_t *times, uint32_t *lengths, uint32_t depth) {
  for (uint32_t i = depth; i < (depth + 8) / 8 * 8; i++) {
    row[i] = unreachable;
  }
  for (uint32_t i = depth; i < (depth + 16) / 16 * 16; i++) {
    times[i] = unreachable_ms;
    lengths[i] = 0;
  }
  row[depth] = 0;
  times[depth] = 0;
}

static void sweep_row_plain(uint64_t *row, uint32_t *times, uint32_t *lengths, const uint64_t *rows, uint64_t stride,
                            const uint16_t *depths, const uint64_t *costs, uint32_t arcs, uint32_t depth) {
  uint32_t first = 0;
  for (uint32_t i = 0; i < depth; i++) {
    while (first < arcs && depths[first] < i) {
      first++;
    }
    uint64_t best = unreachable;
    for (uint32_t k = first; k < arcs; k++) {
      uint64_t sum = rows[depths[k] * stride + i] + costs[k];
      best = sum < best ? sum : best;
    }
    best = clamp(best);
    row[i] = best;
    times[i] = (uint32_t)(best >> 33);
    lengths[i] = (uint32_t)best;
  }
}

#if HJK_X86
HJK_AVX2 static void sweep_row_avx2(uint64_t *row, uint32_t *times, uint32_t *lengths, const uint64_t *rows,
                                    uint64_t stride, const uint16_t *depths, const uint64_t *costs, uint32_t arcs,
                                    uint32_t depth) {
  uint32_t first = 0;
  for (uint32_t i = 0; i < depth; i += 8) {
    while (first < arcs && depths[first] < i) {
      first++;
    }
    __m256i best0 = _mm256_set1_epi64x((long long)unreachable), best1 = best0;
    for (uint32_t k = first; k < arcs; k++) {
      const uint64_t *from = rows + depths[k] * stride + i;
      __m256i by = _mm256_set1_epi64x((long long)costs[k]);
      best0 = least4(best0, _mm256_add_epi64(_mm256_loadu_si256((const void *)from), by));
      best1 = least4(best1, _mm256_add_epi64(_mm256_loadu_si256((const void *)(from + 4)), by));
    }
    best0 = clamp4(best0);
    best1 = clamp4(best1);
    _mm256_storeu_si256((void *)(row + i), best0);
    _mm256_storeu_si256((void *)(row + i + 4), best1);
    store_low4(times + i, _mm256_srli_epi64(best0, 33));
    store_low4(times + i + 4, _mm256_srli_epi64(best1, 33));
    store_low4(lengths + i, best0);
    store_low4(lengths + i + 4, best1);
  }
}

HJK_AVX512 static void sweep_row_avx512(uint64_t *row, uint32_t *times, uint32_t *lengths, const uint64_t *rows,
                                        uint64_t stride, const uint16_t *depths, const uint64_t *costs, uint32_t arcs,
                                        uint32_t depth) {
  uint32_t first = 0;
  for (uint32_t i = 0; i < depth; i += 8) {
    while (first < arcs && depths[first] < i) {
      first++;
    }
    __m512i best = _mm512_set1_epi64((long long)unreachable);
    for (uint32_t k = first; k < arcs; k++) {
      __m512i from = _mm512_loadu_si512(rows + depths[k] * stride + i);
      best = _mm512_min_epu64(best, _mm512_add_epi64(from, _mm512_set1_epi64((long long)costs[k])));
    }
    best = clamp8(best);
    _mm512_storeu_si512(row + i, best);
    store_apart8(times + i, lengths + i, best);
  }
}
#endif

void hjk_sweep_row(uint64_t *row, uint32_t *times, uint32_t *lengths, const uint64_t *rows, uint64_t stride,
                   const uint16_t *depths, const uint64_t *costs, uint32_t arcs, uint32_t depth, int32_t level) {
#if HJK_X86
  if (level == 2) {
    sweep_row_avx512(row, times, lengths, rows, stride, depths, costs, arcs, depth);
    end_row(row, times, lengths, depth);
    return;
  }
  if (level == 1) {
    sweep_row_avx2(row, times, lengths, rows, stride, depths, costs, arcs, depth);
    end_row(row, times, lengths, depth);
    return;
  }
#endif
  (void)level;
  sweep_row_plain(row, times, lengths, rows, stride, depths, costs, arcs, depth);
  end_row(row, times, lengths, depth);
}

/* ------------------------------------------------------------------------------------------------ mending */

HJK_INLINE void merge_apart(uint64_t *restrict row, const uint32_t *restrict times, const uint32_t *restrict lengths,
                            uint64_t cost, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    uint64_t sum = cost + ((uint64_t)times[i] << 33 | lengths[i]);
    row[i] = sum < row[i] ? sum : row[i];
  }
}

#if HJK_X86
HJK_AVX2 static void merge_apart_avx2(uint64_t *row, const uint32_t *times, const uint32_t *lengths, uint64_t cost,
                                      uint32_t count) {
  merge_apart(row, times, lengths, cost, count);
}
HJK_AVX512 static void merge_apart_avx512(uint64_t *row, const uint32_t *times, const uint32_t *lengths, uint64_t cost,
                                          uint32_t count) {
  merge_apart(row, times, lengths, cost, count);
}
#endif

void hjk_merge_apart(uint64_t *row, const uint32_t *times, const uint32_t *lengths, uint64_t cost, uint32_t count,
                     int32_t level) {
#if HJK_X86
  if (level == 2) {
    merge_apart_avx512(row, times, lengths, cost, count);
    return;
  }
  if (level == 1) {
    merge_apart_avx2(row, times, lengths, cost, count);
    return;
  }
#endif
  (void)level;
  merge_apart(row, times, lengths, cost, count);
}
