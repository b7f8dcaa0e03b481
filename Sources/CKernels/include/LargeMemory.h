// Memory for tables that are read at random, on large pages where there are any, asked for before the first touch.
#pragma once
#include <stddef.h>

/// Zeroed memory, which takes nothing from the system before it is touched; NULL when there is none to be had.
/// Aligned to 64 bytes, and to large pages where it consists of them.
void *palimpsest_large_memory(size_t byte_count);

/// Gives back what `palimpsest_large_memory` gave for the same number of bytes.
void palimpsest_free_large_memory(void *memory, size_t byte_count);
