#pragma once
#include <cblas.h>

/// One row-major product of float32 matrices. The enumerations of the library's order and transposition, and the name of
/// its integer, differ between builds; Swift sees plain `int`.
static inline void palimpsest_product(int transposesA, int transposesB, int m, int n, int k, float alpha,
                                      const float *a, int aStride, const float *b, int bStride, float beta, float *c,
                                      int cStride) {
  cblas_sgemm(CblasRowMajor, transposesA ? CblasTrans : CblasNoTrans, transposesB ? CblasTrans : CblasNoTrans, m, n, k,
              alpha, a, aStride, b, bStride, beta, c, cStride);
}
