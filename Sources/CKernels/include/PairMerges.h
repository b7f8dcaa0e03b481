// Byte-pair merges of short pieces, several at a time.
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// The merges of a byte-pair encoding by pair.
///
///     slot   | left, 20 bits | right, 20 bits | rank + 1, 24 bits |     0 is empty
///
/// Four slots are a bucket, which is half a cache line; a pair is in the bucket that its hash names, or where that is
/// full in one behind it. The last bucket is followed by the first.
typedef struct {
  const uint64_t *slots;
  /// 64 - log2 of the number of buckets; at most 63.
  uint64_t shift;
  /// By left << 8 | right, both below 256: rank << 8, or `PALIMPSEST_NO_MERGE`.
  const uint32_t *byte_pairs;
  /// By rank: what the pair becomes; NULL where it is rank + `merged_offset` for all.
  const uint32_t *_Nullable merged;
  uint32_t merged_offset;
} palimpsest_pair_ranks;

/// The key of a pair that does not merge; keys are rank << 8 | place.
#define PALIMPSEST_NO_MERGE 0xFFFFFF00u
/// A symbol that no pair has.
#define PALIMPSEST_NO_SYMBOL 0xFFFFFu
/// Symbols of the longest piece that the kernel takes.
#define PALIMPSEST_SHORT_PIECE 17

/// Multiplied with a pair, it has the bucket in its top bits.
#define PALIMPSEST_PAIR_HASH 0x9E3779B97F4A7C15ull

/// A piece: `count` symbols, 2 to `PALIMPSEST_SHORT_PIECE`, in memory for `PALIMPSEST_SHORT_PIECE` of them.
typedef struct {
  uint32_t *symbols;
  int64_t count;
} palimpsest_piece;

/// Merges the symbols of each piece in place, lowest rank first, leftmost first, until no pair merges; `count` is then
/// how many are left.
typedef void (*palimpsest_merge_kernel)(const palimpsest_pair_ranks *ranks, palimpsest_piece *pieces, int count);

/// The fast way that this processor knows; NULL if there is none.
palimpsest_merge_kernel _Nullable palimpsest_short_merges(void);

#pragma clang assume_nonnull end
