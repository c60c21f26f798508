/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* planned WORKSPACE ADDRESS...: a message to each e-mail address, planned as a campaign would. */
#include "store/outbox.h"

#include "base/timestamp.h"

#include <inttypes.h>
#include <stdio.h>

static enum err_code plan(struct outbox *outbox, const struct pseudonyms *keys, int n,
                          const char *address, struct err *err)
{
    struct outbox_message m = {.campaign = 1,
                               .person = (uint64_t)n,
                               .channel = "email",
                               .purpose = "marketing",
                               .planned_us = timestamp_now(),
                               .next_us = timestamp_now(),
                               .not_after_us = timestamp_now() + 90 * US_PER_DAY};
    char data[400];
    bool new = false;

    snprintf(m.address, sizeof(m.address), "%s", address);
    snprintf(data, sizeof(data), "{\"to\":\"%s\"}", address);
    if (!pseudonym_email(keys, str_of(address), &m.who))
        return err_set(err, ERR_INVALID, "\"%s\" is no address", address);
    TRY(outbox_begin(outbox, err));
    return outbox_end(outbox, outbox_plan(outbox, &m, str_of(data), &new, err), err);
}

static enum err_code plan_all(char **argv, int argc, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    TM_CLEANUP(outbox_closep) struct outbox *outbox = NULL;
    struct pseudonyms *keys = NULL;
    enum err_code rc = ERR_OK;

    TRY(store_open(argv[1], &store, err));
    TRY(outbox_open(store, &outbox, err));
    TRY(pseudonyms_open(store, &keys, err));
    for (int i = 2; i < argc && rc == ERR_OK; i++)
        rc = plan(outbox, keys, i, argv[i], err);
    pseudonyms_close(keys);
    return rc;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;

    if (argc < 3 || plan_all(argv, argc, &err) != ERR_OK) {
        fprintf(stderr, "%s\n", err.msg);
        return 1;
    }
    return 0;
}
