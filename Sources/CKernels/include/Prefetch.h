// Asking for memory before it is needed: Swift has no name for the instruction.
#pragma once

static inline void palimpsest_prefetch(const void *address) { __builtin_prefetch(address); }
