/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* err.h - one error object for the whole program.
 *
 * A function that can fail returns an enum err_code and takes `struct err *err` as its last
 * argument. On failure it fills *err (without allocating) and returns the code; on success *err
 * is untouched. err may be NULL. On the way up callers add where they were with err_context().
 *
 * Formats are English literals, put here without a mark: these functions look them up in the
 * catalogue of the thread's language (i18n.h), and po/update.sh finds them by the functions'
 * names. Words that go in as arguments are marked and looked up by the caller.
 */
#ifndef TM_BASE_ERR_H
#define TM_BASE_ERR_H

enum err_code {
    ERR_OK = 0,
#define ERR(code, name, http, exit_code, summary) ERR_##name = code,
#include "base/err.def"
#undef ERR
};

struct err {
    enum err_code code;
    const char *file; /* where in the source it was raised */
    int line;
    char msg[512];     /* what failed, with file, line and row of the input where there is one */
    char hint[512];    /* what to do about it; "" when there is nothing useful to say */
    char context[512]; /* what was being done, innermost first, joined by "; " */
};

#define ERR_INIT ((struct err){.code = ERR_OK})

/* Fills *err and returns `code`, so that callers can write `return err_set(...)`. */
#define err_set(err, code, ...) err_set_at((err), (code), __FILE__, __LINE__, __VA_ARGS__)
enum err_code err_set_at(struct err *err, enum err_code code, const char *file, int line,
                         const char *fmt, ...) TM_PRINTF(5, 6);

/* As err_set with the text of errno (ENOSPC, EACCES and ENOENT choose their own code). */
#define err_errno(err, ...) err_errno_at((err), errno, __FILE__, __LINE__, __VA_ARGS__)
enum err_code err_errno_at(struct err *err, int errnum, const char *file, int line, const char *fmt,
                           ...) TM_PRINTF(5, 6);

void err_hint(struct err *err, const char *fmt, ...) TM_PRINTF(2, 3);
void err_context(struct err *err, const char *fmt, ...) TM_PRINTF(2, 3);

const char *err_name(enum err_code code);    /* "TOO_LARGE" */
const char *err_summary(enum err_code code); /* "the input exceeds a limit", translated */
int err_exit_code(enum err_code code);
int err_http_status(enum err_code code);

#endif
