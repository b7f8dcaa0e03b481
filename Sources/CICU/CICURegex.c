#include "CICU.h"

#include <stdlib.h>
#include <unicode/uregex.h>
#include <unicode/uset.h>
#include <unicode/utext.h>

struct icu_matcher {
  URegularExpression *expression;
  UText *text;
};

struct icu_regex *icu_open_regex(const uint16_t *pattern, int32_t length, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  URegularExpression *expression =
      uregex_open(pattern, length, UREGEX_MULTILINE | UREGEX_UNIX_LINES, NULL, &code);
  *status = code;
  return (struct icu_regex *)expression;
}

void icu_close_regex(struct icu_regex *regex) { uregex_close((URegularExpression *)regex); }

struct icu_matcher *icu_open_matcher(const struct icu_regex *regex, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  struct icu_matcher *matcher = calloc(1, sizeof *matcher);
  if (matcher == NULL) {
    *status = U_MEMORY_ALLOCATION_ERROR;
    return NULL;
  }
  matcher->expression = uregex_clone((const URegularExpression *)regex, &code);
  // Backtracking may take what memory it needs: the default limit would make long texts fail.
  if (U_SUCCESS(code)) uregex_setStackLimit(matcher->expression, 0, &code);
  *status = code;
  if (U_FAILURE(code)) {
    icu_close_matcher(matcher);
    return NULL;
  }
  return matcher;
}

void icu_close_matcher(struct icu_matcher *matcher) {
  if (matcher->expression != NULL) uregex_close(matcher->expression);
  if (matcher->text != NULL) utext_close(matcher->text);
  free(matcher);
}

void icu_set_matcher_text(
    struct icu_matcher *matcher, const uint8_t *text, int64_t byte_count, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  matcher->text = utext_openUTF8(matcher->text, (const char *)text, byte_count, &code);
  uregex_setUText(matcher->expression, matcher->text, &code);
  *status = code;
}

int32_t icu_find(
    struct icu_matcher *matcher, int64_t from, int64_t *start, int64_t *end, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  UBool found = uregex_find64(matcher->expression, from, &code);
  if (U_SUCCESS(code) && found) {
    *start = uregex_start64(matcher->expression, 0, &code);
    *end = uregex_end64(matcher->expression, 0, &code);
  }
  *status = code;
  return U_SUCCESS(code) && found;
}

struct icu_set *icu_open_set(const uint16_t *pattern, int32_t length, icu_status *status) {
  UErrorCode code = (UErrorCode)*status;
  USet *set = uset_openPattern(pattern, length, &code);
  *status = code;
  if (U_SUCCESS(code)) return (struct icu_set *)set;
  if (set != NULL) uset_close(set);
  return NULL;
}

void icu_close_set(struct icu_set *set) { uset_close((USet *)set); }

void icu_close_over_case(struct icu_set *set) { uset_closeOver((USet *)set, USET_CASE_INSENSITIVE); }

int32_t icu_range_count(const struct icu_set *set) {
  // Behind the ranges stand strings, which are no code points.
  const USet *uset = (const USet *)set;
  int32_t count = uset_getItemCount(uset), ranges = 0;
  UErrorCode code = U_ZERO_ERROR;
  UChar32 first, last;
  while (ranges < count && uset_getItem(uset, ranges, &first, &last, NULL, 0, &code) == 0 && U_SUCCESS(code)) ranges++;
  return ranges;
}

void icu_get_range(const struct icu_set *set, int32_t index, uint32_t *first, uint32_t *last) {
  UErrorCode code = U_ZERO_ERROR;
  UChar32 low = 0, high = 0;
  uset_getItem((const USet *)set, index, &low, &high, NULL, 0, &code);
  *first = (uint32_t)low;
  *last = (uint32_t)high;
}
