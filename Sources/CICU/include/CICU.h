// ICU for Swift: the functions that Text needs, in plain C types.
//
// Swift cannot call ICU by itself: its functions are renamed with macros (`u_charType` becomes `u_charType_72`). And
// ICU's headers must stay out of this one: Swift's Foundation brings an ICU of its own, and two modules that define
// `UErrorCode` cannot be loaded into one program.
#pragma once
#include <stdint.h>

// An ICU error code: warnings are negative, 0 is success, errors are positive.
typedef int32_t icu_status;
// The error that asks for a larger buffer (U_BUFFER_OVERFLOW_ERROR).
#define icu_buffer_overflow 15

// The general categories that Text asks about (U_NON_SPACING_MARK, U_CONTROL_CHAR, U_FORMAT_CHAR, U_PRIVATE_USE_CHAR).
#define icu_nonspacing_mark 6
#define icu_control 15
#define icu_format 16
#define icu_private_use 17

struct icu_normalizer;
struct icu_breaker;
struct icu_case_map;
struct icu_text;

// The name of an error code: `u_errorName` is renamed.
const char *icu_error_name(icu_status code);

// The four normalizers, shared and immutable: their getters are renamed. `form` is 0 NFC, 1 NFD, 2 NFKC, 3 NFKD.
const struct icu_normalizer *icu_normalizer(int form, icu_status *status);

// Normalizes UTF-16: `unorm2_normalize` is renamed.
int32_t icu_normalize(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, uint16_t *output, int32_t capacity,
    icu_status *status);

// The length of the prefix that is normalized for certain: `unorm2_spanQuickCheckYes` is renamed.
int32_t icu_normalized_prefix(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, icu_status *status);

// UTF-8 to UTF-16: `u_strFromUTF8` is renamed, and would take Swift's bytes as `char`.
void icu_utf16_from_utf8(
    uint16_t *output, int32_t capacity, int32_t *length, const uint8_t *text, int32_t byteCount, icu_status *status);

// UTF-16 to UTF-8: `u_strToUTF8` is renamed, and would take Swift's bytes as `char`.
void icu_utf8_from_utf16(
    uint8_t *output, int32_t capacity, int32_t *byteCount, const uint16_t *text, int32_t length, icu_status *status);

// A case mapper of the root locale: `ucasemap_open` is renamed.
struct icu_case_map *icu_open_case_map(icu_status *status);

// Frees a case mapper: `ucasemap_close` is renamed.
void icu_close_case_map(struct icu_case_map *map);

// Full lower case of UTF-8: `ucasemap_utf8ToLower` is renamed, and would take Swift's bytes as `char`.
int32_t icu_lowercase(
    const struct icu_case_map *map, uint8_t *output, int32_t capacity, const uint8_t *text, int32_t byteCount,
    icu_status *status);

// The general category of a code point: `u_charType` is renamed.
int8_t icu_general_category(int32_t scalar);

// A sentence breaker of the root locale: `ubrk_open` is renamed.
struct icu_breaker *icu_open_sentences(icu_status *status);

// Frees a sentence breaker: `ubrk_close` is renamed.
void icu_close_sentences(struct icu_breaker *iterator);

// Lends UTF-8 as a `UText`, reusing `reuse` if given: `utext_openUTF8` is renamed, and would take bytes as `char`.
struct icu_text *icu_open_text(struct icu_text *reuse, const uint8_t *text, int64_t byteCount, icu_status *status);

// Frees a `UText`: `utext_close` is renamed.
void icu_close_text(struct icu_text *text);

// Points a breaker to a text, at its start: `ubrk_setUText` is renamed.
void icu_set_text(struct icu_breaker *iterator, struct icu_text *text, icu_status *status);

// The next boundary as a byte offset, or -1 behind the last: `ubrk_next` is renamed.
int32_t icu_next_boundary(struct icu_breaker *iterator);
