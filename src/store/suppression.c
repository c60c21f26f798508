/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/suppression.h"

#include "base/timestamp.h"
#include "store/consent_file.h"

enum { BOUNCES_FINAL = 5, BOUNCE_DAYS = 30 };

const char *const suppression_statements[CONSENT_STATEMENTS] = {
    [SUPPRESSION_FIND] = "SELECT channel, reason, since_us, resubscribed_us, source"
                         " FROM suppression WHERE who = $1"
                         " ORDER BY since_us < resubscribed_us, since_us DESC",
    [SUPPRESSION_PUT] =
        "INSERT INTO suppression (who, channel, reason, since_us, resubscribed_us, noted_us,"
        " source) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (who, channel, reason)"
        " DO UPDATE SET since_us = max(since_us, excluded.since_us),"
        " resubscribed_us = max(resubscribed_us, excluded.resubscribed_us)",
    [SUPPRESSION_LIFT] = "UPDATE suppression SET resubscribed_us = max(resubscribed_us, $3)"
                         " WHERE who = $1 AND channel IN ($2, '*') AND (reason != $4 OR $5)",
    [SUPPRESSION_BOUNCE] =
        "INSERT INTO bounce (who, channel, at_us) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
    [SUPPRESSION_BOUNCES] = "SELECT at_us FROM bounce WHERE who = $1 AND channel = $2"
                            " AND at_us >= $3 AND at_us <= $4 ORDER BY at_us",
    [SUPPRESSION_ANY_ERASED] = "SELECT 1 FROM suppression WHERE " SUPPRESSION_IS_ERASED " LIMIT 1",
};

static const char *const reason_names[SUPPRESSION_REASONS] = {
    [SUPPRESSED_NOT] = "none",
    [SUPPRESSED_UNSUBSCRIBED] = "unsubscribed",
    [SUPPRESSED_COMPLAINT] = "complaint",
    [SUPPRESSED_BOUNCED] = "bounced",
    [SUPPRESSED_ERASED] = "erased",
    [SUPPRESSED_BY_HAND] = "by hand",
};

/* Which of several is told: the weightiest. */
static const int weight[SUPPRESSION_REASONS] = {
    [SUPPRESSED_UNSUBSCRIBED] = 2, [SUPPRESSED_COMPLAINT] = 3, [SUPPRESSED_BOUNCED] = 1,
    [SUPPRESSED_ERASED] = 5,       [SUPPRESSED_BY_HAND] = 4,
};

const char *suppression_reason_name(enum suppression_reason reason)
{
    return reason_names[reason];
}

/* ---- asking ------------------------------------------------------------------------------- */

static void read_one(struct stmt *s, const struct pseudonym *who, struct suppression *out)
{
    int64_t reason = stmt_col_int(s, 1);

    *out = (struct suppression){
        .who = *who, .since_us = stmt_col_int(s, 2), .resubscribed_us = stmt_col_int(s, 3)};
    /* One that cannot be read must not open the gate. */
    out->reason = reason > SUPPRESSED_NOT && reason < SUPPRESSION_REASONS
                      ? (enum suppression_reason)reason
                      : SUPPRESSED_BY_HAND;
    out->stands = out->since_us >= out->resubscribed_us;
    stmt_col_copy(s, 0, out->channel, sizeof(out->channel));
    stmt_col_copy(s, 4, out->source, sizeof(out->source));
}

enum err_code suppression_of(struct consents *c, const struct pseudonym *who,
                             enum err_code (*each)(void *ctx, const struct suppression *s,
                                                   struct err *err),
                             void *ctx, struct err *err)
{
    enum err_code rc = ERR_OK, end;
    struct stmt s;

    TRY(stmt_open(&c->file, suppression_statements[SUPPRESSION_FIND], &s, err));
    stmt_bytes(&s, 1, pseudonym_str(who));
    while (rc == ERR_OK && stmt_next(&s)) {
        struct suppression one;

        read_one(&s, who, &one);
        rc = each(ctx, &one, err);
    }
    end = stmt_close(&s, rc == ERR_OK ? err : NULL);
    return rc == ERR_OK ? end : rc;
}

enum err_code suppression_check_known(struct consents *c, const char *channel,
                                      const struct pseudonym *who, enum suppression_reason *out,
                                      struct err *err)
{
    struct stmt *s;

