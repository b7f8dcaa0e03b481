#include "CharacterClass.h"

const uint8_t palimpsest_ascii_class[128] = {
  0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 3, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0,
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
  0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0,
};

uint32_t palimpsest_category_run_end(uint32_t scalar) {
  uint8_t category = palimpsest_category(scalar);
  do scalar++; while (scalar < 0x110000 && palimpsest_category(scalar) == category);
  return scalar;
}

uint32_t palimpsest_flag_run_end(uint32_t scalar, uint32_t flag) {
  uint32_t value = palimpsest_unicode_flags(scalar) & flag;
  do scalar++; while (scalar < 0x110000 && (palimpsest_unicode_flags(scalar) & flag) == value);
  return scalar;
}
