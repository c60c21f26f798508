/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/consent_file.h"

enum err_code consents_hold(struct consents *c, struct err *err)
{
    return store_exec(&c->file, "BEGIN IMMEDIATE", err);
}

enum err_code consents_let(struct consents *c, struct err *err)
{
    return store_exec(&c->file, "ROLLBACK", err);
}

/* The stricter of two words of one instant. */
static bool outweighs(int64_t when_us, enum consent_state state, int64_t newest_us,
                      enum consent_state newest)
{
    return newest == CONSENT_STATES || when_us > newest_us ||
           (when_us == newest_us && (newest == CONSENT_GRANTED || state != CONSENT_GRANTED));
}

enum err_code consents_newest(struct consents *c, const struct pseudonym *who, const char *channel,
                              const char *purpose, struct consent_newest *out, struct err *err)
{
    int64_t newest_us = 0;
    struct stmt *s;

    *out = (struct consent_newest){.state = CONSENT_STATES};
    TRY(consent_statement(c, CONSENT_NEWEST, &s, err));
    stmt_bytes(s, 1, pseudonym_str(who));
    stmt_textz(s, 2, channel);
    stmt_textz(s, 3, purpose);
    while (stmt_next(s)) {
        int64_t when_us = stmt_col_int(s, 1), said = stmt_col_int(s, 2);
        /* One that cannot be read allows nothing. */
        enum consent_state state =
            said >= 0 && said < CONSENT_STATES ? (enum consent_state)said : CONSENT_DENIED;

        if (!outweighs(when_us, state, newest_us, out->state))
            continue;
        *out = (struct consent_newest){.state = state, .entry = stmt_col_int(s, 0)};
        newest_us = when_us;
    }
    return stmt_done(s, err);
}