    *out = SUPPRESSED_NOT;
    TRY(consent_statement(c, SUPPRESSION_FIND, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    while (stmt_next(s)) {
        struct suppression one;

        read_one(s, who, &one);
        if (one.stands && weight[one.reason] > weight[*out] &&
            (strcmp(one.channel, channel) == 0 || strcmp(one.channel, SUPPRESSION_ALL) == 0))
            *out = one.reason;
    }
    return stmt_done(s, err);
}

bool suppression_address(const struct pseudonyms *keys, const char *channel, struct str address,
                         const char *country, struct pseudonym *out)
{
    bool phone = strcmp(channel, "sms") == 0 || strcmp(channel, "whatsapp") == 0;

    if (!phone && pseudonym_email(keys, address, out))
        return true;
    return strcmp(channel, "email") != 0 && pseudonym_phone(keys, address, country, out);
}

enum err_code suppression_check(struct consents *c, const char *channel, struct str address,
                                const char *country, enum suppression_reason *out, struct err *err)
{
    struct pseudonym who;

    if (!suppression_address(c->keys, channel, address, country, &who))
        return err_set(err, ERR_INVALID, "\"%.*s\" is no address that %s reaches",
                       (int)(address.n < 100 ? address.n : 100), address.p, channel);
    return suppression_check_known(c, channel, &who, out, err);
}

enum err_code suppression_counts(struct consents *c, struct suppression_count *out, size_t cap,
                                 size_t *out_n, struct err *err)
{
    struct stmt s;

    *out_n = 0;
    TRY(stmt_open(&c->file,
                  "SELECT channel, reason, count(*), max(since_us) FROM suppression"
                  " WHERE since_us >= resubscribed_us AND reason BETWEEN 1 AND $1"
                  " GROUP BY channel, reason ORDER BY channel, reason",
                  &s, err));
    stmt_int(&s, 1, SUPPRESSION_REASONS - 1);
    while (*out_n < cap && stmt_next(&s)) {
        struct suppression_count *one = &out[(*out_n)++];

        stmt_col_copy(&s, 0, one->channel, sizeof(one->channel));
        one->reason = (enum suppression_reason)stmt_col_int(&s, 1);
        one->n = stmt_col_int(&s, 2);
        one->newest_us = stmt_col_int(&s, 3);
    }
    return stmt_close(&s, err);
}

/* ---- writing ------------------------------------------------------------------------------ */

static enum err_code put(struct consents *c, const char *channel, const struct pseudonym *who,
                         enum suppression_reason reason, int64_t since_us, int64_t resubscribed_us,
                         struct str source, struct err *err)
{
    struct stmt *s;

    c->any_erased = c->any_erased || reason == SUPPRESSED_ERASED;
    TRY(consent_statement(c, SUPPRESSION_PUT, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_textz(s, 2, channel);
    stmt_int(s, 3, reason);
    stmt_int(s, 4, since_us);
    stmt_int(s, 5, resubscribed_us);
    stmt_int(s, 6, c->noted_us);
    stmt_text(s, 7, source);
    return stmt_run(s, NULL, err);
}

enum err_code suppression_add(struct consents *c, const char *channel, const struct pseudonym *who,
                              enum suppression_reason reason, int64_t since_us, struct str source,
                              struct err *err)
{
    const struct consent_fact fact = {.channel = str_of(channel)};
    struct consent_known known = {.resubscribed_us = TIME_NONE};

    if (since_us > c->noted_us + US_PER_DAY) /* a clock that is wrong is no reason for ever */
        since_us = c->noted_us;
    if (reason != SUPPRESSED_BY_HAND)
        TRY(consent_known(c, who, &fact, &known, err));
    return put(c, channel, who, reason, since_us, known.resubscribed_us, source, err);
}

enum err_code suppression_bounce(struct consents *c, const char *channel,
                                 const struct pseudonym *who, int64_t at_us, struct str source,
                                 struct err *err)
{
    const int64_t window = BOUNCE_DAYS * US_PER_DAY;
    int64_t times[BOUNCES_FINAL] = {0};
    bool final = false;
    struct stmt *s;
    size_t n = 0;

    TRY(consent_statement(c, SUPPRESSION_BOUNCE, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_textz(s, 2, channel);
    stmt_int(s, 3, at_us);
    TRY(stmt_run(s, NULL, err));
    TRY(consent_statement(c, SUPPRESSION_BOUNCES, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_textz(s, 2, channel);
    stmt_int(s, 3, at_us - window);
    stmt_int(s, 4, at_us + window);
    while (stmt_next(s)) { /* the last five, whichever came first */
        memmove(times, times + 1, sizeof(times) - sizeof(times[0]));
        times[BOUNCES_FINAL - 1] = stmt_col_int(s, 0);
        n++;
        final = final || (n >= BOUNCES_FINAL && times[BOUNCES_FINAL - 1] - times[0] <= window);
    }
    TRY(stmt_done(s, err));
    return final ? suppression_add(c, channel, who, SUPPRESSED_BOUNCED, at_us, source, err)
                 : ERR_OK;
}

static enum err_code lift(struct consents *c, const struct pseudonym *who,
                          const struct consent_fact *fact, struct err *err)
{
    struct stmt *s;

    TRY(consent_statement(c, SUPPRESSION_LIFT, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_text(s, 2, fact->channel);
    stmt_int(s, 3, fact->when_us);
    stmt_int(s, 4, SUPPRESSED_BY_HAND);
    stmt_int(s, 5, str_eqz(fact->source, "hand"));
    return stmt_run(s, NULL, err);
}

enum err_code suppression_follow(struct consents *c, const struct pseudonym *who,
                                 const struct consent_fact *fact, const struct consent_known *known,
                                 struct err *err)
{
    char channel[CONSENT_WORD_MAX + 1];
    enum suppression_reason reason = SUPPRESSED_NOT;
    /* An undated word is at least as new as the day on which it was read. */
    int64_t since_us = fact->when_us == TIME_NONE ? c->noted_us : fact->when_us;

    if (fact->state == CONSENT_GRANTED)
        return consent_is_explicit(fact->state, fact->when_us, fact->method, c->noted_us)
                   ? lift(c, who, fact, err)
                   : ERR_OK;
    if (fact->state == CONSENT_WITHDRAWN)
        reason = fact->complained ? SUPPRESSED_COMPLAINT : SUPPRESSED_UNSUBSCRIBED;
    else if (fact->state == CONSENT_UNREACHABLE)
        reason = SUPPRESSED_BOUNCED;
    else if (fact->state == CONSENT_DENIED && known->granted)
        reason = SUPPRESSED_UNSUBSCRIBED; /* who had allowed it allows it no more */
    if (reason == SUPPRESSED_NOT)
        return ERR_OK;
    if (since_us > c->noted_us + US_PER_DAY)
        since_us = c->noted_us;
    snprintf(channel, sizeof(channel), "%.*s", (int)fact->channel.n, fact->channel.p);
    return put(c, channel, who, reason, since_us, known->resubscribed_us, fact->source, err);
}

enum err_code suppression_any_erased(struct consents *c, bool *out, struct err *err)
{
    struct stmt *s;

    TRY(consent_statement(c, SUPPRESSION_ANY_ERASED, &s, err));
    *out = stmt_next(s);
    return stmt_done(s, err);
}

enum err_code suppression_forgot(struct consents *c, const struct pseudonym *who, int64_t when_us,
                                 bool *out, struct err *err)
{
    struct stmt *s;

    *out = false;
    TRY(consent_statement(c, SUPPRESSION_FIND, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    while (stmt_next(s))
        *out = *out || (stmt_col_int(s, 1) == SUPPRESSED_ERASED && when_us <= stmt_col_int(s, 2));
    return stmt_done(s, err);
}

/* ---- one person's addresses --------------------------------------------------------------- */

/* Last words against writing to an address on a channel, by reason; TIME_NONE without one. */
struct words {
    int64_t since_us[SUPPRESSION_REASONS];
};

/* Those that stand, or all. A dead address is dead alone. */
static enum err_code gather(struct consents *c, const char *channel, const struct pseudonym *who,
                            bool standing, struct words *io, struct err *err)
{
    struct stmt *s;

    TRY(consent_statement(c, SUPPRESSION_FIND, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    while (stmt_next(s)) {
        struct suppression one;

        read_one(s, who, &one);
        if ((one.stands || !standing) && strcmp(one.channel, channel) == 0 &&
            one.reason != SUPPRESSED_BOUNCED && one.since_us > io->since_us[one.reason])
            io->since_us[one.reason] = one.since_us;
    }
    return stmt_done(s, err);
}

static enum err_code spread_to(struct consents *c, const char *channel, const struct pseudonym *who,
                               const struct words *strictest, int64_t *io_n, struct err *err)
{
    struct words own = {{TIME_NONE}};

    TRY(gather(c, channel, who, false, &own, err));
    for (int reason = 0; reason < SUPPRESSION_REASONS; reason++) {
        if (own.since_us[reason] >= strictest->since_us[reason])
            continue;
        TRY(suppression_add(c, channel, who, (enum suppression_reason)reason,
                            strictest->since_us[reason], STR_LIT("same person"), err));
        *io_n += 1;
    }
    return ERR_OK;
}

enum err_code suppression_spread(struct consents *c, const char *channel,
                                 const struct pseudonym *who, size_t n, int64_t *out_n,
                                 struct err *err)
{
    struct words strictest = {{TIME_NONE}};

    *out_n = 0;
    for (size_t i = 0; i < n; i++)
        TRY(gather(c, channel, &who[i], true, &strictest, err));
    for (size_t i = 0; i < n; i++)
        TRY(spread_to(c, channel, &who[i], &strictest, out_n, err));
    return ERR_OK;
}
