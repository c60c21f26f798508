/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "privacy/filed.h"

#include "base/file.h"
#include "base/timestamp.h"

#include <unistd.h>

enum { PATH_SIZE = 2048 };

static const char sum_name[] = "erasures file";

/* ---- where it is -------------------------------------------------------------------------- */

static enum err_code real_folder(const char *path, char out[PATH_SIZE], struct err *err)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    char *real;

    snprintf(folder, sizeof(folder), "%.*s/", (int)(slash - path), path);
    real = realpath(folder, NULL);
    if (!real) {
        err_errno(err, "looking at \"%s\"", folder);
        err_hint(err, "Make the folder, or name another one as erasures_file in tidemark.yaml.");
        return err->code;
    }
    snprintf(out, PATH_SIZE, "%s/", real);
    free(real);
    return ERR_OK;
}

static enum err_code path_of(struct store *store, const char *name, char out[PATH_SIZE],
                             struct err *err)
{
    char folder[PATH_SIZE], own[PATH_SIZE], store_file[PATH_SIZE];

    if (name[0] == '/')
        snprintf(out, PATH_SIZE, "%s", name);
    else
        TRY(store_path(store, name, out, PATH_SIZE, err));
    TRY(store_path(store, "store.db", store_file, sizeof(store_file), err));
    TRY(real_folder(out, folder, err));
    TRY(real_folder(store_file, own, err));
    if (strncmp(folder, own, strlen(own)) != 0)
        return ERR_OK;
    err_set(err, ERR_INVALID, "erasures_file: \"%s\" lies in the workspace's folder", name);
    err_hint(err, "It would be brought back together with the folder. Name a file outside, such as "
                  "../shop.erasures.");
    return ERR_INVALID;
}

/* ---- what it says ------------------------------------------------------------------------- */

static enum err_code read_text(const char *path, struct buf *out, bool *out_found, struct err *err)
{
    *out_found = access(path, F_OK) == 0 || errno != ENOENT;
    return *out_found ? file_read(path, ERASURES_FILE_MAX, out, err) : ERR_OK;
}

static enum err_code read_lists(struct store *store, const char *path, struct str text,
                                struct erasures_filed *out, struct err *err)
{
    enum err_code rc = store_erasures_read(store, text, out, err);

    if (rc != ERR_OK)
        err_context(err, "erasures_file \"%s\"", path);
    return rc;
}

/* Shorter than erasures are kept here it is not kept there. */
static int64_t kept_from(const struct settings *settings)
{
    return settings->keep_erasures ? timestamp_now() - (int64_t)settings->keep_erasures * US_PER_DAY
                                   : INT64_MIN;
}

static enum err_code keep_sum(struct store *store, struct str text, struct err *err)
{
    char sum[ERASURES_SUM_MAX] = "";

    const bool has = erasures_file_sum(text, sum);

    assert(has);
    (void)has;
    return store_put(store, sum_name, str_of(sum), err);
}

/* ---- doors -------------------------------------------------------------------------------- */

enum err_code filed_look(struct store *store, const struct settings *settings,
                         enum filed_state *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0), kept = BUF_INIT(ERASURES_SUM_MAX);
    char path[PATH_SIZE], sum[ERASURES_SUM_MAX] = "";
    bool found = false, known = false;

    *out = FILED_UNSET;
    if (!settings->erasures_file[0])
        return ERR_OK;
    TRY(path_of(store, settings->erasures_file, path, err));
    TRY(read_text(path, &text, &found, err));
    *out = FILED_MISSING;
    if (!found)
        return ERR_OK;
    *out = FILED_OTHER;
    TRY(store_get(store, sum_name, &kept, &known, err));
    if (known && erasures_file_sum(buf_str(&text), sum) && str_eqz(buf_str(&kept), sum))
        *out = FILED_SAME;
    return ERR_OK;
}

enum err_code filed_read(struct store *store, const struct settings *settings,
                         struct erasures_filed *out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    char path[PATH_SIZE];

    *out = (struct erasures_filed){0};
    TRY(path_of(store, settings->erasures_file, path, err));
    TRY(file_read(path, ERASURES_FILE_MAX, &text, err));
    return read_lists(store, path, buf_str(&text), out, err);
}

static enum err_code write_file(struct store *store, const char *path,
                                const struct erasures_besides *besides, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(ERASURES_FILE_MAX);
    int64_t n = 0;

    TRY(store_erasures_write(store, besides, &text, &n, err));
    TRY(file_replace(path, buf_str(&text), err));
    return keep_sum(store, buf_str(&text), err);
}

enum err_code filed_write(struct store *store, const struct settings *settings, int64_t also,
                          struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    struct erasures_filed filed = {0};
    struct erasures_besides besides = {also, NULL, kept_from(settings)};
    char path[PATH_SIZE];
    bool found = false;
    enum err_code rc = ERR_OK;

    if (!settings->erasures_file[0])
        return ERR_OK;
    TRY(path_of(store, settings->erasures_file, path, err));
    TRY(read_text(path, &text, &found, err));
    if (found)
        rc = read_lists(store, path, buf_str(&text), &filed, err);
    besides.filed = &filed;
    if (rc == ERR_OK)
        rc = write_file(store, path, &besides, err);
    erasures_filed_release(&filed);
    return rc;
}
