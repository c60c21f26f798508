/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/erasures_file.h"

#include "base/timestamp.h"
#include "store/sqlite.h"

#include <sodium.h>

#define HEAD "tidemark-erasures 1"

enum { HEX = 2 * PSEUDONYM_BYTES + 1, WORDS = 4 };

void erasures_filed_release(struct erasures_filed *filed)
{
    free(filed->list);
    free(filed->ids);
    *filed = (struct erasures_filed){0};
}

static void add_hex(struct buf *out, const struct pseudonym *hash)
{
    char hex[HEX];

    sodium_bin2hex(hex, sizeof(hex), hash->bytes, sizeof(hash->bytes));
    buf_addz(out, hex);
}

/* ---- writing ------------------------------------------------------------------------------ */

static void add_person(struct buf *out, int64_t requested_us, const struct erasure_id *ids,
                       size_t n)
{
    buf_addf(out, "person %" PRId64 "\n", requested_us);
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "%s ", personal_name(ids[i].kind));
        add_hex(out, &ids[i].hash);
        buf_addf(out, " %016" PRIx64 "%s\n", ids[i].quick, ids[i].other ? " other" : "");
    }
}

static void add_source(struct buf *out, int64_t requested_us, int64_t source, int64_t made_us)
{
    buf_addf(out, "source %" PRId64 " %" PRId64 " %" PRId64 "\n", requested_us, source, made_us);
}

struct done {
    int64_t id, requested_us, source, made_us;
};

static enum err_code read_done(struct store *store, int64_t also, struct done **out, size_t *out_n,
                               struct err *err)
{
    struct stmt s;

    TRY(stmt_open(store,
                  "SELECT e.id, e.requested_us, e.source_id, coalesce(l.created_us, 0)"
                  " FROM erasure e LEFT JOIN live_source l ON l.id = e.source_id"
                  " WHERE e.step = $1 OR e.id = $2 ORDER BY e.requested_us, e.id",
                  &s, err));
    stmt_int(&s, 1, ERASE_DONE);
    stmt_int(&s, 2, also);
    while (stmt_next(&s)) {
        if ((*out_n & (*out_n - 1)) == 0)
            *out = xrealloc(*out, (*out_n ? 2 * *out_n : 1) * sizeof(**out));
        (*out)[(*out_n)++] = (struct done){stmt_col_int(&s, 0), stmt_col_int(&s, 1),
                                           stmt_col_int(&s, 2), stmt_col_int(&s, 3)};
    }
    return stmt_close(&s, err);
}

static enum err_code write_own(struct store *store, const struct done *done, struct buf *out,
                               struct err *err)
{
    struct erasure_id *ids;
    size_t n;

    if (done->source) {
        add_source(out, done->requested_us, done->source, done->made_us);
        return ERR_OK;
    }
    TRY(store_erasure_ids(store, done->id, &ids, &n, err));
    add_person(out, done->requested_us, ids, n);
    free(ids);
    return ERR_OK;
}

static enum err_code write_besides(struct store *store, const struct erasures_besides *besides,
                                   struct buf *out, int64_t *io_n, struct err *err)
{
    const struct erasures_filed *filed = besides ? besides->filed : NULL;

    for (size_t i = 0; filed && i < filed->n; i++) {
        const struct erasure_filed *one = &filed->list[i];
        bool known = false;

        TRY(store_erasure_known(store, filed, one, &known, err));
        if (known || one->requested_us < besides->from_us)
            continue;
        if (one->source)
            add_source(out, one->requested_us, one->source, one->made_us);
        else
            add_person(out, one->requested_us, &filed->ids[one->first], one->n);
        ++*io_n;
    }
    return ERR_OK;
}

