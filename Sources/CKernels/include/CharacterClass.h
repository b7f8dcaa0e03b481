// The classes that the splitting patterns of byte-level tokenizers tell apart.
#pragma once
#include <stdint.h>
#include "CategoryTables.h"
#include "UnicodeLookup.h"

enum PalimpsestCharacterClass {
  PALIMPSEST_CLASS_OTHER = 0,
  PALIMPSEST_CLASS_LETTER = 1,   // \p{L}
  PALIMPSEST_CLASS_NUMBER = 2,   // \p{N}
  PALIMPSEST_CLASS_SPACE = 3,    // \s but CR and LF; this and what is above it is \s
  PALIMPSEST_CLASS_NEWLINE = 4,  // CR and LF
};

/// By ASCII character.
extern const uint8_t palimpsest_ascii_class[128];

static inline uint8_t palimpsest_byte_class(uint8_t byte) { return palimpsest_ascii_class[byte & 127]; }

static inline uint8_t palimpsest_character_class(uint32_t scalar) {
  if (scalar < 128) return palimpsest_ascii_class[scalar];
  uint32_t flags = palimpsest_unicode_flags(scalar);
  if (flags & PALIMPSEST_LETTER) return PALIMPSEST_CLASS_LETTER;
  if (flags & PALIMPSEST_NUMBER) return PALIMPSEST_CLASS_NUMBER;
  if (flags & PALIMPSEST_WHITE_SPACE) return PALIMPSEST_CLASS_SPACE;
  return PALIMPSEST_CLASS_OTHER;
}

/// The first code point behind `scalar` that has another general category, or another answer to a flag; 0x110000 at the
/// end. For listing the members of a class.
uint32_t palimpsest_category_run_end(uint32_t scalar);
uint32_t palimpsest_flag_run_end(uint32_t scalar, uint32_t flag);
