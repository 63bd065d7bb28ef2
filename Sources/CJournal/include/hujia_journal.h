/* What the journal needs and Swift cannot say: a checksum by the processor's own instruction, and three calls of Linux
 * that Swift's Glibc leaves out. No function allocates or keeps state. */
#ifndef HUJIA_JOURNAL_H
#define HUJIA_JOURNAL_H

#include <stdint.h>

/* CRC32C of `count` bytes, going on from `crc` (0 to begin). About 8 bytes in 3 cycles where the processor has the
 * instruction. */
uint32_t hujia_crc32c(uint32_t crc, const void *bytes, uint64_t count);

/* The same bit by bit. */
uint32_t hujia_crc32c_slow(uint32_t crc, const void *bytes, uint64_t count);

/* Whether all of them are zero. */
int hujia_is_zero(const void *bytes, uint64_t count);

/* f_type of the file system that a descriptor is on; 0 when it is not told. */
uint64_t hujia_file_system(int descriptor);

/* A file in memory without a name, closed by exec; -1 with errno. */
int hujia_memory_file(void);

/* Fills `bytes` with random ones; waits where the system has none yet. */
void hujia_random(void *bytes, uint64_t count);

#endif
