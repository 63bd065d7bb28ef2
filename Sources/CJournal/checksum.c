/* CRC32C (Castagnoli, RFC 3720), by the processor's own instruction where it has one. */
#include "hujia_journal.h"

#include <string.h>

#if defined(__x86_64__)
#include <nmmintrin.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("sse4.2")))
static int is_known(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("sse4.2");
}
#define STEP_8(crc, word) (uint32_t) _mm_crc32_u64(crc, word)
#define STEP_1(crc, byte) _mm_crc32_u8(crc, byte)
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define HAS_INSTRUCTION 1
#define WITH_INSTRUCTION __attribute__((target("+crc")))
static int is_known(void) {
  return (getauxval(AT_HWCAP) & 1u << 7) != 0; /* HWCAP_CRC32 */
}
#define STEP_8(crc, word) __crc32cd(crc, word)
#define STEP_1(crc, byte) __crc32cb(crc, byte)
#endif

/* Bit by bit: for processors without the instruction, and what the tests compare it with. */
uint32_t hujia_crc32c_slow(uint32_t crc, const void *bytes, uint64_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (uint64_t index = 0; index < count; index++) {
    crc ^= at[index];
    for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
  }
  return ~crc;
}

int hujia_is_zero(const void *bytes, uint64_t count) {
  const uint8_t *at = bytes;
  for (; count >= 64; at += 64, count -= 64) {
    uint64_t words[8];
    memcpy(words, at, 64);
    if (words[0] | words[1] | words[2] | words[3] | words[4] | words[5] | words[6] | words[7]) return 0;
  }
  for (; count > 0; at++, count--)
    if (*at != 0) return 0;
  return 1;
}

#ifdef HAS_INSTRUCTION
WITH_INSTRUCTION static uint32_t by_instruction(uint32_t crc, const void *bytes, uint64_t count) {
  const uint8_t *at = bytes;
  crc = ~crc;
  for (; count >= 8; at += 8, count -= 8) {
    uint64_t word;
    memcpy(&word, at, 8);
    crc = STEP_8(crc, word);
  }
  for (; count > 0; at++, count--) crc = STEP_1(crc, *at);
  return ~crc;
}
#endif

uint32_t hujia_crc32c(uint32_t crc, const void *bytes, uint64_t count) {
#ifdef HAS_INSTRUCTION
  static uint32_t known; /* 0 not asked yet, 1 yes, 2 no: the same answer for every thread */
  uint32_t answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (answer == 0) {
    answer = is_known() ? 1 : 2;
    __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
  }
  if (answer == 1) return by_instruction(crc, bytes, count);
#endif
  return hujia_crc32c_slow(crc, bytes, count);
}
