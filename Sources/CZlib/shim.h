#pragma once
#include <zlib.h>

/// `inflateInit2` is a macro, which Swift cannot call. `windowBits` 15 + 16 asks for the gzip wrapper.
static inline int palimpsest_inflate_init(z_stream *stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}
