// Looking through text a vector at a time: where a JSON string stops being plain, and whether bytes are UTF-8.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Offset of the first quote, backslash or control character below 0x20; `count` if there is none.
typedef size_t (*palimpsest_plain_run_kernel)(const uint8_t *bytes, size_t count);

/// How many of the first bytes are well-formed UTF-8, or some smaller number at which a character starts and before
/// which all is well-formed: where `count` comes back, all of it is; where not, look from there on.
typedef size_t (*palimpsest_utf8_kernel)(const uint8_t *bytes, size_t count);

/// The two for one kind of processor.
typedef struct {
  palimpsest_plain_run_kernel plain_run;
  palimpsest_utf8_kernel utf8;
} palimpsest_text_scan;

/// The fastest way that this processor knows.
palimpsest_text_scan palimpsest_text_scan_kernels(void);

/// The ways that this processor knows, the plain one first; returns their number, at most 4.
int palimpsest_text_scan_all(palimpsest_text_scan kernels[4]);
