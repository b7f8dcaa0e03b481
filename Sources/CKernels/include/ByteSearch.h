// The C library's search for a byte, which knows the processor better than a loop of ours does.
#pragma once
#include <stdint.h>
#include <string.h>

/// The first place among `count` bytes that holds `byte`; NULL if there is none.
static inline const uint8_t *palimpsest_find_byte(const uint8_t *bytes, size_t count, uint8_t byte) {
  return memchr(bytes, byte, count);
}
