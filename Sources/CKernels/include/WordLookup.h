// From the masks of a window to the keys of its words, and from keys to ids: the two loops that every word goes through.
#pragma once
#include <stdint.h>

/// A word that was found: `PendingPiece` and its `WordKey` in Swift.
typedef struct {
  uint64_t low, high, hash;
  int64_t start;
} palimpsest_word;

/// Factors of the two halves of a key in its hash.
#define PALIMPSEST_HASH_LOW 0x9E3779B97F4A7C15ull
#define PALIMPSEST_HASH_HIGH 0xD6E8FEB86659FD93ull

typedef struct {
  /// Writes the words between `starts` and `ends`, a bit each, up to the first of more than 15 bytes, and has their slots
  /// on the way. What was written is gone from the masks. Returns the number of words.
  ///
  /// From every start 16 bytes may be read; `offset` is added to where words start.
  int (*find)(const uint8_t *text, uint64_t *starts, uint64_t *ends, int64_t offset, const void *slots, uint64_t shift,
              palimpsest_word *words);
  /// Writes the ids of words up to the first that is not remembered or has its ids elsewhere, and moves `output` behind
  /// them. Returns the number of words. Room for 8 ids a word. Ids lie in slots as `NarrowIDs` and `WideIDs` say.
  int (*append_narrow)(const palimpsest_word *words, int count, const void *slots, uint64_t shift, uint32_t **output);
  int (*append_wide)(const palimpsest_word *words, int count, const void *slots, uint64_t shift, uint32_t **output);
} palimpsest_word_kernels;

/// The fast ways that this processor knows; NULL if there are none.
const palimpsest_word_kernels *palimpsest_words(void);
