// Made by Tools/make_unicode_tables.py from Hugging Face tokenizers 0.23.3; do not edit.
#pragma once
#include <stdint.h>

enum PalimpsestUnicodeFlag {
  PALIMPSEST_CLEAN_REMOVED = 1 << 0,  // BERT's cleaning drops it
  PALIMPSEST_CLEAN_SPACE = 1 << 1,  // BERT's cleaning makes it U+0020
  PALIMPSEST_CJK = 1 << 2,  // BERT puts spaces around it
  PALIMPSEST_PUNCTUATION = 1 << 3,  // BERT and Punctuation isolate it (Unicode 8)
  PALIMPSEST_NONSPACING_MARK = 1 << 4,  // dropped by BERT with the accents (Unicode 8)
  PALIMPSEST_MARK = 1 << 5,  // dropped by StripAccents (Unicode 9)
  PALIMPSEST_WHITE_SPACE = 1 << 6,  // white space
  PALIMPSEST_LETTER = 1 << 7,  // \p{L} (Unicode 16)
  PALIMPSEST_NUMBER = 1 << 8,  // \p{N} (Unicode 16)
  PALIMPSEST_WORD = 1 << 9,  // \w of Whitespace and of added tokens (Unicode 16)
  PALIMPSEST_NUMERIC = 1 << 10,  // Digits isolates it (Unicode 17)
  PALIMPSEST_UPPERCASE = 1 << 11,  // \p{Lu}
  PALIMPSEST_LOWERCASE = 1 << 12,  // \p{Ll}
  PALIMPSEST_TITLECASE = 1 << 13,  // \p{Lt}
  PALIMPSEST_MODIFIER_LETTER = 1 << 14,  // \p{Lm}
  PALIMPSEST_OTHER_LETTER = 1 << 15,  // \p{Lo}
  PALIMPSEST_REGEX_MARK = 1 << 16,  // \p{M} (Unicode 16)
  PALIMPSEST_NFC_INERT = 1 << 17,  // NFC of a run of these is the run
  PALIMPSEST_NFD_INERT = 1 << 18,  // NFD of a run of these is the run
  PALIMPSEST_NFKC_INERT = 1 << 19,  // NFKC of a run of these is the run
  PALIMPSEST_NFKD_INERT = 1 << 20,  // NFKD of a run of these is the run
};

#define PALIMPSEST_COMPOSITION_COUNT 940
extern const uint8_t palimpsest_flags_index[8704];
extern const uint8_t palimpsest_flags_leaf[32384];
extern const uint32_t palimpsest_flags_kind[256];
extern const uint16_t palimpsest_class_index[8704];
extern const uint8_t palimpsest_class_leaf[9728];
extern const uint32_t palimpsest_composition_first[940];
extern const uint32_t palimpsest_composition_second[940];
extern const uint32_t palimpsest_composition_result[940];
extern const uint16_t palimpsest_nfd_index[8704];
extern const uint16_t palimpsest_nfd_leaf[6912];
extern const uint16_t palimpsest_nfd_offset[2062];
extern const uint8_t palimpsest_nfd_pool[7861];
extern const uint16_t palimpsest_nfkd_index[8704];
extern const uint16_t palimpsest_nfkd_leaf[13056];
extern const uint16_t palimpsest_nfkd_offset[5724];
extern const uint8_t palimpsest_nfkd_pool[18099];
extern const uint16_t palimpsest_lowercase_index[8704];
extern const uint16_t palimpsest_lowercase_leaf[4864];
extern const uint16_t palimpsest_lowercase_offset[1490];
extern const uint8_t palimpsest_lowercase_pool[4254];
