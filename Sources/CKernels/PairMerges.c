// The table of pairs is larger than the caches near the processor, and what a merge looks up depends on the merge
// before it: a piece by itself waits for memory most of its time. So eight pieces take turns, and each asks for the
// buckets of its next two pairs before it lets the next have its turn.
//
// The keys of a piece are two vectors. A key is replaced by comparing places, so that vectors are read as they were
// written; reading eight keys right behind a write to one of them would wait for the write. Ends of a piece are symbols
// that merge with nothing, so that no merge asks whether there is a neighbour.
#include "PairMerges.h"
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2,lzcnt")))
#define INLINED __attribute__((target("avx2,bmi,bmi2,lzcnt"), always_inline)) static inline

enum { LANES = 8, KEYS = 16 };

/// A piece at work. Symbols have the places 1 to their number, between two that merge with nothing.
typedef struct {
  __m256i low, high;
  uint32_t row[PALIMPSEST_SHORT_PIECE + 2];
  /// The places of symbols that are left, both ends included.
  uint32_t alive;
  /// Of the merge that waits for its keys: the place of what it made, and of the symbol before. `place` is 0 for none.
  uint32_t place, before;
  uint64_t own_pair, before_pair;
  palimpsest_piece *piece;
  /// Whether all symbols are below 256.
  int is_bytes;
} lane;

INLINED uint64_t pair_of(uint32_t left, uint32_t right) { return (uint64_t)left << 20 | right; }

INLINED uint64_t bucket_of(const palimpsest_pair_ranks *ranks, uint64_t pair) {
  return (pair * PALIMPSEST_PAIR_HASH) >> ranks->shift;
}

INLINED void ask_for(const palimpsest_pair_ranks *ranks, uint64_t pair) {
  __builtin_prefetch(ranks->slots + bucket_of(ranks, pair) * 4);
}

/// The key of a pair at place 0: four slots are compared at once, and the one that is equal names its rank.
INLINED uint32_t key_of(const palimpsest_pair_ranks *ranks, uint64_t pair) {
  __m256i wanted = _mm256_set1_epi64x((long long)pair);
  uint64_t bucket = bucket_of(ranks, pair);
  for (;;) {
    const uint64_t *slots = ranks->slots + bucket * 4;
    __m256i all = _mm256_loadu_si256((const __m256i *)slots);
    __m256i found = _mm256_and_si256(all, _mm256_cmpeq_epi64(_mm256_srli_epi64(all, 24), wanted));
    __m128i half = _mm_or_si128(_mm256_castsi256_si128(found), _mm256_extracti128_si256(found, 1));
    uint32_t rank = (uint32_t)_mm_cvtsi128_si32(_mm_or_si128(half, _mm_unpackhi_epi64(half, half))) & 0xFFFFFF;
    // One branch, which is hardly ever taken; whether a pair merges nobody could foretell.
    if (__builtin_expect((rank == 0) & (slots[3] != 0), 0) == 0) return (rank - 1) << 8;
    bucket = (bucket + 1) & (UINT64_MAX >> ranks->shift);
  }
}

/// The smallest of all keys.
INLINED uint32_t smallest(__m256i low, __m256i high) {
  __m256i keys = _mm256_min_epu32(low, high);
  __m128i best = _mm_min_epu32(_mm256_castsi256_si128(keys), _mm256_extracti128_si256(keys, 1));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0x4E));
  best = _mm_min_epu32(best, _mm_shuffle_epi32(best, 0xB1));
  return (uint32_t)_mm_cvtsi128_si32(best);
}

/// Replaces the key at a place; there is none at place 0.
INLINED void replace(lane *lane, uint32_t place, uint32_t key) {
  __m256i places = _mm256_set1_epi32((int)place), keys = _mm256_set1_epi32((int)key);
  __m256i is_low = _mm256_cmpeq_epi32(_mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 8), places);
  __m256i is_high = _mm256_cmpeq_epi32(_mm256_setr_epi32(9, 10, 11, 12, 13, 14, 15, 16), places);
  lane->low = _mm256_blendv_epi8(lane->low, keys, is_low);
  lane->high = _mm256_blendv_epi8(lane->high, keys, is_high);
}

INLINED void start(const palimpsest_pair_ranks *ranks, lane *lane, palimpsest_piece *piece) {
  int count = (int)piece->count;
  lane->piece = piece;
  lane->place = 0;
  lane->alive = (1u << (count + 2)) - 1;
  lane->row[0] = PALIMPSEST_NO_SYMBOL;
  // All symbols, whatever their number, so that no branch depends on it.
  memcpy(lane->row + 1, piece->symbols, sizeof(uint32_t) * PALIMPSEST_SHORT_PIECE);
  lane->row[count + 1] = PALIMPSEST_NO_SYMBOL;
  lane->is_bytes = 1;
  for (int index = 1; index < count; index++) {
    uint32_t left = lane->row[index], right = lane->row[index + 1];
    if ((left | right) < 256) continue;
    lane->is_bytes = 0;
    ask_for(ranks, pair_of(left, right));
  }
}

