// Slots are 32 bytes: a key of 16, then ids. The number of slots is 1 << (64 - shift).
#include "WordLookup.h"
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

enum { SLOT = 32 };

#define HERE __attribute__((target("avx2,bmi,bmi2")))

static inline uint64_t load_word(const void *bytes) {
  uint64_t word;
  memcpy(&word, bytes, sizeof word);
  return word;
}

HERE static int find(const uint8_t *text, uint64_t *starts, uint64_t *ends, int64_t offset, const void *slots,
                     uint64_t shift, palimpsest_word *words) {
  uint64_t rest_starts = *starts, rest_ends = *ends;
  palimpsest_word *word = words;
  while (rest_ends != 0) {
    uint64_t start = _tzcnt_u64(rest_starts);
    uint64_t count = _tzcnt_u64(rest_ends) - start;
    if (count > 15) break;
    rest_starts = _blsr_u64(rest_starts);
    rest_ends = _blsr_u64(rest_ends);
    // Cutting behind bit 64 or beyond cuts nothing.
    uint64_t bits = count * 8;
    uint64_t low = _bzhi_u64(load_word(text + start), bits);
    uint64_t high = _bzhi_u64(load_word(text + start + 8), bits < 64 ? 0 : bits - 64) | count << 56;
    uint64_t hash = low * PALIMPSEST_HASH_LOW + high * PALIMPSEST_HASH_HIGH;
    __builtin_prefetch((const char *)slots + (hash >> shift) * SLOT);
    word->low = low;
    word->high = high;
    word->hash = hash;
    word->start = offset + (int64_t)start;
    word++;
  }
  *starts = rest_starts;
  *ends = rest_ends;
  return (int)(word - words);
}

/// The slot of a word, or NULL.
__attribute__((target("avx2,bmi,bmi2"), always_inline)) static inline const char *find_slot(
  const palimpsest_word *word, const char *slots, uint64_t shift) {
  __m128i key = _mm_loadu_si128((const __m128i *)word);
  uint64_t place = word->hash >> shift;
  for (;;) {
    const char *slot = slots + place * SLOT;
    __m128i difference = _mm_xor_si128(key, _mm_loadu_si128((const __m128i *)slot));
    if (__builtin_expect(_mm_testz_si128(difference, difference), 1)) return slot;
    if (load_word(slot + 8) == 0) return NULL;
    place = (place + 1) & (UINT64_MAX >> shift);
  }
}

HERE static int append_narrow(const palimpsest_word *words, int count, const void *slots, uint64_t shift, uint32_t *ids,
                              palimpsest_missed *missed, int *missed_count) {
  int written = 0, missing = 0;
  for (int index = 0; index < count; index++) {
    const char *slot = find_slot(words + index, slots, shift);
    uint16_t id_count = 8;
    if (slot != NULL) memcpy(&id_count, slot + 30, sizeof id_count);
    if (id_count > 7) {
      missed[missing++] = (palimpsest_missed){index, written};
      continue;
    }
    __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)(slot + 16)));
    _mm256_storeu_si256((__m256i *)(ids + written), wide);
    written += id_count;
  }
  *missed_count = missing;
  return written;
}

HERE static int append_wide(const palimpsest_word *words, int count, const void *slots, uint64_t shift, uint32_t *ids,
                            palimpsest_missed *missed, int *missed_count) {
  int written = 0, missing = 0;
  for (int index = 0; index < count; index++) {
    const char *slot = find_slot(words + index, slots, shift);
    uint32_t id_count = 4;
    if (slot != NULL) memcpy(&id_count, slot + 28, sizeof id_count);
    if (id_count > 3) {
      missed[missing++] = (palimpsest_missed){index, written};
      continue;
    }
    _mm_storeu_si128((__m128i *)(ids + written), _mm_loadu_si128((const __m128i *)(slot + 16)));
    written += (int)id_count;
  }
  *missed_count = missing;
  return written;
}

const palimpsest_word_kernels *palimpsest_words(void) {
  static const palimpsest_word_kernels kernels = {find, append_narrow, append_wide};
  __builtin_cpu_init();
  int is_there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  return is_there ? &kernels : NULL;
}

#else

const palimpsest_word_kernels *palimpsest_words(void) { return NULL; }

#endif
