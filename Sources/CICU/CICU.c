#include "CICU.h"

#include <unicode/ubrk.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

_Static_assert(sizeof(UErrorCode) == sizeof(icu_status), "icu_status stands for UErrorCode");
_Static_assert(sizeof(UChar) == sizeof(uint16_t), "ICU's UTF-16 units are 16-bit integers");
_Static_assert(U_BUFFER_OVERFLOW_ERROR == icu_buffer_overflow, "see icu_buffer_overflow");
_Static_assert(U_NON_SPACING_MARK == icu_nonspacing_mark, "see icu_nonspacing_mark");
_Static_assert(U_CONTROL_CHAR == icu_control, "see icu_control");
_Static_assert(U_FORMAT_CHAR == icu_format, "see icu_format");
_Static_assert(U_PRIVATE_USE_CHAR == icu_private_use, "see icu_private_use");

static UErrorCode *code(icu_status *status) { return (UErrorCode *)status; }

const char *icu_error_name(icu_status status) { return u_errorName((UErrorCode)status); }

const struct icu_normalizer *icu_normalizer(int form, icu_status *status) {
  switch (form) {
    case 0: return (const struct icu_normalizer *)unorm2_getNFCInstance(code(status));
    case 1: return (const struct icu_normalizer *)unorm2_getNFDInstance(code(status));
    case 2: return (const struct icu_normalizer *)unorm2_getNFKCInstance(code(status));
    default: return (const struct icu_normalizer *)unorm2_getNFKDInstance(code(status));
  }
}

int32_t icu_normalize(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, uint16_t *output, int32_t capacity,
    icu_status *status) {
  return unorm2_normalize(
      (const UNormalizer2 *)normalizer, (const UChar *)text, length, (UChar *)output, capacity, code(status));
}

int32_t icu_normalized_prefix(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, icu_status *status) {
  return unorm2_spanQuickCheckYes((const UNormalizer2 *)normalizer, (const UChar *)text, length, code(status));
}

void icu_utf16_from_utf8(
    uint16_t *output, int32_t capacity, int32_t *length, const uint8_t *text, int32_t byteCount, icu_status *status) {
  u_strFromUTF8((UChar *)output, capacity, length, (const char *)text, byteCount, code(status));
}

void icu_utf8_from_utf16(
    uint8_t *output, int32_t capacity, int32_t *byteCount, const uint16_t *text, int32_t length, icu_status *status) {
  u_strToUTF8((char *)output, capacity, byteCount, (const UChar *)text, length, code(status));
}

struct icu_case_map *icu_open_case_map(icu_status *status) {
  return (struct icu_case_map *)ucasemap_open("", 0, code(status));
}

void icu_close_case_map(struct icu_case_map *map) { ucasemap_close((UCaseMap *)map); }

int32_t icu_lowercase(
    const struct icu_case_map *map, uint8_t *output, int32_t capacity, const uint8_t *text, int32_t byteCount,
    icu_status *status) {
  return ucasemap_utf8ToLower(
      (const UCaseMap *)map, (char *)output, capacity, (const char *)text, byteCount, code(status));
}

int8_t icu_general_category(int32_t scalar) { return u_charType(scalar); }

struct icu_breaker *icu_open_sentences(icu_status *status) {
  return (struct icu_breaker *)ubrk_open(UBRK_SENTENCE, "", NULL, 0, code(status));
}

void icu_close_sentences(struct icu_breaker *iterator) { ubrk_close((UBreakIterator *)iterator); }

struct icu_text *icu_open_text(struct icu_text *reuse, const uint8_t *text, int64_t byteCount, icu_status *status) {
  return (struct icu_text *)utext_openUTF8((UText *)reuse, (const char *)text, byteCount, code(status));
}

void icu_close_text(struct icu_text *text) { utext_close((UText *)text); }

void icu_set_text(struct icu_breaker *iterator, struct icu_text *text, icu_status *status) {
  ubrk_setUText((UBreakIterator *)iterator, (UText *)text, code(status));
}

int32_t icu_next_boundary(struct icu_breaker *iterator) { return ubrk_next((UBreakIterator *)iterator); }
