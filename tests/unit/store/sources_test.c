/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may send live messages. */
#include "store/sources.h"

#include "tap.h"
#include "temp_dir.h"

static struct source_entry entry(const char *name)
{
    struct source_entry e = {.ledger = true};

    snprintf(e.protocol, sizeof(e.protocol), "segment");
    snprintf(e.name, sizeof(e.name), "%s", name);
    return e;
}

static void keys(struct store *store)
{
    struct source_entry site = entry("Site"), app = entry("App"), read = {0}, list[3];
    struct err err = ERR_INIT;
    size_t n;

    CHECK_OK(store_source_add(store, &site, &err), err);
    CHECK_OK(store_source_add(store, &app, &err), err);
    CHECK_MSG(site.id == 1 && app.id == 2, "numbers are given");
    CHECK_MSG(strlen(site.key) == 32 && strcmp(site.key, app.key) != 0, "so are keys, none twice");
    CHECK_OK(store_source_get(store, app.id, &read, &err), err);
    CHECK_MSG(strcmp(read.key, app.key) == 0 && read.ledger && read.created_us == app.created_us &&
                  strcmp(read.name, "App") == 0 && strcmp(read.protocol, "segment") == 0,
              "a source is found as it was added");
    CHECK_OK(store_sources_list(store, 1, list, TM_COUNT(list), &n, &err), err);
    CHECK_MSG(n == 1 && list[0].id == 2, "a list goes on where it ended");

    CHECK_OK(store_source_get(store, 2, &read, &err), err);
    CHECK(read.revoked_us == 0);
    CHECK_OK(store_source_revoke(store, 2, &err), err);
    CHECK_OK(store_source_get(store, 2, &read, &err), err);
    CHECK_MSG(read.revoked_us > 0, "a revoked source stays known");
    CHECK_MSG(store_source_revoke(store, 2, &err) == ERR_NOT_FOUND, "it is revoked once");
    CHECK_MSG(store_source_get(store, 3, &read, &err) == ERR_NOT_FOUND, "there is no third one");
}

static void secrets(struct store *store)
{
    TM_CLEANUP(buf_release) struct buf secret = BUF_INIT(1024);
    struct err err = ERR_INIT;

    CHECK_MSG(store_source_secret(store, 1, &secret, &err) == ERR_NOT_FOUND, "no secret at first");
    CHECK_OK(store_source_secret_put(store, 1, str_of("hush"), &err), err);
    CHECK_OK(store_source_secret(store, 1, &secret, &err), err);
    CHECK_STR(buf_cstr(&secret), "hush");
    CHECK_MSG(store_source_secret_put(store, 1, STR_NONE, &err) == ERR_INVALID,
              "none is no secret");
    CHECK_MSG(store_source_secret_put(store, 9, str_of("x"), &err) == ERR_NOT_FOUND,
              "nor is one of nobody kept");
}

int main(void)
{
    struct store *store = NULL;
    struct err err = ERR_INIT;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    keys(store);
    secrets(store);
    store_close(store);
    return tap_done();
}