static enum err_code write_all(struct store *store, const struct pseudonyms *keys,
                               const struct erasures_besides *besides, struct buf *out,
                               int64_t *out_n, struct err *err)
{
    struct done *done = NULL;
    struct pseudonym sum;
    size_t n = 0;
    enum err_code rc;

    pseudonym_digest(keys, "erasures fingerprint", STR_NONE, &sum);
    buf_addz(out, HEAD "\nkey ");
    add_hex(out, &sum);
    buf_addf(out, "\nwritten %" PRId64 "\n", timestamp_now());
    rc = read_done(store, besides ? besides->erasure : 0, &done, &n, err);
    for (size_t i = 0; i < n && rc == ERR_OK; i++)
        rc = write_own(store, &done[i], out, err);
    free(done);
    *out_n = (int64_t)n;
    if (rc == ERR_OK)
        rc = write_besides(store, besides, out, out_n, err);
    TRY(rc);
    TRY(buf_check(out, err));
    pseudonym_digest(keys, "erasures file", buf_str(out), &sum);
    buf_addz(out, "sum ");
    add_hex(out, &sum);
    buf_addc(out, '\n');
    return buf_check(out, err);
}

enum err_code store_erasures_write(struct store *store, const struct erasures_besides *besides,
                                   struct buf *out, int64_t *out_n, struct err *err)
{
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *keys = NULL;

    TRY(pseudonyms_open(store, &keys, err));
    return write_all(store, keys, besides, out, out_n, err);
}

bool erasures_file_sum(struct str text, char out[ERASURES_SUM_MAX])
{
    const size_t n = strlen("sum ") + HEX; /* with the end of the line */

    if (text.n < n || memcmp(text.p + text.n - n, "sum ", 4) != 0 || text.p[text.n - 1] != '\n')
        return false;
    snprintf(out, ERASURES_SUM_MAX, "%.*s", HEX - 1, text.p + text.n - HEX);
    return true;
}

/* ---- reading ------------------------------------------------------------------------------ */

struct line {
    struct str words[WORDS];
    size_t n;
};

/* Takes the next line off; false at the end, and for one that is not whole. */
static bool next_line(struct str *io, struct line *out)
{
    const char *end = io->n ? memchr(io->p, '\n', io->n) : NULL;
    const char *at = io->p;

    *out = (struct line){.n = 0};
    if (!end)
        return false;
    while (at <= end && out->n < WORDS) {
        const char *stop = memchr(at, ' ', (size_t)(end - at));

        if (!stop || out->n == WORDS - 1)
            stop = end;
        out->words[out->n++] = (struct str){at, (size_t)(stop - at)};
        at = stop + 1;
    }
    io->n -= (size_t)(end + 1 - io->p);
    io->p = end + 1;
    return true;
}

static bool read_number(struct str word, int64_t *out)
{
    *out = 0;
    if (!word.n || word.n > 18)
        return false;
    for (size_t i = 0; i < word.n; i++) {
        if (!isdigit((unsigned char)word.p[i]))
            return false;
        *out = 10 * *out + (word.p[i] - '0');
    }
    return true;
}

static bool read_hex(struct str word, unsigned char *out, size_t n)
{
    size_t got = 0;

    return word.n == 2 * n && sodium_hex2bin(out, n, word.p, word.n, NULL, &got, NULL) == 0 &&
           got == n;
}

static bool read_id(const struct line *line, struct erasure_id *out)
{
    unsigned char quick[8];

    *out = (struct erasure_id){.kind = personal_named(line->words[0])};
    if (!out->kind || line->n < 3 || !read_hex(line->words[1], out->hash.bytes, PSEUDONYM_BYTES) ||
        !read_hex(line->words[2], quick, sizeof(quick)))
        return false;
    for (size_t i = 0; i < sizeof(quick); i++)
        out->quick = out->quick << 8 | quick[i];
    out->other = line->n > 3;
    return !out->other || str_eqz(line->words[3], "other");
}

static void add_one(struct erasures_filed *f, struct erasure_filed one)
{
    if ((f->n & (f->n - 1)) == 0)
        f->list = xrealloc(f->list, (f->n ? 2 * f->n : 1) * sizeof(*f->list));
    one.first = f->id_count;
    f->list[f->n++] = one;
}

