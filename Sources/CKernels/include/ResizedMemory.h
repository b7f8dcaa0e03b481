// Memory that grows where it is: for large blocks the system moves pages, not bytes, so that a buffer is never there
// twice.
#pragma once
#include <stddef.h>
#include <stdlib.h>

/// The memory with another size, its content kept as far as it fits; NULL asks for new memory, a size of 0 gives it
/// back. Like Swift's own allocation it ends the program when there is none.
static inline void *palimpsest_resize(void *memory, size_t byte_count) {
  if (byte_count == 0) {
    free(memory);
    return NULL;
  }
  void *resized = realloc(memory, byte_count);
  if (resized == NULL) abort();
  return resized;
}
