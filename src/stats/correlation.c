/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "stats/stats.h"

void correlation_of(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double vv = m[i * n + i] * m[j * n + j];
            double r = vv > 0 && m[i * n + i] > 0 ? m[i * n + j] / sqrt(vv) : 0;

            r = fmin(fmax(r, -1), 1);
            m[i * n + j] = r;
            m[j * n + i] = r;
        }
    }
    for (size_t i = 0; i < n; i++)
        m[i * n + i] = 1;
}

/* What is left of m[i][j] after the first j columns. */
static double remainder_at(const double *m, size_t n, size_t i, size_t j)
{
    double rest = m[i * n + j];

    for (size_t k = 0; k < j; k++)
        rest -= m[i * n + k] * m[j * n + k];
    return rest;
}

size_t cholesky_correlation(double *m, size_t n, double tolerance)
{
    size_t rank = 0;

    for (size_t j = 0; j < n; j++) {
        double pivot = remainder_at(m, n, j, j);
        bool zero = pivot <= tolerance;

        m[j * n + j] = zero ? 0 : sqrt(pivot);
        rank += !zero;
        for (size_t i = j + 1; i < n; i++)
            m[i * n + j] = zero ? 0 : remainder_at(m, n, i, j) / m[j * n + j];
    }
    for (size_t i = 0; i < n; i++) {
        double length = 0;

        for (size_t k = 0; k <= i; k++)
            length += m[i * n + k] * m[i * n + k];
        for (size_t k = 0; k < n; k++)
            m[i * n + k] = k <= i && length > 0 ? m[i * n + k] / sqrt(length) : 0;
    }
    return rank;
}