static bool take_line(struct erasures_filed *f, const struct line *line)
{
    struct erasure_filed one = {0};
    struct erasure_id id;

    if (str_eqz(line->words[0], "person") || str_eqz(line->words[0], "source")) {
        const bool person = line->words[0].p[0] == 'p';

        if (line->n != (person ? 2 : 4) || !read_number(line->words[1], &one.requested_us) ||
            (!person && (!read_number(line->words[2], &one.source) || !one.source ||
                         !read_number(line->words[3], &one.made_us))))
            return false;
        add_one(f, one);
        return true;
    }
    if (!f->n || f->list[f->n - 1].source || !read_id(line, &id))
        return false;
    if ((f->id_count & (f->id_count - 1)) == 0)
        f->ids = xrealloc(f->ids, (f->id_count ? 2 * f->id_count : 1) * sizeof(*f->ids));
    id.requested_us = f->list[f->n - 1].requested_us;
    f->ids[f->id_count++] = id;
    f->list[f->n - 1].n++;
    return true;
}

static bool is_digest(const struct pseudonyms *keys, const char *purpose, struct str of,
                      struct str hex)
{
    struct pseudonym told, known;

    pseudonym_digest(keys, purpose, of, &known);
    return read_hex(hex, told.bytes, sizeof(told.bytes)) &&
           sodium_memcmp(told.bytes, known.bytes, sizeof(known.bytes)) == 0;
}

/* Nothing of it is believed before its checksum is. */
static bool take_lines(const struct pseudonyms *keys, struct str text, struct str rest,
                       struct erasures_filed *out)
{
    struct line line;

    if (!next_line(&rest, &line) || line.n != 2 || !str_eqz(line.words[0], "written") ||
        !read_number(line.words[1], &out->written_us))
        return false;
    for (;;) {
        const struct str before = {text.p, (size_t)(rest.p - text.p)};

        if (!next_line(&rest, &line))
            return false;
        if (str_eqz(line.words[0], "sum"))
            return line.n == 2 && !rest.n &&
                   is_digest(keys, "erasures file", before, line.words[1]);
        if (!take_line(out, &line))
            return false;
    }
}

enum err_code store_erasures_read(struct store *store, struct str text, struct erasures_filed *out,
                                  struct err *err)
{
    TM_CLEANUP(pseudonyms_closep) struct pseudonyms *keys = NULL;
    struct str rest = text;
    struct line line;

    *out = (struct erasures_filed){0};
    if (!str_starts(text, HEAD "\n") || !next_line(&rest, &line) || !next_line(&rest, &line) ||
        line.n != 2 || !str_eqz(line.words[0], "key")) {
        err_set(err, ERR_INVALID, "it is no file of erasures");
        err_hint(err, "\"tidemark people erasures --export FILE\" writes one.");
        return ERR_INVALID;
    }
    TRY(pseudonyms_open(store, &keys, err));
    if (!is_digest(keys, "erasures fingerprint", STR_NONE, line.words[1])) {
        err_set(err, ERR_INVALID, "the file is of a workspace with another key");
        err_hint(err, "It can only be applied to copies of the workspace that wrote it: they have "
                      "the same file \"pseudonym.key\".");
        return ERR_INVALID;
    }
    if (take_lines(keys, text, rest, out))
        return ERR_OK;
    erasures_filed_release(out);
    err_set(err, ERR_INVALID, "the file was changed or cut off since it was written");
    err_hint(err, "Write it anew where the erasures were done: tidemark people erasures --export "
                  "FILE.");
    return ERR_INVALID;
}

/* ---- what is on record here --------------------------------------------------------------- */

enum err_code store_erasure_known(struct store *store, const struct erasures_filed *filed,
                                  const struct erasure_filed *one, bool *out_known, struct err *err)
{
    const char *sql = "SELECT 1 FROM erasure WHERE requested_us = $1 AND source_id = $2";
    struct stmt s;

    if (one->n)
        sql = "SELECT 1 FROM erasure e JOIN erasure_id i ON i.erasure_id = e.id"
              " WHERE e.requested_us = $1 AND e.source_id = $2 AND i.kind = $3 AND i.hash = $4";
    TRY(stmt_open(store, sql, &s, err));
    stmt_int(&s, 1, one->requested_us);
    stmt_int(&s, 2, one->source);
    if (one->n) {
        stmt_int(&s, 3, filed->ids[one->first].kind);
        stmt_bytes(&s, 4, pseudonym_str(&filed->ids[one->first].hash));
    }
    *out_known = stmt_next(&s);
    return stmt_close(&s, err);
}
