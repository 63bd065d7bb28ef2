/* See hujia_kernels.h. Each loop is written once per level; nothing here decides anything. */
#include "hujia_kernels.h"

#if defined(__x86_64__)
#define HJK_X86 1
#include <immintrin.h>
#define HJK_AVX2 __attribute__((target("avx2")))
#define HJK_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2")))
#else
#define HJK_X86 0
#endif

int32_t hjk_best_level(void) {
#if HJK_X86
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq")) {
    return 2;
  }
  if (__builtin_cpu_supports("avx2")) {
    return 1;
  }
#endif
  return 0;
}

/* ------------------------------------------------------------------------------------------------ least sum */

static uint32_t least_sum_plain(const uint32_t *a, const uint32_t *b, uint32_t count) {
  uint32_t best = UINT32_MAX;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t sum = a[i] + b[i];
    best = sum < best ? sum : best;
  }
  return best;
}

#if HJK_X86
HJK_AVX2 static uint32_t least_sum_avx2(const uint32_t *a, const uint32_t *b, uint32_t count) {
  __m256i best0 = _mm256_set1_epi32(-1), best1 = best0;
  uint32_t i = 0;
  for (; i + 16 <= count; i += 16) {
    __m256i s0 = _mm256_add_epi32(_mm256_loadu_si256((const void *)(a + i)), _mm256_loadu_si256((const void *)(b + i)));
    __m256i s1 =
        _mm256_add_epi32(_mm256_loadu_si256((const void *)(a + i + 8)), _mm256_loadu_si256((const void *)(b + i + 8)));
    best0 = _mm256_min_epu32(best0, s0);
    best1 = _mm256_min_epu32(best1, s1);
  }
  best0 = _mm256_min_epu32(best0, best1);
  __m128i best = _mm_min_epu32(_mm256_castsi256_si128(best0), _mm256_extracti128_si256(best0, 1));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0x4e));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0xb1));
  uint32_t least = (uint32_t)_mm_cvtsi128_si32(best);
  for (; i < count; i++) {
    uint32_t sum = a[i] + b[i];
    least = sum < least ? sum : least;
  }
  return least;
}

HJK_AVX512 static uint32_t least_sum_avx512(const uint32_t *a, const uint32_t *b, uint32_t count) {
  __m512i best0 = _mm512_set1_epi32(-1), best1 = best0;
  uint32_t i = 0;
  for (; i + 32 <= count; i += 32) {
    __m512i s0 = _mm512_add_epi32(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
    __m512i s1 = _mm512_add_epi32(_mm512_loadu_si512(a + i + 16), _mm512_loadu_si512(b + i + 16));
    best0 = _mm512_min_epu32(best0, s0);
    best1 = _mm512_min_epu32(best1, s1);
  }
  for (; i < count; i += 16) {
    uint32_t left = count - i;
    __mmask16 mask = left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
    __m512i s = _mm512_add_epi32(_mm512_maskz_loadu_epi32(mask, a + i), _mm512_maskz_loadu_epi32(mask, b + i));
    best0 = _mm512_mask_min_epu32(best0, mask, best0, s);
  }
  return _mm512_reduce_min_epu32(_mm512_min_epu32(best0, best1));
}
#endif

uint32_t hjk_least_sum(const uint32_t *a, const uint32_t *b, uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    return least_sum_avx512(a, b, count);
  }
  if (level == 1) {
    return least_sum_avx2(a, b, count);
  }
#endif
  (void)level;
  return least_sum_plain(a, b, count);
}

static uint32_t find_sum_plain(const uint32_t *a, const uint32_t *b, uint32_t from, uint32_t count, uint32_t sum) {
  while (from < count && a[from] + b[from] != sum) {
    from++;
  }
  return from;
}

#if HJK_X86
HJK_AVX2 static uint32_t find_sum_avx2(const uint32_t *a, const uint32_t *b, uint32_t from, uint32_t count,
                                       uint32_t sum) {
  const __m256i wanted = _mm256_set1_epi32((int)sum);
  for (; from + 8 <= count; from += 8) {
    __m256i s =
        _mm256_add_epi32(_mm256_loadu_si256((const void *)(a + from)), _mm256_loadu_si256((const void *)(b + from)));
    int found = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(s, wanted)));
    if (found) {
      return from + (uint32_t)__builtin_ctz((unsigned)found);
    }
  }
  return find_sum_plain(a, b, from, count, sum);
}

