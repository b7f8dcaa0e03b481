// 64 bytes to eight masks: which of them have which property. Splitting text is then arithmetic on masks.
#pragma once
#include <stdint.h>

/// Looks up 64 bytes in a table of properties, one bit each.
///
/// Bit `i` of `planes[p]` is bit `p` of `properties[bytes[i]]`, for p from 0 to 6 and ASCII bytes; of other bytes, bit
/// `i` of `planes[7]` alone is set.
typedef void (*palimpsest_byte_planes_kernel)(
  const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]);

/// The fastest way that this processor knows.
palimpsest_byte_planes_kernel palimpsest_byte_planes(void);

/// The same in plain C: what the others must equal.
void palimpsest_byte_planes_portable(const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]);

/// The ways that this processor knows, the plain one first; returns their number, at most 4.
int palimpsest_byte_planes_kernels(palimpsest_byte_planes_kernel kernels[4]);
