// Ids of two bytes each to ids of four: a loop that every compiler makes two instructions of.
#pragma once
#include <stdint.h>
#include <string.h>

/// Widens `count` ids.
static inline void palimpsest_widen_ids(const void *narrow, int count, uint32_t *ids) {
  for (int index = 0; index < count; index++) {
    uint16_t id;
    memcpy(&id, (const char *)narrow + index * 2, sizeof id);
    ids[index] = id;
  }
}
