/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/ads/list.h"

#include "base/timestamp.h"
#include "shop/identifier.h"

enum { LINE_BYTES_MAX = 8192 };

/* A list while it is made. */
struct making {
    const struct ads_wish *wish;
    struct audience_now now;
    struct audience_shelf shelf;
    size_t in, without;
    struct consents *consents;
    struct advertised *lists;
    struct person_reader reader;
    struct buf line;
    struct ads_made *out;
};

/* ---- who may be on it --------------------------------------------------------------------- */

/* Agreed, by the newest word, and nothing stands against it. */
static enum err_code may(struct making *m, const struct pseudonym *who, bool *io_agreed,
                         bool *out_barred, struct err *err)
{
    enum suppression_reason reason;
    struct consent_newest newest;

    TRY(suppression_check_known(m->consents, "ads", who, &reason, err));
    TRY(consents_newest(m->consents, who, "ads", "marketing", &newest, err));
    *out_barred = reason != SUPPRESSED_NOT || newest.state == CONSENT_DENIED ||
                  newest.state == CONSENT_WITHDRAWN;
    *io_agreed = *io_agreed || (newest.state == CONSENT_GRANTED && !*out_barred);
    return ERR_OK;
}

/* What may be told of a person: an address against which something stands is not, and a word
 * against it of either stands for both. */
static enum err_code judge(struct making *m, const struct person_known *known,
                           struct advertised_person *out, bool *out_may, struct err *err)
{
    const struct pseudonyms *keys = m->reader.pseudonyms;
    bool agreed = false, barred = false;

    *out = (struct advertised_person){.who_count = 0};
    out->who_count +=
        pseudonym_email(keys, str_of(known->email), &out->who[out->who_count]) ? 1 : 0;
    out->who_count +=
        pseudonym_phone(keys, str_of(known->phone), m->reader.country, &out->who[out->who_count])
            ? 1
            : 0;
    for (size_t i = 0; i < out->who_count && !barred; i++)
        TRY(may(m, &out->who[i], &agreed, &barred, err));
    *out_may = agreed && !barred;
    return ERR_OK;
}

static enum err_code put(struct making *m, const struct person_known *known, struct err *err)
{
    struct advertised_person person;
    struct identifier phone;
    bool allowed = false;

    TRY(judge(m, known, &person, &allowed, err));
    if (!allowed) {
        m->out->not_agreed++;
        return ERR_OK;
    }
    identifier_phone(str_of(known->phone), m->reader.country, &phone);
    buf_reset(&m->line);
    if (!ads_line(m->wish->place,
                  &(struct ads_person){
                      .email = str_of(known->email),
                      .phone = phone.n && phone.text[0] == '+' ? identifier_str(&phone) : STR_NONE,
                      .first_name = str_of(known->first_name),
                      .last_name = str_of(known->last_name),
                      .country = str_of(known->country),
                      .city = str_of(known->city),
                      .zip = str_of(known->zip)},
                  &m->line)) {
        m->out->unknown++;
        return ERR_OK;
    }
    TRY(buf_check(&m->line, err));
    person.line = buf_str(&m->line);
    return advertised_put(m->lists, &person, err);
}

static enum err_code take(void *ctx, const uint64_t *people, size_t n, struct err *err)
{
    struct making *m = ctx;
    struct person_known *known = xcalloc(PERSON_BATCH, sizeof(*known));
    enum err_code rc = ERR_OK;

    for (size_t at = 0; rc == ERR_OK && at < n; at += PERSON_BATCH) {
        size_t some = n - at < PERSON_BATCH ? n - at : PERSON_BATCH;

        rc = person_look_up(&m->reader, people + at, some, known, err);
        for (size_t i = 0; rc == ERR_OK && i < some; i++, m->out->members++)
            rc = put(m, &known[i], err);
    }
    free(known);
    return rc;
}

/* ---- the list ----------------------------------------------------------------------------- */

static enum err_code find_segments(struct making *m, struct err *err)
{
    const size_t *const both[] = {&m->in, &m->without};

