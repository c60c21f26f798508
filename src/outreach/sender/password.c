/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/password.h"

#include "base/file.h"

enum err_code sender_path(const struct store *store, const char *name, char *out, size_t size,
                          struct err *err)
{
    if (name[0] != '/')
        return store_path(store, name, out, size, err);
    snprintf(out, size, "%s", name);
    return ERR_OK;
}

enum err_code sender_password(const struct store *store, const char *file, const char *variable,
                              struct buf *out, struct err *err)
{
    char path[2048];

    if (variable[0]) {
        const char *word = getenv(variable);

        if (!word || !*word)
            return err_set(err, ERR_INVALID,
                           "the environment has no %s, which the settings of sending name",
                           variable);
        buf_addz(out, word);
    } else if (file[0]) {
        TRY(sender_path(store, file, path, sizeof(path), err));
        TRY(file_read(path, SENDER_PASSWORD_MAX, out, err));
        while (out->n && (out->p[out->n - 1] == '\n' || out->p[out->n - 1] == '\r'))
            out->p[--out->n] = '\0';
    }
    return buf_check(out, err);
}
