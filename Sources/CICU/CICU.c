#include "CICU.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

_Static_assert(sizeof(UErrorCode) == sizeof(icu_status), "a status is an error code");
_Static_assert(icu_buffer_overflow == U_BUFFER_OVERFLOW_ERROR, "as in utypes.h");
_Static_assert(icu_nonspacing_mark == U_NON_SPACING_MARK, "as in uchar.h");
_Static_assert(icu_control == U_CONTROL_CHAR, "as in uchar.h");
_Static_assert(icu_format == U_FORMAT_CHAR, "as in uchar.h");
_Static_assert(icu_private_use == U_PRIVATE_USE_CHAR, "as in uchar.h");

struct icu_sentences {
  UBreakIterator *iterator;
  UText *text;
};

const char *icu_error_name(icu_status status) { return u_errorName((UErrorCode)status); }

int8_t icu_general_category(uint32_t scalar) { return u_charType((UChar32)scalar); }

const struct icu_normalizer *icu_get_normalizer(icu_form form, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  const UNormalizer2 *normalizer = NULL;
  switch (form) {
    case icu_nfc: normalizer = unorm2_getNFCInstance(&code); break;
    case icu_nfd: normalizer = unorm2_getNFDInstance(&code); break;
    case icu_nfkc: normalizer = unorm2_getNFKCInstance(&code); break;
    case icu_nfkd: normalizer = unorm2_getNFKDInstance(&code); break;
  }
  *status = code;
  return (const struct icu_normalizer *)normalizer;
}

int32_t icu_normalize(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, uint16_t *output, int32_t capacity,
    icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  int32_t result = unorm2_normalize((const UNormalizer2 *)normalizer, text, length, output, capacity, &code);
  *status = code;
  return result;
}

int32_t icu_normalized_prefix(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  int32_t result = unorm2_spanQuickCheckYes((const UNormalizer2 *)normalizer, text, length, &code);
  *status = code;
  return result;
}

int32_t icu_utf16_from_utf8(
    uint16_t *output, int32_t capacity, const uint8_t *text, int32_t byte_count, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  int32_t length = 0;
  u_strFromUTF8(output, capacity, &length, (const char *)text, byte_count, &code);
  *status = code;
  return length;
}

int32_t icu_utf8_from_utf16(
    uint8_t *output, int32_t capacity, const uint16_t *text, int32_t length, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  int32_t byte_count = 0;
  u_strToUTF8((char *)output, capacity, &byte_count, text, length, &code);
  *status = code;
  return byte_count;
}

struct icu_case_map *icu_open_case_map(icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  UCaseMap *map = ucasemap_open("", 0, &code);
  *status = code;
  return (struct icu_case_map *)map;
}

void icu_close_case_map(struct icu_case_map *map) { ucasemap_close((UCaseMap *)map); }

int32_t icu_lowercase(
    const struct icu_case_map *map, uint8_t *output, int32_t capacity, const uint8_t *text, int32_t byte_count,
    icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  int32_t result = ucasemap_utf8ToLower(
      (const UCaseMap *)map, (char *)output, capacity, (const char *)text, byte_count, &code);
  *status = code;
  return result;
}

struct icu_sentences *icu_open_sentences(icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  struct icu_sentences *sentences = calloc(1, sizeof *sentences);
  if (sentences == NULL) {
    *status = U_MEMORY_ALLOCATION_ERROR;
    return NULL;
  }
  sentences->iterator = ubrk_open(UBRK_SENTENCE, "", NULL, 0, &code);
  *status = code;
  if (U_FAILURE(code)) {
    icu_close_sentences(sentences);
    return NULL;
  }
  return sentences;
}

void icu_close_sentences(struct icu_sentences *sentences) {
  if (sentences->iterator != NULL) ubrk_close(sentences->iterator);
  if (sentences->text != NULL) utext_close(sentences->text);
  free(sentences);
}

void icu_set_sentence_text(
    struct icu_sentences *sentences, const uint8_t *text, int64_t byte_count, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  sentences->text = utext_openUTF8(sentences->text, (const char *)text, byte_count, &code);
  ubrk_setUText(sentences->iterator, sentences->text, &code);
  *status = code;
}

int32_t icu_next_sentence(struct icu_sentences *sentences) { return ubrk_next(sentences->iterator); }

int32_t icu_utf8_from_charset(
    const char *charset, const uint8_t *text, int32_t byte_count, uint8_t *output, int32_t capacity,
    icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  UConverter *converter = ucnv_open(charset, &code);
  int32_t length = ucnv_toAlgorithmic(
      UCNV_UTF8, converter, (char *)output, capacity, (const char *)text, byte_count, &code);
  if (converter != NULL) ucnv_close(converter);
  *status = code;
  return length;
}