    TRY(audience_shelf_open(m->wish->store, &m->now, NULL, &m->shelf, err));
    TRY(audience_shelf_find(&m->shelf, m->wish->segment, &m->in, err));
    m->without = AUDIENCE_ALL;
    if (m->wish->without)
        TRY(audience_shelf_find(&m->shelf, m->wish->without, &m->without, err));
    for (size_t i = 0; i < TM_COUNT(both); i++)
        if (*both[i] != AUDIENCE_ALL && m->shelf.set.segments[*both[i]].err.code != ERR_OK) {
            *err = m->shelf.set.segments[*both[i]].err;
            return err->code;
        }
    m->out->segment = m->shelf.entries[m->in].id;
    snprintf(m->out->name, sizeof(m->out->name), "%s", m->shelf.entries[m->in].name);
    return ERR_OK;
}

static struct advertised_made record_of(const struct making *m)
{
    const struct ads_made *got = m->out;
    struct advertised_made made = {.made_us = timestamp_now(),
                                   .members = got->members,
                                   .left_out = got->left_out,
                                   .not_agreed = got->not_agreed,
                                   .unknown = got->unknown};

    snprintf(made.by, sizeof(made.by), "%s", m->wish->by);
    if (m->without != AUDIENCE_ALL)
        snprintf(made.without, sizeof(made.without), "%s", m->shelf.entries[m->without].name);
    return made;
}

static enum err_code make_list(struct making *m, struct err *err)
{
    const struct ads_wish *w = m->wish;
    struct advertised_made made;
    enum err_code rc;

    TRY(audience_now_read(w->engine, &m->now, err));
    TRY(find_segments(m, err));
    TRY(consents_open(w->store, &m->consents, err));
    TRY(advertised_open(w->store, &m->lists, err));
    m->reader = (struct person_reader){.engine = w->engine,
                                       .pseudonyms = consents_keys(m->consents),
                                       .consents = m->consents,
                                       .country = w->country};
    TRY(advertised_begin(m->lists, ads_place_word(w->place), m->out->segment, err));
    rc = audience_list(w->engine, &m->shelf.set, &m->now, m->in, m->without, take, m,
                       &m->out->left_out, err);
    made = record_of(m);
    return advertised_end(m->lists, rc, &made, &m->out->counts, err);
}

enum err_code ads_make(const struct ads_wish *wish, struct ads_made *out, struct err *err)
{
    struct making m = {.wish = wish, .line = BUF_INIT(LINE_BYTES_MAX), .out = out};
    enum err_code rc;

    *out = (struct ads_made){.segment = 0};
    rc = make_list(&m, err);
    buf_release(&m.line);
    audience_shelf_close(&m.shelf);
    advertised_close(m.lists);
    consents_close(m.consents);
    return rc;
}

/* ---- files -------------------------------------------------------------------------------- */

enum { PIECE_BYTES = 256 << 10 };

struct writing {
    enum ads_place place;
    struct buf piece;
    ads_write *write;
    void *ctx;
};

static enum err_code hand_on(struct writing *w, size_t from, struct err *err)
{
    TRY(buf_check(&w->piece, err));
    if (w->piece.n < from)
        return ERR_OK;
    TRY(w->write(w->ctx, buf_str(&w->piece), err));
    buf_reset(&w->piece);
    return ERR_OK;
}

static enum err_code add_line(void *ctx, struct str line, struct err *err)
{
    struct writing *w = ctx;

    ads_whole(w->place, line, &w->piece);
    return hand_on(w, PIECE_BYTES, err);
}

enum err_code ads_file(struct advertised *lists, enum ads_place place, int64_t segment, bool gone,
                       ads_write *write, void *ctx, struct err *err)
{
    struct writing w = {.place = place,
                        .piece = BUF_INIT(PIECE_BYTES + 2 * LINE_BYTES_MAX),
                        .write = write,
                        .ctx = ctx};
    enum err_code rc;

    ads_head(place, &w.piece);
    rc = advertised_each(lists, ads_place_word(place), segment, gone, add_line, &w, err);
    if (rc == ERR_OK)
        rc = hand_on(&w, 1, err);
    buf_release(&w.piece);
    return rc;
}
