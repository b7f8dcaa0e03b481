// A merge changes three keys. In memory, eight keys would be read right behind a write to one of them, which waits until
// the write is done; in registers, a key is replaced by comparing places, and nothing waits. Ends of the piece are
// symbols that merge with nothing, so that no merge asks whether there is a neighbour.
#include "PairMerges.h"
#include <stddef.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define HERE __attribute__((target("avx2,bmi,bmi2,lzcnt"), always_inline)) static inline

/// The key of a pair at place 0: four slots are compared at once, and the one that is equal names its rank.
HERE uint32_t pair_key(const palimpsest_pair_ranks *ranks, uint32_t left, uint32_t right) {
  uint64_t pair = (uint64_t)left << 20 | right;
  __m256i wanted = _mm256_set1_epi64x((long long)pair);
  uint64_t bucket = (pair * PALIMPSEST_PAIR_HASH) >> ranks->shift;
  for (;;) {
    const uint64_t *slots = ranks->slots + bucket * 4;
    __m256i bucket_slots = _mm256_loadu_si256((const __m256i *)slots);
    __m256i found = _mm256_and_si256(bucket_slots, _mm256_cmpeq_epi64(_mm256_srli_epi64(bucket_slots, 24), wanted));
    __m128i half = _mm_or_si128(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1));
    uint32_t rank = (uint32_t)_mm_cvtsi128_si32(_mm_or_si128(half, _mm_unpackhi_epi64(half, half))) & 0xFFFFFF;
    if (__builtin_expect(rank != 0 || slots[3] == 0, 1)) return (rank - 1) << 8;
    bucket = (bucket + 1) & (UINT64_MAX >> ranks->shift);
  }
}

/// The smallest of eight keys.
HERE uint32_t smallest(__m256i keys) {
  __m128i best = _mm_min_epu32(_mm256_castsi256_si128(keys), _mm256_extracti128_si256(keys, 1));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0x4E));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0xB1));
  return (uint32_t)_mm_cvtsi128_si32(best);
}

/// `keys` with the one at `place`, if it is among `places`, replaced.
HERE __m256i replaced(__m256i keys, __m256i places, __m256i place, __m256i key) {
  return _mm256_blendv_epi8(keys, key, _mm256_cmpeq_epi32(places, place));
}

/// `is_wide` is constant: whether there are more than eight pairs.
HERE int merge(const palimpsest_pair_ranks *ranks, uint32_t *symbols, int count, int is_wide) {
  // Symbols have the places 1 to `count`, between two that merge with nothing.
  uint32_t row[PALIMPSEST_SHORT_PIECE + 2];
  uint32_t first_keys[16];
  row[0] = PALIMPSEST_NO_SYMBOL;
  row[count + 1] = PALIMPSEST_NO_SYMBOL;
  for (int index = 0; index < count; index++) row[index + 1] = symbols[index];
  for (int index = 1; index < count; index++) {
    uint32_t left = row[index], right = row[index + 1];
    uint32_t key = (left | right) < 256 ? ranks->byte_pairs[left << 8 | right] : pair_key(ranks, left, right);
    first_keys[index - 1] = key | (uint32_t)index;
  }
  for (int index = count - 1; index < (is_wide ? 16 : 8); index++) first_keys[index] = PALIMPSEST_NO_MERGE;
  __m256i low_places = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8);
  __m256i high_places = _mm256_setr_epi32(9, 10, 11, 12, 13, 14, 15, 16);
  __m256i low = _mm256_loadu_si256((const __m256i *)first_keys);
  __m256i high = is_wide ? _mm256_loadu_si256((const __m256i *)(first_keys + 8)) : low;
  __m256i none = _mm256_set1_epi32((int)PALIMPSEST_NO_MERGE);
  uint32_t alive = (1u << (count + 2)) - 1;
  for (;;) {
    uint32_t best = smallest(is_wide ? _mm256_min_epu32(low, high) : low);
    if (best >= PALIMPSEST_NO_MERGE) break;
    uint32_t place = best & 0xFF, rank = best >> 8;
    uint32_t symbol = ranks->merged == NULL ? rank + ranks->merged_offset : ranks->merged[rank];
    uint32_t behind_mask = alive & (~1u << place);
    uint32_t behind = _tzcnt_u32(behind_mask);
    uint32_t after = _tzcnt_u32(_blsr_u32(behind_mask));
    uint32_t before = 31 - _lzcnt_u32(_bzhi_u32(alive, place));
    alive &= ~(1u << behind);
    row[place] = symbol;
    __m256i own_key = _mm256_set1_epi32((int)(pair_key(ranks, symbol, row[after]) | place));
    __m256i before_key = _mm256_set1_epi32((int)(pair_key(ranks, row[before], symbol) | before));
    __m256i own_place = _mm256_set1_epi32((int)place);
    __m256i before_place = _mm256_set1_epi32((int)before);
    __m256i behind_place = _mm256_set1_epi32((int)behind);
    low = replaced(low, low_places, behind_place, none);
    low = replaced(low, low_places, own_place, own_key);
    low = replaced(low, low_places, before_place, before_key);
    if (is_wide) {
      high = replaced(high, high_places, behind_place, none);
      high = replaced(high, high_places, own_place, own_key);
      high = replaced(high, high_places, before_place, before_key);
    }
  }
  int kept = 0;
  alive &= ~(1u << (count + 1)) & ~1u;
  for (; alive != 0; alive = _blsr_u32(alive)) symbols[kept++] = row[_tzcnt_u32(alive)];
  return kept;
}

__attribute__((target("avx2,bmi,bmi2,lzcnt")))
static int merge_avx2(const palimpsest_pair_ranks *ranks, uint32_t *symbols, int count) {
  return count <= 9 ? merge(ranks, symbols, count, 0) : merge(ranks, symbols, count, 1);
}

palimpsest_merge_kernel palimpsest_short_merges(void) {
  __builtin_cpu_init();
  int is_there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  return is_there ? merge_avx2 : NULL;
}

#else

palimpsest_merge_kernel palimpsest_short_merges(void) { return NULL; }

#endif