/// The keys of eight pairs of bytes, the first of them at `place`.
INLINED __m256i byte_keys(const palimpsest_pair_ranks *ranks, const lane *lane, int place) {
  __m256i left = _mm256_loadu_si256((const __m256i *)(lane->row + place));
  __m256i right = _mm256_loadu_si256((const __m256i *)(lane->row + place + 1));
  __m256i places = _mm256_add_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32(place));
  // Behind the last pair may stand anything.
  __m256i is_pair = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)lane->piece->count), places);
  __m256i pairs = _mm256_and_si256(_mm256_or_si256(_mm256_slli_epi32(left, 8), right), is_pair);
  __m256i keys = _mm256_i32gather_epi32((const int *)ranks->byte_pairs, pairs, 4);
  return _mm256_blendv_epi8(_mm256_set1_epi32((int)PALIMPSEST_NO_MERGE), _mm256_or_si256(keys, places), is_pair);
}

/// The keys of a piece that has been started.
INLINED void fill(const palimpsest_pair_ranks *ranks, lane *lane) {
  if (lane->is_bytes) {
    lane->low = byte_keys(ranks, lane, 1);
    lane->high = byte_keys(ranks, lane, 9);
    return;
  }
  uint32_t keys[KEYS];
  int count = (int)lane->piece->count;
  for (int index = 1; index < count; index++) {
    uint32_t left = lane->row[index], right = lane->row[index + 1];
    uint32_t key =
      (left | right) < 256 ? ranks->byte_pairs[left << 8 | right] : key_of(ranks, pair_of(left, right));
    keys[index - 1] = key | (uint32_t)index;
  }
  for (int index = count - 1; index < KEYS; index++) keys[index] = PALIMPSEST_NO_MERGE;
  lane->low = _mm256_loadu_si256((const __m256i *)keys);
  lane->high = _mm256_loadu_si256((const __m256i *)(keys + 8));
}

/// Takes the keys that the last turn asked for, does the next merge and asks for its keys. Returns whether there was
/// one.
INLINED int turn(const palimpsest_pair_ranks *ranks, lane *lane) {
  if (lane->place == 0) {
    fill(ranks, lane);
  } else {
    replace(lane, lane->place, key_of(ranks, lane->own_pair) | lane->place);
    replace(lane, lane->before, key_of(ranks, lane->before_pair) | lane->before);
  }
  uint32_t best = smallest(lane->low, lane->high);
  if (best >= PALIMPSEST_NO_MERGE) return 0;
  uint32_t place = best & 0xFF, rank = best >> 8;
  uint32_t symbol = ranks->merged == NULL ? rank + ranks->merged_offset : ranks->merged[rank];
  uint32_t later = lane->alive & (~1u << place);
  uint32_t behind = _tzcnt_u32(later), after = _tzcnt_u32(_blsr_u32(later));
  uint32_t before = 31 - _lzcnt_u32(_bzhi_u32(lane->alive, place));
  lane->alive &= ~(1u << behind);
  lane->row[place] = symbol;
  lane->place = place;
  lane->before = before;
  lane->own_pair = pair_of(symbol, lane->row[after]);
  lane->before_pair = pair_of(lane->row[before], symbol);
  ask_for(ranks, lane->own_pair);
  ask_for(ranks, lane->before_pair);
  replace(lane, behind, PALIMPSEST_NO_MERGE);
  return 1;
}

INLINED void finish(lane *lane) {
  palimpsest_piece *piece = lane->piece;
  uint32_t alive = lane->alive & ~(1u << (piece->count + 1)) & ~1u;
  int kept = 0;
  for (; alive != 0; alive = _blsr_u32(alive)) piece->symbols[kept++] = lane->row[_tzcnt_u32(alive)];
  piece->count = kept;
}

TARGET static void merge_avx2(const palimpsest_pair_ranks *ranks, palimpsest_piece *pieces, int count) {
  lane lanes[LANES];
  int active = count < LANES ? count : LANES, next = active;
  for (int index = 0; index < active; index++) start(ranks, &lanes[index], &pieces[index]);
  while (active > 0) {
    for (int index = 0; index < active; index++) {
      lane *lane = &lanes[index];
      if (turn(ranks, lane)) continue;
      finish(lane);
      if (next < count) {
        start(ranks, lane, &pieces[next++]);
      } else {
        active--;
        if (index < active) *lane = lanes[active];
        index--;
      }
    }
  }
}

palimpsest_merge_kernel palimpsest_short_merges(void) {
  __builtin_cpu_init();
  int is_there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  return is_there ? merge_avx2 : NULL;
}

#else

palimpsest_merge_kernel palimpsest_short_merges(void) { return NULL; }

#endif
