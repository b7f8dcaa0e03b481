// UTF-8 by table look-ups on the two halves of each byte and of the one before it: J. Keiser and D. Lemire, "Validating
// UTF-8 In Less Than One Instruction Per Byte" (2021, arXiv:2010.03090), the same idea written anew.
#include "TextScan.h"
#include <string.h>

// MARK: The plain twins

static size_t plain_run_portable(const uint8_t *bytes, size_t count) {
  size_t offset = 0;
  while (offset < count && bytes[offset] >= 0x20 && bytes[offset] != '"' && bytes[offset] != '\\') offset++;
  return offset;
}

/// ASCII is all that can be told without decoding: the caller decodes the rest.
static size_t utf8_portable(const uint8_t *bytes, size_t count) {
  size_t offset = 0;
  while (offset < count && bytes[offset] < 0x80) offset++;
  return offset;
}

/// Back from an offset to where the character that may reach over it starts, but not behind `floor`.
static inline size_t character_start(const uint8_t *bytes, size_t offset, size_t floor) {
  size_t start = offset;
  while (start > floor && offset - start < 3 && (bytes[start - 1] & 0xC0) == 0x80) start--;
  // What led the continuation bytes belongs to them.
  return start > floor && bytes[start - 1] >= 0xC0 ? start - 1 : start;
}

// What two bytes in a row can be guilty of; a pair is wrong when all three of its tables have a bit in common.
enum {
  TOO_SHORT = 1 << 0,   // a lead byte without enough continuation
  TOO_LONG = 1 << 1,    // a continuation behind ASCII
  OVERLONG_3 = 1 << 2,  // E0 80…9F
  TOO_LARGE = 1 << 3,   // F4 90…, F5…
  SURROGATE = 1 << 4,   // ED A0…
  OVERLONG_2 = 1 << 5,  // C0, C1
  TOO_LARGE_1000 = 1 << 6,
  OVERLONG_4 = 1 << 6,  // F0 80…8F
  TWO_CONTS = 1 << 7,   // continuation behind continuation: for the check of lengths to confirm
};
#define CARRY (TOO_SHORT | TOO_LONG | TWO_CONTS)

static const uint8_t first_high[16] = {
  TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
  TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS,
  TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
  TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4,
};
static const uint8_t first_low[16] = {
  CARRY | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY, CARRY | TOO_LARGE,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000 | SURROGATE, CARRY | TOO_LARGE | TOO_LARGE_1000,
  CARRY | TOO_LARGE | TOO_LARGE_1000,
};
static const uint8_t second_high[16] = {
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
  TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
  TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
  TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
  TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
};

#if defined(__x86_64__)
#include <immintrin.h>

