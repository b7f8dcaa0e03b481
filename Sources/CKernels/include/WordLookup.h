// From the masks of a window to the keys of its words, and from keys to ids: the loops that every word goes through.
#pragma once
#include <stdint.h>

#pragma clang assume_nonnull begin

/// A word that was found: `PendingPiece` and its `WordKey` in Swift.
typedef struct {
  uint64_t low, high, hash;
  int64_t start;
} palimpsest_word;

/// A word that is long, not remembered or has more ids than its slot holds, and how many ids were written before it.
typedef struct {
  int32_t word, ids_before;
} palimpsest_missed;

/// Factors of the two halves of a key in its hash.
#define PALIMPSEST_HASH_LOW 0x9E3779B97F4A7C15ull
#define PALIMPSEST_HASH_HIGH 0xD6E8FEB86659FD93ull

/// Writes the ids of all words whose slot holds them, one word behind the other, and lists the other words. Returns the
/// number of ids. Room for 8 ids a word.
typedef int (*palimpsest_append_kernel)(const palimpsest_word *words, int count, const void *slots, uint64_t shift,
                                        uint32_t *ids, palimpsest_missed *missed, int *missed_count);

typedef struct {
  /// Writes the words between `starts` and `ends`, a bit each, up to the first of more than 15 bytes, and has their
  /// slots on the way. What was written is gone from the masks. Returns the number of words.
  ///
  /// From every start 16 bytes may be read; `offset` is added to where words start.
  int (*find)(const uint8_t *text, uint64_t *starts, uint64_t *ends, int64_t offset, const void *slots, uint64_t shift,
              palimpsest_word *words);
  /// Ids lie in slots as `NarrowIDs` and `WideIDs` say.
  palimpsest_append_kernel append_narrow, append_wide;
} palimpsest_word_kernels;

/// The fast ways that this processor knows; NULL if there are none.
const palimpsest_word_kernels *_Nullable palimpsest_words(void);

#pragma clang assume_nonnull end
