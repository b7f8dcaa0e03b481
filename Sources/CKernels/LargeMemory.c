#include "LargeMemory.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__)

#include <sys/mman.h>
#endif

enum { LARGE_PAGE = 2 << 20 };

#if defined(__linux__)
/// Maps whole large pages: more than asked for, then the ends are cut off, so that no page is half ours.
static void *map_large_pages(size_t byte_count) {
  size_t whole = byte_count + LARGE_PAGE;
  char *memory = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  size_t before = (LARGE_PAGE - (uintptr_t)memory % LARGE_PAGE) % LARGE_PAGE;
  if (before > 0) munmap(memory, before);
  if (LARGE_PAGE > before) munmap(memory + before + byte_count, LARGE_PAGE - before);
  // Refused by a container, the table works as well, only slower.
  madvise(memory + before, byte_count, MADV_HUGEPAGE);
  return memory + before;
}
#endif

void *palimpsest_large_memory(size_t byte_count) {
#if defined(__linux__)
  if (byte_count >= LARGE_PAGE && byte_count % LARGE_PAGE == 0) return map_large_pages(byte_count);
#endif
  void *memory = NULL;
  if (posix_memalign(&memory, 64, byte_count) != 0) return NULL;
  return memset(memory, 0, byte_count);
}

void palimpsest_free_large_memory(void *memory, size_t byte_count) {
#if defined(__linux__)
  if (byte_count >= LARGE_PAGE && byte_count % LARGE_PAGE == 0) {
    munmap(memory, byte_count);
    return;
  }
#endif
  free(memory);
}