HJK_AVX512 static uint32_t find_sum_avx512(const uint32_t *a, const uint32_t *b, uint32_t from, uint32_t count,
                                           uint32_t sum) {
  const __m512i wanted = _mm512_set1_epi32((int)sum);
  for (; from < count; from += 16) {
    uint32_t left = count - from;
    __mmask16 mask = left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
    __m512i s = _mm512_add_epi32(_mm512_maskz_loadu_epi32(mask, a + from), _mm512_maskz_loadu_epi32(mask, b + from));
    __mmask16 found = _mm512_mask_cmpeq_epi32_mask(mask, s, wanted);
    if (found) {
      return from + (uint32_t)__builtin_ctz((unsigned)found);
    }
  }
  return count;
}
#endif

uint32_t hjk_find_sum(const uint32_t *a, const uint32_t *b, uint32_t from, uint32_t count, uint32_t sum,
                      int32_t level) {
#if HJK_X86
  if (level == 2) {
    return find_sum_avx512(a, b, from, count, sum);
  }
  if (level == 1) {
    return find_sum_avx2(a, b, from, count, sum);
  }
#endif
  (void)level;
  return find_sum_plain(a, b, from, count, sum);
}

/* ---------------------------------------------------------------------------------------- places with two nodes */

static uint32_t least_sum2_plain(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b,
                                 uint32_t from, uint32_t count) {
  uint32_t best = UINT32_MAX;
  for (uint32_t i = from; i < count; i++) {
    uint32_t x = a[i] + ra, y = c[i] + rc;
    uint32_t sum = (x < y ? x : y) + b[i];
    best = sum < best ? sum : best;
  }
  return best;
}

static uint32_t least_sum4_plain(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b,
                                 uint32_t rb, const uint32_t *d, uint32_t rd, uint32_t from, uint32_t count) {
  uint32_t best = UINT32_MAX;
  for (uint32_t i = from; i < count; i++) {
    uint32_t x = a[i] + ra, y = c[i] + rc, z = b[i] + rb, w = d[i] + rd;
    uint32_t sum = (x < y ? x : y) + (z < w ? z : w);
    best = sum < best ? sum : best;
  }
  return best;
}

#if HJK_X86
HJK_AVX2 static inline __m256i less8(const uint32_t *a, __m256i ra, const uint32_t *c, __m256i rc) {
  return _mm256_min_epu32(_mm256_add_epi32(_mm256_loadu_si256((const void *)a), ra),
                          _mm256_add_epi32(_mm256_loadu_si256((const void *)c), rc));
}

HJK_AVX2 static inline uint32_t least8(__m256i all) {
  __m128i best = _mm_min_epu32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0x4e));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0xb1));
  return (uint32_t)_mm_cvtsi128_si32(best);
}

HJK_AVX2 static uint32_t least_sum2_avx2(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc,
                                         const uint32_t *b, uint32_t count) {
  const __m256i va = _mm256_set1_epi32((int)ra), vc = _mm256_set1_epi32((int)rc);
  __m256i best = _mm256_set1_epi32(-1);
  uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i sum = _mm256_add_epi32(less8(a + i, va, c + i, vc), _mm256_loadu_si256((const void *)(b + i)));
    best = _mm256_min_epu32(best, sum);
  }
  uint32_t least = least8(best), rest = least_sum2_plain(a, ra, c, rc, b, i, count);
  return rest < least ? rest : least;
}

HJK_AVX2 static uint32_t least_sum4_avx2(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc,
                                         const uint32_t *b, uint32_t rb, const uint32_t *d, uint32_t rd,
                                         uint32_t count) {
  const __m256i va = _mm256_set1_epi32((int)ra), vc = _mm256_set1_epi32((int)rc);
  const __m256i vb = _mm256_set1_epi32((int)rb), vd = _mm256_set1_epi32((int)rd);
  __m256i best = _mm256_set1_epi32(-1);
  uint32_t i = 0;
  for (; i + 8 <= count; i += 8) {
    __m256i sum = _mm256_add_epi32(less8(a + i, va, c + i, vc), less8(b + i, vb, d + i, vd));
    best = _mm256_min_epu32(best, sum);
  }
  uint32_t least = least8(best), rest = least_sum4_plain(a, ra, c, rc, b, rb, d, rd, i, count);
  return rest < least ? rest : least;
}

HJK_AVX512 static inline __m512i less16(__mmask16 mask, const uint32_t *a, __m512i ra, const uint32_t *c, __m512i rc) {
  return _mm512_min_epu32(_mm512_add_epi32(_mm512_maskz_loadu_epi32(mask, a), ra),
                          _mm512_add_epi32(_mm512_maskz_loadu_epi32(mask, c), rc));
}

