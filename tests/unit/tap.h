/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tap.h - unit tests: checks that print TAP, one binary per subject.
 *
 *     int main(void) { CHECK(1 + 1 == 2); CHECK_STR(name(), "x"); return tap_done(); }
 */
#ifndef TM_TESTS_UNIT_TAP_H
#define TM_TESTS_UNIT_TAP_H

#include "base/base.h"

static int tap_count, tap_failed;

__attribute__((format(printf, 4, 5), unused)) static bool tap_check(bool ok, const char *file,
                                                                    int line, const char *fmt, ...)
{
    char text[512];
    va_list ap;

    tap_count++;
    tap_failed += !ok;
    printf("%s %d - ", ok ? "ok" : "not ok", tap_count);
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    for (char *p = text; *p; p++) /* one line, and no TAP directive by accident */
        putchar(*p == '\n' || *p == '\r' ? ' ' : *p == '#' ? '.' : *p);
    printf("\n");
    if (!ok)
        printf("# failed at %s:%d\n", file, line);
    fflush(stdout);
    return ok;
}

#define CHECK(cond) tap_check((cond), __FILE__, __LINE__, "%s", #cond)
#define CHECK_MSG(cond, ...) tap_check((cond), __FILE__, __LINE__, __VA_ARGS__)

/* A call that must succeed; prints the error otherwise. `err` is a struct err in scope. */
#define CHECK_OK(call, err)                                                                        \
    do {                                                                                           \
        (err) = ERR_INIT;                                                                          \
        enum err_code tap_code = (call);                                                           \
        tap_check(tap_code == ERR_OK, __FILE__, __LINE__, "%s succeeds%s%s", #call,                \
                  tap_code ? ": " : "", tap_code ? (err).msg : "");                                \
    } while (0)

#define CHECK_STR(got, want)                                                                       \
    do {                                                                                           \
        const char *tap_got = (got), *tap_want = (want);                                           \
        tap_check(tap_got &&strcmp(tap_got, tap_want) == 0, __FILE__, __LINE__,                    \
                  "%s is \"%s\", got \"%s\"", #got, tap_want, tap_got ? tap_got : "(null)");       \
    } while (0)

#define CHECK_INT(got, want)                                                                       \
    do {                                                                                           \
        int64_t tap_got = (int64_t)(got), tap_want = (int64_t)(want);                              \
        tap_check(tap_got == tap_want, __FILE__, __LINE__, "%s is %" PRId64 ", got %" PRId64,      \
                  #got, tap_want, tap_got);                                                        \
    } while (0)

/* Within `tol` absolutely. */
#define CHECK_NEAR(got, want, tol)                                                                 \
    do {                                                                                           \
        double tap_got = (got), tap_want = (want);                                                 \
        tap_check(fabs(tap_got - tap_want) <= (tol), __FILE__, __LINE__, "%s is %.12g, got %.12g", \
                  #got, tap_want, tap_got);                                                        \
    } while (0)

/* Within a relative tolerance. */
#define CHECK_REL(got, want, tol)                                                                  \
    CHECK_NEAR((got), (want), (tol) * (fabs((double)(want)) > 0 ? fabs((double)(want)) : 1))

__attribute__((unused)) static void tap_skip(const char *why)
{
    tap_count++;
    printf("ok %d # SKIP %s\n", tap_count, why);
}

__attribute__((unused)) static int tap_done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed ? 1 : 0;
}

#endif
