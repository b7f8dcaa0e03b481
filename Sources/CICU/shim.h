// ICU renames its functions with macros (`u_charType` becomes `u_charType_72`), and Swift cannot see through a macro.
// Each function below gives one ICU function a name that does not change with the library's version.
#pragma once
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucasemap.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

// The name of an error code: `u_errorName` is renamed.
static inline const char *icu_error_name(UErrorCode code) { return u_errorName(code); }

// The four normalizers, shared and immutable: their getters are renamed. `form` is 0 NFC, 1 NFD, 2 NFKC, 3 NFKD.
static inline const UNormalizer2 *icu_normalizer(int form, UErrorCode *status) {
  switch (form) {
    case 0: return unorm2_getNFCInstance(status);
    case 1: return unorm2_getNFDInstance(status);
    case 2: return unorm2_getNFKCInstance(status);
    default: return unorm2_getNFKDInstance(status);
  }
}

// Normalizes UTF-16: `unorm2_normalize` is renamed.
static inline int32_t icu_normalize(
    const UNormalizer2 *normalizer, const UChar *text, int32_t length, UChar *output, int32_t capacity,
    UErrorCode *status) {
  return unorm2_normalize(normalizer, text, length, output, capacity, status);
}

// The length of the prefix that is normalized for certain: `unorm2_spanQuickCheckYes` is renamed.
static inline int32_t icu_normalized_prefix(
    const UNormalizer2 *normalizer, const UChar *text, int32_t length, UErrorCode *status) {
  return unorm2_spanQuickCheckYes(normalizer, text, length, status);
}

// UTF-8 to UTF-16: `u_strFromUTF8` is renamed, and would take Swift's bytes as `char`.
static inline void icu_utf16_from_utf8(
    UChar *output, int32_t capacity, int32_t *length, const uint8_t *text, int32_t byteCount, UErrorCode *status) {
  u_strFromUTF8(output, capacity, length, (const char *)text, byteCount, status);
}

// UTF-16 to UTF-8: `u_strToUTF8` is renamed, and would take Swift's bytes as `char`.
static inline void icu_utf8_from_utf16(
    uint8_t *output, int32_t capacity, int32_t *byteCount, const UChar *text, int32_t length, UErrorCode *status) {
  u_strToUTF8((char *)output, capacity, byteCount, text, length, status);
}

// A case mapper of the root locale: `ucasemap_open` is renamed.
static inline UCaseMap *icu_open_case_map(UErrorCode *status) { return ucasemap_open("", 0, status); }

// Frees a case mapper: `ucasemap_close` is renamed.
static inline void icu_close_case_map(UCaseMap *map) { ucasemap_close(map); }

// Full lower case of UTF-8: `ucasemap_utf8ToLower` is renamed, and would take Swift's bytes as `char`.
static inline int32_t icu_lowercase(
    const UCaseMap *map, uint8_t *output, int32_t capacity, const uint8_t *text, int32_t byteCount,
    UErrorCode *status) {
  return ucasemap_utf8ToLower(map, (char *)output, capacity, (const char *)text, byteCount, status);
}

// The general category of a code point: `u_charType` is renamed.
static inline int8_t icu_general_category(UChar32 scalar) { return u_charType(scalar); }

// A sentence breaker of the root locale: `ubrk_open` is renamed.
static inline UBreakIterator *icu_open_sentences(UErrorCode *status) {
  return ubrk_open(UBRK_SENTENCE, "", NULL, 0, status);
}

// Frees a sentence breaker: `ubrk_close` is renamed.
static inline void icu_close_sentences(UBreakIterator *iterator) { ubrk_close(iterator); }

// Lends UTF-8 as a `UText`, reusing `reuse` if given: `utext_openUTF8` is renamed, and would take bytes as `char`.
static inline UText *icu_open_text(UText *reuse, const uint8_t *text, int64_t byteCount, UErrorCode *status) {
  return utext_openUTF8(reuse, (const char *)text, byteCount, status);
}

// Frees a `UText`: `utext_close` is renamed.
static inline void icu_close_text(UText *text) { utext_close(text); }

// Points a breaker to a text, at its start: `ubrk_setUText` is renamed.
static inline void icu_set_text(UBreakIterator *iterator, UText *text, UErrorCode *status) {
  ubrk_setUText(iterator, text, status);
}

// The next boundary as a byte offset, or -1 behind the last: `ubrk_next` is renamed.
static inline int32_t icu_next_boundary(UBreakIterator *iterator) { return ubrk_next(iterator); }
