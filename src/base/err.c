/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/base.h"

#include "base/i18n.h"

static const struct err_row {
    enum err_code code;
    const char *name;
    int http;
    int exit_code;
    const char *summary;
} err_table[] = {
    {ERR_OK, "OK", 200, 0, "no error"},
#define ERR(code, name, http, exit_code, summary) {ERR_##name, #name, http, exit_code, summary},
#include "base/err.def"
#undef ERR
};

static const struct err_row *row_of(enum err_code code)
{
    for (size_t i = 0; i < TM_COUNT(err_table); i++)
        if (err_table[i].code == code)
            return &err_table[i];
    return &err_table[0];
}

/* Cuts a UTF-8 sequence that the end of the array left incomplete. */
static void trim_partial(char *s)
{
    size_t n = strlen(s), back = 0;

    while (back < n && back < 4 && ((unsigned char)s[n - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back < n) {
        unsigned char lead = (unsigned char)s[n - 1 - back];
        size_t need = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : lead >= 0xC0 ? 1 : 0;

        if (need > back)
            s[n - 1 - back] = '\0';
    }
}

static void TM_PRINTF(3, 0) format(char *out, size_t cap, const char *fmt, va_list ap)
{
    vsnprintf(out, cap, i18n_text(fmt), ap);
    trim_partial(out);
}

enum err_code err_set_at(struct err *err, enum err_code code, const char *file, int line,
                         const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return code;
    *err = (struct err){.code = code, .file = file, .line = line};
    va_start(ap, fmt);
    format(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    return code;
}

static enum err_code code_of_errno(int errnum)
{
    switch (errnum) {
    case ENOENT:
    case ENOTDIR:
        return ERR_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EROFS:
        return ERR_DENIED;
    case ENOSPC:
    case EDQUOT:
        return ERR_NO_SPACE;
    case EEXIST:
        return ERR_EXISTS;
    default:
        return ERR_IO;
    }
}

/* What the system says, in the words of the catalogues: the C library's locale is never set. */
static const char *errno_text(int errnum)
{
    static const struct {
        int errnum;
        const char *text;
    } known[] = {
        {ENOENT, N_("it does not exist")},
        {ENOTDIR, N_("a part of the path is not a folder")},
        {EISDIR, N_("it is a folder")},
        {EACCES, N_("permission was refused")},
        {EPERM, N_("permission was refused")},
        {EROFS, N_("the disk can only be read")},
        {ENOSPC, N_("the disk is full")},
        {EDQUOT, N_("your share of the disk is used up")},
        {EEXIST, N_("it exists already")},
        {ENOTEMPTY, N_("the folder is not empty")},
        {EIO, N_("the disk or the network reported a fault")},
        {ENAMETOOLONG, N_("the name is too long")},
        {ELOOP, N_("its links lead in a circle")},
        {EMFILE, N_("too many files are open")},
        {ENFILE, N_("too many files are open")},
        {EBUSY, N_("somebody else is using it")},
        {ENOMEM, N_("there is not enough memory")},
        {EFBIG, N_("the file would be too large")},
        {EPIPE, N_("the reader has gone")},
        {ENOEXEC, N_("it is not a program for this machine")},
    };

    for (size_t i = 0; i < TM_COUNT(known); i++)
        if (known[i].errnum == errnum)
            return _(known[i].text);
    return strerror(errnum);
}

enum err_code err_errno_at(struct err *err, int errnum, const char *file, int line, const char *fmt,
                           ...)
{
    enum err_code code = code_of_errno(errnum);
    va_list ap;
    size_t n;

    if (!err)
        return code;
    *err = (struct err){.code = code, .file = file, .line = line};
    va_start(ap, fmt);
    format(err->msg, sizeof(err->msg), fmt, ap);
    va_end(ap);
    n = strlen(err->msg);
    snprintf(err->msg + n, sizeof(err->msg) - n, ": %s", errno_text(errnum));
    if (code == ERR_NO_SPACE)
        err_hint(err, "Free some space on that disk, then run the command again.");
    return code;
}

void err_hint(struct err *err, const char *fmt, ...)
{
    va_list ap;

    if (!err)
        return;
    va_start(ap, fmt);
    format(err->hint, sizeof(err->hint), fmt, ap);
    va_end(ap);
}

void err_context(struct err *err, const char *fmt, ...)
{
    va_list ap;
    size_t n;

    if (!err)
        return;
    n = strlen(err->context);
    if (n && n + 3 < sizeof(err->context)) {
        memcpy(err->context + n, "; ", 3);
        n += 2;
    }
    va_start(ap, fmt);
    format(err->context + n, sizeof(err->context) - n, fmt, ap);
    va_end(ap);
}

const char *err_name(enum err_code code)
{
    return row_of(code)->name;
}

const char *err_summary(enum err_code code)
{
    return _(row_of(code)->summary);
}

int err_exit_code(enum err_code code)
{
    return row_of(code)->exit_code;
}

int err_http_status(enum err_code code)
{
    return row_of(code)->http;
}