HJK_AVX512 static uint32_t least_sum2_avx512(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc,
                                             const uint32_t *b, uint32_t count) {
  const __m512i va = _mm512_set1_epi32((int)ra), vc = _mm512_set1_epi32((int)rc);
  __m512i best = _mm512_set1_epi32(-1);
  for (uint32_t i = 0; i < count; i += 16) {
    uint32_t left = count - i;
    __mmask16 mask = left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
    __m512i sum = _mm512_add_epi32(less16(mask, a + i, va, c + i, vc), _mm512_maskz_loadu_epi32(mask, b + i));
    best = _mm512_mask_min_epu32(best, mask, best, sum);
  }
  return _mm512_reduce_min_epu32(best);
}

HJK_AVX512 static uint32_t least_sum4_avx512(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc,
                                             const uint32_t *b, uint32_t rb, const uint32_t *d, uint32_t rd,
                                             uint32_t count) {
  const __m512i va = _mm512_set1_epi32((int)ra), vc = _mm512_set1_epi32((int)rc);
  const __m512i vb = _mm512_set1_epi32((int)rb), vd = _mm512_set1_epi32((int)rd);
  __m512i best = _mm512_set1_epi32(-1);
  for (uint32_t i = 0; i < count; i += 16) {
    uint32_t left = count - i;
    __mmask16 mask = left >= 16 ? (__mmask16)0xffff : (__mmask16)((1u << left) - 1);
    __m512i sum = _mm512_add_epi32(less16(mask, a + i, va, c + i, vc), less16(mask, b + i, vb, d + i, vd));
    best = _mm512_mask_min_epu32(best, mask, best, sum);
  }
  return _mm512_reduce_min_epu32(best);
}
#endif

uint32_t hjk_least_sum2(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b,
                        uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    return least_sum2_avx512(a, ra, c, rc, b, count);
  }
  if (level == 1) {
    return least_sum2_avx2(a, ra, c, rc, b, count);
  }
#endif
  (void)level;
  return least_sum2_plain(a, ra, c, rc, b, 0, count);
}

uint32_t hjk_least_sum4(const uint32_t *a, uint32_t ra, const uint32_t *c, uint32_t rc, const uint32_t *b, uint32_t rb,
                        const uint32_t *d, uint32_t rd, uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    return least_sum4_avx512(a, ra, c, rc, b, rb, d, rd, count);
  }
  if (level == 1) {
    return least_sum4_avx2(a, ra, c, rc, b, rb, d, rd, count);
  }
#endif
  (void)level;
  return least_sum4_plain(a, ra, c, rc, b, rb, d, rd, 0, count);
}

/* ------------------------------------------------------------------------------------------------ rows of times */

#define HJK_INLINE static inline __attribute__((always_inline))

HJK_INLINE int32_t lower_row(uint32_t *restrict row, const uint32_t *restrict a, uint32_t add, uint32_t count) {
  uint32_t changed = 0;
  for (uint32_t i = 0; i < count; i++) {
    uint32_t sum = a[i] + add, old = row[i];
    uint32_t least = sum < old ? sum : old;
    changed |= least ^ old;
    row[i] = least;
  }
  return changed != 0;
}

HJK_INLINE int32_t copy_row(uint32_t *restrict row, const uint32_t *restrict a, uint32_t count) {
  uint32_t changed = 0;
  for (uint32_t i = 0; i < count; i++) {
    changed |= row[i] ^ a[i];
    row[i] = a[i];
  }
  return changed != 0;
}

#if HJK_X86
HJK_AVX2 static int32_t lower_row_avx2(uint32_t *row, const uint32_t *a, uint32_t add, uint32_t count) {
  return lower_row(row, a, add, count);
}
HJK_AVX512 static int32_t lower_row_avx512(uint32_t *row, const uint32_t *a, uint32_t add, uint32_t count) {
  return lower_row(row, a, add, count);
}
HJK_AVX2 static int32_t copy_row_avx2(uint32_t *row, const uint32_t *a, uint32_t count) {
  return copy_row(row, a, count);
}
HJK_AVX512 static int32_t copy_row_avx512(uint32_t *row, const uint32_t *a, uint32_t count) {
  return copy_row(row, a, count);
}
#endif

int32_t hjk_lower_row(uint32_t *row, const uint32_t *a, uint32_t add, uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    return lower_row_avx512(row, a, add, count);
  }
  if (level == 1) {
    return lower_row_avx2(row, a, add, count);
  }
#endif
  (void)level;
  return lower_row(row, a, add, count);
}

int32_t hjk_copy_row(uint32_t *row, const uint32_t *a, uint32_t count, int32_t level) {
#if HJK_X86
  if (level == 2) {
    return copy_row_avx512(row, a, count);
  }
  if (level == 1) {
    return copy_row_avx2(row, a, count);
  }
#endif
  (void)level;
  return copy_row(row, a, count);
}
