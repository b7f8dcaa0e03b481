// Looking up UnicodeTables: Swift imports a C array as a tuple, so it asks through these. Every value is allowed: what is
// no code point has no flags, no class and no mapping.
#pragma once
#include <stddef.h>
#include <stdint.h>
#include "UnicodeTables.h"

/// The bits of PalimpsestUnicodeFlag.
static inline uint32_t palimpsest_unicode_flags(uint32_t scalar) {
  if (scalar > 0x10FFFF) return 0;
  uint32_t block = palimpsest_flags_index[scalar >> 7];
  return palimpsest_flags_kind[palimpsest_flags_leaf[block << 7 | (scalar & 127)]];
}

/// The canonical combining class (Unicode 9).
static inline uint8_t palimpsest_combining_class(uint32_t scalar) {
  if (scalar > 0x10FFFF) return 0;
  uint32_t block = palimpsest_class_index[scalar >> 7];
  return palimpsest_class_leaf[block << 7 | (scalar & 127)];
}

#define PALIMPSEST_MAPPING(name)                                                                       \
  static inline const uint8_t *palimpsest_##name(uint32_t scalar, uint32_t *count) {                   \
    *count = 0;                                                                                        \
    if (scalar > 0x10FFFF) return NULL;                                                                \
    uint32_t block = palimpsest_##name##_index[scalar >> 7];                                           \
    uint32_t number = palimpsest_##name##_leaf[block << 7 | (scalar & 127)];                           \
    if (number == 0) return NULL;                                                                      \
    *count = (uint32_t)(palimpsest_##name##_offset[number + 1] - palimpsest_##name##_offset[number]);  \
    return palimpsest_##name##_pool + palimpsest_##name##_offset[number];                              \
  }

// The UTF-8 that a code point maps to, and its length; NULL where it maps to itself. Hangul is left to arithmetic.
PALIMPSEST_MAPPING(nfd)
PALIMPSEST_MAPPING(nfkd)
PALIMPSEST_MAPPING(lowercase)

/// The composition of two code points, 0 if there is none. Hangul is left to arithmetic.
static inline uint32_t palimpsest_composition(uint32_t first, uint32_t second) {
  size_t low = 0, high = PALIMPSEST_COMPOSITION_COUNT;
  while (low < high) {
    size_t middle = (low + high) / 2;
    uint32_t a = palimpsest_composition_first[middle], b = palimpsest_composition_second[middle];
    if (a == first && b == second) return palimpsest_composition_result[middle];
    if (a < first || (a == first && b < second)) low = middle + 1; else high = middle;
  }
  return 0;
}
