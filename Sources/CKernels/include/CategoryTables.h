// Made by Tools/make_category_tables.py from Hugging Face tokenizers 0.23.3; do not edit.
#pragma once
#include <stdint.h>

// General categories of Unicode 16.
enum PalimpsestCategory {
  PALIMPSEST_CATEGORY_CN = 0,
  PALIMPSEST_CATEGORY_LU = 1,
  PALIMPSEST_CATEGORY_LL = 2,
  PALIMPSEST_CATEGORY_LT = 3,
  PALIMPSEST_CATEGORY_LM = 4,
  PALIMPSEST_CATEGORY_LO = 5,
  PALIMPSEST_CATEGORY_MN = 6,
  PALIMPSEST_CATEGORY_MC = 7,
  PALIMPSEST_CATEGORY_ME = 8,
  PALIMPSEST_CATEGORY_ND = 9,
  PALIMPSEST_CATEGORY_NL = 10,
  PALIMPSEST_CATEGORY_NO = 11,
  PALIMPSEST_CATEGORY_PC = 12,
  PALIMPSEST_CATEGORY_PD = 13,
  PALIMPSEST_CATEGORY_PS = 14,
  PALIMPSEST_CATEGORY_PE = 15,
  PALIMPSEST_CATEGORY_PI = 16,
  PALIMPSEST_CATEGORY_PF = 17,
  PALIMPSEST_CATEGORY_PO = 18,
  PALIMPSEST_CATEGORY_SM = 19,
  PALIMPSEST_CATEGORY_SC = 20,
  PALIMPSEST_CATEGORY_SK = 21,
  PALIMPSEST_CATEGORY_SO = 22,
  PALIMPSEST_CATEGORY_ZS = 23,
  PALIMPSEST_CATEGORY_ZL = 24,
  PALIMPSEST_CATEGORY_ZP = 25,
  PALIMPSEST_CATEGORY_CC = 26,
  PALIMPSEST_CATEGORY_CF = 27,
  PALIMPSEST_CATEGORY_CO = 28,
  PALIMPSEST_CATEGORY_CS = 29,
};

extern const uint16_t palimpsest_category_index[8704];
extern const uint8_t palimpsest_category_leaf[33664];

static inline uint8_t palimpsest_category(uint32_t scalar) {
  if (scalar > 0x10FFFF) return PALIMPSEST_CATEGORY_CN;
  uint32_t block = palimpsest_category_index[scalar >> 7];
  return palimpsest_category_leaf[block << 7 | (scalar & 127)];
}
