/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* reached.h - tests of flows: a world in which everybody has an e-mail address, and what happens to
 * somebody. */
#ifndef TM_TESTS_UNIT_OUTREACH_REACHED_H
#define TM_TESTS_UNIT_OUTREACH_REACHED_H

#include "outreach/flow/drive.h"

/* What a test cannot go on without. */
static void must_not_fail(enum err_code rc, const struct err *err)
{
    if (rc == ERR_OK)
        return;
    fprintf(stderr, "%s\n", err->msg);
    exit(1);
}

/* A pseudonym that is told apart by the person's number. */
static void number_as_who(uint64_t person, struct pseudonym *out)
{
    *out = (struct pseudonym){{0}};
    memcpy(out->bytes, &person, sizeof(person));
}

__attribute__((unused)) static enum err_code everybody_reached(void *ctx, uint64_t person,
                                                               struct str data,
                                                               struct outbox_message *io,
                                                               bool *out_found, struct err *err)
{
    (void)ctx, (void)data, (void)err;
    *out_found = true;
    snprintf(io->address, sizeof(io->address), "p%" PRIu64 "@example.com", person);
    number_as_who(person, &io->who);
    return ERR_OK;
}

/* An event, after which a cart lies there. */
__attribute__((unused)) static struct flow_happening cart_event(const char *name, uint64_t person,
                                                                int64_t key)
{
    struct flow_happening h = {.kind = FLOW_ON_EVENT,
                               .name = name,
                               .person = person,
                               .key = key,
                               .data = STR_LIT("{\"cart\": 1}")};

    number_as_who(person, &h.who);
    return h;
}

#endif
