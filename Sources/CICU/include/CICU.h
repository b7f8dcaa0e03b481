// The part of ICU that `Text` uses, in types of its own.
//
// Two facts keep ICU's headers away from Swift. ICU renames its functions with macros (`u_charType` becomes
// `u_charType_72`), and Swift cannot see through a macro. And Foundation carries an ICU of its own: a Swift file that sees
// both sets of headers does not compile.
//
// A status is ICU's error code: positive for an error, else success. It is an in-out argument as in ICU: a function that
// is called with an error does nothing.
#pragma once
#include <stdint.h>

typedef int32_t icu_status;

enum {
  icu_buffer_overflow = 15,
};

// The general categories that text steps ask for.
enum {
  icu_nonspacing_mark = 6,
  icu_control = 15,
  icu_format = 16,
  icu_private_use = 17,
};

typedef enum { icu_nfc, icu_nfd, icu_nfkc, icu_nfkd } icu_form;

struct icu_normalizer;
struct icu_case_map;
struct icu_sentences;

// The name of an error, for messages.
const char *icu_error_name(icu_status status);

// The general category of a code point.
int8_t icu_general_category(uint32_t scalar);

// A normalizer: shared, immutable, never closed.
const struct icu_normalizer *icu_get_normalizer(icu_form form, icu_status *status);

// Writes the normalized text, as much of it as fits, and returns its whole length.
int32_t icu_normalize(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, uint16_t *output, int32_t capacity,
    icu_status *status);

// The length of the prefix that is normalized for certain.
int32_t icu_normalized_prefix(
    const struct icu_normalizer *normalizer, const uint16_t *text, int32_t length, icu_status *status);

// Text in a named encoding to UTF-8, U+FFFD for what is not of the encoding; the result's length.
int32_t icu_utf8_from_charset(
    const char *charset, const uint8_t *text, int32_t byte_count, uint8_t *output, int32_t capacity,
    icu_status *status);

// UTF-8 to UTF-16 and back; the result's length.
int32_t icu_utf16_from_utf8(
    uint16_t *output, int32_t capacity, const uint8_t *text, int32_t byte_count, icu_status *status);
int32_t icu_utf8_from_utf16(
    uint8_t *output, int32_t capacity, const uint16_t *text, int32_t length, icu_status *status);

// The case mappings of the root locale.
struct icu_case_map *icu_open_case_map(icu_status *status);
void icu_close_case_map(struct icu_case_map *map);

// Writes UTF-8 in lower case, as much of it as fits, and returns its whole length.
int32_t icu_lowercase(
    const struct icu_case_map *map, uint8_t *output, int32_t capacity, const uint8_t *text, int32_t byte_count,
    icu_status *status);

// The sentence rules of the root locale with a place in a text. For one thread at a time.
struct icu_sentences *icu_open_sentences(icu_status *status);
void icu_close_sentences(struct icu_sentences *sentences);

// Goes to the start of a UTF-8 text, which must stay where it is until the last boundary is asked for.
void icu_set_sentence_text(
    struct icu_sentences *sentences, const uint8_t *text, int64_t byte_count, icu_status *status);

// The next boundary as a byte offset, or -1 behind the last.
int32_t icu_next_sentence(struct icu_sentences *sentences);

// A regular expression. It never changes, so that any thread may open matchers of it. `^` and `$` stand at every newline,
// which is U+000A alone.
struct icu_regex;
struct icu_regex *icu_open_regex(const uint16_t *pattern, int32_t length, icu_status *status);
void icu_close_regex(struct icu_regex *regex);

// A regular expression at work on a UTF-8 text, which must stay where it is. For one thread at a time.
struct icu_matcher;
struct icu_matcher *icu_open_matcher(const struct icu_regex *regex, icu_status *status);
void icu_close_matcher(struct icu_matcher *matcher);
void icu_set_matcher_text(
    struct icu_matcher *matcher, const uint8_t *text, int64_t byte_count, icu_status *status);

// Finds the first match at `from` or behind: 1 and where it lies, or 0. Offsets are bytes.
int32_t icu_find(
    struct icu_matcher *matcher, int64_t from, int64_t *start, int64_t *end, icu_status *status);

// A set of code points by a pattern such as [\p{Han}], as ranges.
struct icu_set;
struct icu_set *icu_open_set(const uint16_t *pattern, int32_t length, icu_status *status);
void icu_close_set(struct icu_set *set);

// Adds every code point that is equal to one of the set but for its case.
void icu_close_over_case(struct icu_set *set);
int32_t icu_range_count(const struct icu_set *set);
void icu_get_range(const struct icu_set *set, int32_t index, uint32_t *first, uint32_t *last);
