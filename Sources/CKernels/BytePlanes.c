// A table of 128 properties is eight rows of sixteen: byte shuffles look up a row at a time (AVX2), several (NEON), or
// all of them at once (AVX-512 VBMI). Without vectors, eight bytes become an 8 × 8 matrix of bits that is transposed.
#include "BytePlanes.h"
#include <string.h>

/// Turns eight bytes of eight bits: bit p of byte i becomes bit i of byte p.
static inline uint64_t transpose(uint64_t matrix) {
  uint64_t swapped = (matrix ^ (matrix >> 7)) & 0x00AA00AA00AA00AAull;
  matrix ^= swapped ^ (swapped << 7);
  swapped = (matrix ^ (matrix >> 14)) & 0x0000CCCC0000CCCCull;
  matrix ^= swapped ^ (swapped << 14);
  swapped = (matrix ^ (matrix >> 28)) & 0x00000000F0F0F0F0ull;
  return matrix ^ swapped ^ (swapped << 28);
}

void palimpsest_byte_planes_portable(const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]) {
  uint64_t result[8] = {0};
  for (int group = 0; group < 8; group++) {
    uint64_t matrix = 0;
    for (int index = 0; index < 8; index++) {
      uint8_t byte = bytes[group * 8 + index];
      uint64_t property = byte < 128 ? properties[byte] & 0x7F : 0x80;
      matrix |= property << (index * 8);
    }
    matrix = transpose(matrix);
    for (int plane = 0; plane < 8; plane++) {
      result[plane] |= (matrix >> (plane * 8) & 0xFF) << (group * 8);
    }
  }
  memcpy(planes, result, sizeof result);
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx512f,avx512bw,avx512vbmi")))
static void byte_planes_avx512(const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]) {
  __m512i text = _mm512_loadu_si512(bytes);
  __mmask64 foreign = _mm512_movepi8_mask(text);
  __m512i low = _mm512_loadu_si512(properties), high = _mm512_loadu_si512(properties + 64);
  __m512i found = _mm512_maskz_permutex2var_epi8(~foreign, low, text, high);
  for (int plane = 0; plane < 7; plane++) {
    planes[plane] = _mm512_test_epi8_mask(found, _mm512_set1_epi8((char)(1 << plane)));
  }
  planes[7] = foreign;
}

__attribute__((target("avx2")))
static __m256i look_up_avx2(__m256i text, const __m256i rows[8]) {
  __m256i found = _mm256_setzero_si256();
  for (int row = 0; row < 8; row++) {
    // In its own row a byte becomes its low half; in any other, and beyond ASCII, something with the top bit set.
    __m256i index = _mm256_xor_si256(text, _mm256_set1_epi8((char)(row << 4)));
    index = _mm256_adds_epu8(index, _mm256_set1_epi8(0x70));
    found = _mm256_or_si256(found, _mm256_shuffle_epi8(rows[row], index));
  }
  return found;
}

__attribute__((target("avx2")))
static void byte_planes_avx2(const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]) {
  __m256i rows[8];
  for (int row = 0; row < 8; row++) {
    rows[row] = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(properties + row * 16)));
  }
  __m256i low = _mm256_loadu_si256((const __m256i *)bytes), high = _mm256_loadu_si256((const __m256i *)(bytes + 32));
  planes[7] = (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
  low = look_up_avx2(low, rows);
  high = look_up_avx2(high, rows);
  for (int plane = 6; plane >= 0; plane--) {
    // The top bit is what a mask is made of: bit 6 is moved there first, then the next.
    low = _mm256_add_epi8(low, low);
    high = _mm256_add_epi8(high, high);
    planes[plane] = (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32 | (uint32_t)_mm256_movemask_epi8(low);
  }
}

int palimpsest_byte_planes_kernels(palimpsest_byte_planes_kernel kernels[4]) {
  int count = 0;
  kernels[count++] = palimpsest_byte_planes_portable;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2")) kernels[count++] = byte_planes_avx2;
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vbmi")) {
    kernels[count++] = byte_planes_avx512;
  }
  return count;
}

#elif defined(__aarch64__)
#include <arm_neon.h>

static void byte_planes_neon(const uint8_t *bytes, const uint8_t properties[128], uint64_t planes[8]) {
  uint8x16x4_t low = vld1q_u8_x4(properties), high = vld1q_u8_x4(properties + 64);
  uint64_t result[8] = {0};
  for (int part = 0; part < 4; part++) {
    uint8x16_t text = vld1q_u8(bytes + part * 16);
    // What is out of a table's range looks up nothing.
    uint8x16_t found = vorrq_u8(vqtbl4q_u8(low, text), vqtbl4q_u8(high, vsubq_u8(text, vdupq_n_u8(64))));
    found = vandq_u8(found, vdupq_n_u8(0x7F));
    found = vorrq_u8(found, vandq_u8(text, vdupq_n_u8(0x80)));
    for (int half = 0; half < 2; half++) {
      uint64_t matrix = half == 0 ? vgetq_lane_u64(vreinterpretq_u64_u8(found), 0)
                                  : vgetq_lane_u64(vreinterpretq_u64_u8(found), 1);
      matrix = transpose(matrix);
      for (int plane = 0; plane < 8; plane++) {
        result[plane] |= (matrix >> (plane * 8) & 0xFF) << (part * 16 + half * 8);
      }
    }
  }
  memcpy(planes, result, sizeof result);
}

int palimpsest_byte_planes_kernels(palimpsest_byte_planes_kernel kernels[4]) {
  kernels[0] = palimpsest_byte_planes_portable;
  kernels[1] = byte_planes_neon;
  return 2;
}

#else

int palimpsest_byte_planes_kernels(palimpsest_byte_planes_kernel kernels[4]) {
  kernels[0] = palimpsest_byte_planes_portable;
  return 1;
}

#endif

palimpsest_byte_planes_kernel palimpsest_byte_planes(void) {
  palimpsest_byte_planes_kernel kernels[4];
  return kernels[palimpsest_byte_planes_kernels(kernels) - 1];
}
