// Made by Tools/make_segmentation_tables.py from Hugging Face tokenizers 0.23.3; do not edit.
#pragma once
#include <stdint.h>

/// What a scalar does to the grapheme cluster it stands in.
enum PalimpsestGraphemeClass {
  PALIMPSEST_GRAPHEME_OTHER = 0,
  PALIMPSEST_GRAPHEME_CR = 1,
  PALIMPSEST_GRAPHEME_LF = 2,
  PALIMPSEST_GRAPHEME_CONTROL = 3,  // joins nothing
  PALIMPSEST_GRAPHEME_EXTEND = 4,  // joins what is before it
  PALIMPSEST_GRAPHEME_EXTEND_BREAKING_CONJUNCT = 5,  // EXTEND, but not between a linker and a consonant
  PALIMPSEST_GRAPHEME_LINKER = 6,  // EXTEND that links two consonants
  PALIMPSEST_GRAPHEME_JOINER = 7,  // U+200D
  PALIMPSEST_GRAPHEME_SPACING_MARK = 8,  // joins what is before it
  PALIMPSEST_GRAPHEME_PREPEND = 9,  // joins what follows
  PALIMPSEST_GRAPHEME_PICTOGRAPH = 10,
  PALIMPSEST_GRAPHEME_LEAD = 11,  // Hangul, as the next four
  PALIMPSEST_GRAPHEME_VOWEL = 12,
  PALIMPSEST_GRAPHEME_TRAIL = 13,
  PALIMPSEST_GRAPHEME_LV = 14,
  PALIMPSEST_GRAPHEME_LVT = 15,
  PALIMPSEST_GRAPHEME_CONSONANT = 16,  // of an Indic conjunct
};

extern const uint16_t palimpsest_grapheme_index[8704];
extern const uint8_t palimpsest_grapheme_leaf[20864];

static inline uint8_t palimpsest_grapheme(uint32_t scalar) {
  if (scalar > 0x10FFFF) return 0;
  return palimpsest_grapheme_leaf[(uint32_t)palimpsest_grapheme_index[scalar >> 7] << 7 | (scalar & 127)];
}

extern const uint16_t palimpsest_script_index[8704];
extern const uint8_t palimpsest_script_leaf[26752];

static inline uint8_t palimpsest_script(uint32_t scalar) {
  if (scalar > 0x10FFFF) return 0;
  return palimpsest_script_leaf[(uint32_t)palimpsest_script_index[scalar >> 7] << 7 | (scalar & 127)];
}
