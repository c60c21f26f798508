/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/marks.h"

#include "base/timestamp.h"
#include "store/hand.h"
#include "store/settings.h"
#include "store/sqlite.h"

static enum err_code put_part(struct store *store, int64_t as_of, const struct mark_part *part,
                              struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "INSERT INTO mark_part (name, as_of, content) VALUES ($1, $2, $3)", &s,
                  err));
    stmt_textz(&s, 1, part->name);
    stmt_int(&s, 2, as_of);
    stmt_bytes(&s, 3, part->content);
    stmt_next(&s);
    return stmt_close(&s, err);
}

enum err_code store_mark_put(struct store *store, int64_t as_of, const struct mark_part *parts,
                             size_t n, struct err *err)
{
    enum err_code rc;

    TRY(store_exec(store, "BEGIN IMMEDIATE", err));
    rc = store_exec(store, "DELETE FROM mark_part", err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = put_part(store, as_of, &parts[i], err);
    return store_end(store, rc, err);
}

enum err_code store_mark_get(struct store *store, const char *name, struct buf *out_content,
                             bool *out_found, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT content FROM mark_part WHERE name = $1", &s, err));
    stmt_textz(&s, 1, name);
    *out_found = stmt_next(&s);
    if (*out_found)
        buf_adds(out_content, stmt_col_bytes(&s, 0));
    TRY(stmt_close(&s, err));
    return buf_check(out_content, err);
}

enum err_code store_mark_as_of(struct store *store, int64_t *out_as_of, struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store, "SELECT as_of FROM mark_part LIMIT 1", &s, err));
    *out_as_of = stmt_next(&s) ? stmt_col_int(&s, 0) : TIME_NONE;
    return stmt_close(&s, err);
}

enum err_code store_mark_rests_on(const struct store *store, char out[DIGEST_HEX], struct err *err)
{
    TM_CLEANUP(buf_release) struct buf answers = BUF_INIT(0);
    struct settings s;
    struct digest digest;
    char line[1024];
    bool there;

    TRY(hand_text(store, HAND_ANSWERS, &answers, &there, err));
    TRY(settings_of(store, &s, err));
    snprintf(line, sizeof(line), "%s %s %s %.9g %s %" PRId64 " %s", s.currency, s.country,
             s.time_zone, s.margin, s.vertical, s.opened_day, s.rates);
    digest_begin(&digest);
    digest_add(&digest, str_of(line));
    digest_add(&digest, buf_str(&answers));
    digest_end(&digest, out);
    return ERR_OK;
}