static size_t plain_run_sse2(const uint8_t *bytes, size_t count) {
  size_t offset = 0;
  for (; offset + 16 <= count; offset += 16) {
    __m128i text = _mm_loadu_si128((const __m128i *)(bytes + offset));
    __m128i found = _mm_or_si128(
      _mm_or_si128(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')), _mm_cmpeq_epi8(text, _mm_set1_epi8('\\'))),
      _mm_cmpeq_epi8(_mm_min_epu8(text, _mm_set1_epi8(0x1F)), text));
    int mask = _mm_movemask_epi8(found);
    if (mask != 0) return offset + (size_t)__builtin_ctz((unsigned)mask);
  }
  return offset + plain_run_portable(bytes + offset, count - offset);
}

__attribute__((target("avx2"), always_inline))
static inline __m256i marks_avx2(const uint8_t *bytes) {
  __m256i text = _mm256_loadu_si256((const __m256i *)bytes);
  return _mm256_or_si256(
    _mm256_or_si256(
      _mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')), _mm256_cmpeq_epi8(text, _mm256_set1_epi8('\\'))),
    _mm256_cmpeq_epi8(_mm256_min_epu8(text, _mm256_set1_epi8(0x1F)), text));
}

__attribute__((target("avx2")))
static size_t plain_run_avx2(const uint8_t *bytes, size_t count) {
  size_t offset = 0;
  for (; offset + 64 <= count; offset += 64) {
    __m256i low = marks_avx2(bytes + offset), high = marks_avx2(bytes + offset + 32);
    if (!_mm256_testz_si256(_mm256_or_si256(low, high), _mm256_set1_epi8(-1))) {
      uint64_t mask =
        (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
      return offset + (size_t)__builtin_ctzll(mask);
    }
  }
  return offset + plain_run_sse2(bytes + offset, count - offset);
}

__attribute__((target("avx2"), always_inline))
static inline __m256i table_avx2(const uint8_t table[16]) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

/// `text` moved up by so many bytes, the last ones of the vector before it coming in.
#define BEHIND_AVX2(text, before, distance) \
  _mm256_alignr_epi8(text, _mm256_permute2x128_si256(before, text, 0x21), 16 - (distance))

__attribute__((target("avx2")))
static size_t utf8_avx2(const uint8_t *bytes, size_t count) {
  const __m256i nibble = _mm256_set1_epi8(0x0F), top = _mm256_set1_epi8((char)0x80);
  const __m256i high_1 = table_avx2(first_high), low_1 = table_avx2(first_low), high_2 = table_avx2(second_high);
  // The highest bytes that may end a vector without a character going on behind it.
  const __m256i ends = _mm256_setr_epi8(
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    (char)0xEF, (char)0xDF, (char)0xBF);
  __m256i before = _mm256_setzero_si256();
  size_t offset = 0;
  while (offset + 32 <= count) {
    __m256i text = _mm256_loadu_si256((const __m256i *)(bytes + offset));
    __m256i open = _mm256_subs_epu8(before, ends);
    if (_mm256_movemask_epi8(text) == 0 && _mm256_testz_si256(open, open)) {
      // Most text is ASCII for a while.
      do offset += 32;
      while (offset + 32 <= count
             && _mm256_movemask_epi8(_mm256_loadu_si256((const __m256i *)(bytes + offset))) == 0);
      before = _mm256_setzero_si256();
      continue;
    }
    __m256i last = BEHIND_AVX2(text, before, 1);
    __m256i pairs = _mm256_and_si256(
      _mm256_and_si256(
        _mm256_shuffle_epi8(high_1, _mm256_and_si256(_mm256_srli_epi16(last, 4), nibble)),
        _mm256_shuffle_epi8(low_1, _mm256_and_si256(last, nibble))),
      _mm256_shuffle_epi8(high_2, _mm256_and_si256(_mm256_srli_epi16(text, 4), nibble)));
    // The third byte of three and the third and fourth of four must be continuations, and only they.
    __m256i third = _mm256_subs_epu8(BEHIND_AVX2(text, before, 2), _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(BEHIND_AVX2(text, before, 3), _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i wanted = _mm256_and_si256(_mm256_or_si256(third, fourth), top);
    __m256i wrong = _mm256_xor_si256(pairs, wanted);
    if (!_mm256_testz_si256(wrong, wrong)) return character_start(bytes, offset, offset > 4 ? offset - 4 : 0);
    before = text;
    offset += 32;
  }
  return character_start(bytes, offset, offset > 4 ? offset - 4 : 0);
}

int palimpsest_text_scan_all(palimpsest_text_scan kernels[4]) {
  int count = 0;
  kernels[count++] = (palimpsest_text_scan){plain_run_portable, utf8_portable};
  kernels[count++] = (palimpsest_text_scan){plain_run_sse2, utf8_portable};
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) kernels[count++] = (palimpsest_text_scan){plain_run_avx2, utf8_avx2};
  return count;
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static size_t plain_run_neon(const uint8_t *bytes, size_t count) {
  size_t offset = 0;
  for (; offset + 16 <= count; offset += 16) {
    uint8x16_t text = vld1q_u8(bytes + offset);
    uint8x16_t found = vorrq_u8(
      vorrq_u8(vceqq_u8(text, vdupq_n_u8('"')), vceqq_u8(text, vdupq_n_u8('\\'))), vcltq_u8(text, vdupq_n_u8(0x20)));
    // Four bits a byte.
    uint64_t mask = vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(found), 4)), 0);
    if (mask != 0) return offset + (size_t)(__builtin_ctzll(mask) >> 2);
  }
  return offset + plain_run_portable(bytes + offset, count - offset);
}

static size_t utf8_neon(const uint8_t *bytes, size_t count) {
  const uint8x16_t nibble = vdupq_n_u8(0x0F);
  const uint8x16_t high_1 = vld1q_u8(first_high), low_1 = vld1q_u8(first_low), high_2 = vld1q_u8(second_high);
  uint8x16_t before = vdupq_n_u8(0);
  size_t offset = 0;
  for (; offset + 16 <= count; offset += 16) {
    uint8x16_t text = vld1q_u8(bytes + offset);
    uint8x16_t last = vextq_u8(before, text, 15);
    uint8x16_t pairs = vandq_u8(
      vandq_u8(vqtbl1q_u8(high_1, vshrq_n_u8(last, 4)), vqtbl1q_u8(low_1, vandq_u8(last, nibble))),
      vqtbl1q_u8(high_2, vshrq_n_u8(text, 4)));
    uint8x16_t third = vqsubq_u8(vextq_u8(before, text, 14), vdupq_n_u8(0xE0 - 0x80));
    uint8x16_t fourth = vqsubq_u8(vextq_u8(before, text, 13), vdupq_n_u8(0xF0 - 0x80));
    uint8x16_t wrong = veorq_u8(pairs, vandq_u8(vorrq_u8(third, fourth), vdupq_n_u8(0x80)));
    if (vmaxvq_u8(wrong) != 0) return character_start(bytes, offset, offset > 4 ? offset - 4 : 0);
    before = text;
  }
  return character_start(bytes, offset, offset > 4 ? offset - 4 : 0);
}

int palimpsest_text_scan_all(palimpsest_text_scan kernels[4]) {
  kernels[0] = (palimpsest_text_scan){plain_run_portable, utf8_portable};
  kernels[1] = (palimpsest_text_scan){plain_run_neon, utf8_neon};
  return 2;
}

#else

int palimpsest_text_scan_all(palimpsest_text_scan kernels[4]) {
  kernels[0] = (palimpsest_text_scan){plain_run_portable, utf8_portable};
  return 1;
}

#endif

palimpsest_text_scan palimpsest_text_scan_kernels(void) {
  palimpsest_text_scan kernels[4];
  return kernels[palimpsest_text_scan_all(kernels) - 1];
}
