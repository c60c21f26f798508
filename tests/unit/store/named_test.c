/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the shop keeps by name: names are of one each within a kind, what is changed stays the same
 * one, and the number of one that is gone is given to no other.
 */
#include "store/named.h"

#include "base/buf.h"
#include "base/timestamp.h"
#include "tap.h"
#include "temp_dir.h"

static struct err err;
static struct buf seen;

static enum err_code take(void *ctx, const struct named *e, struct err *none)
{
    (void)ctx, (void)none;
    buf_addf(&seen, "%" PRId64 " %s: %.*s (%s, %s)%s\n", e->id, e->name, (int)e->text.n, e->text.p,
             e->about, e->actor, e->made_us && e->changed_us >= e->made_us ? "" : " no time");
    return ERR_OK;
}

/* Whether segments are others than when it was asked last. */
static bool turns(struct store *store)
{
    static struct named_turn before;
    struct named_turn now;

    CHECK_OK(store_named_turn(store, NAMED_SEGMENT, &now, &err), err);
    const bool other = memcmp(&now, &before, sizeof(now)) != 0;

    before = now;
    return other;
}

static const char *all(struct store *store)
{
    buf_release(&seen);
    seen = BUF_INIT(4096);
    CHECK_OK(store_named_each(store, NAMED_SEGMENT, take, NULL, &err), err);
    return buf_cstr(&seen);
}

static struct named entry(int64_t id, const char *name, const char *text)
{
    struct named e = {.id = id, .text = str_of(text), .about = "for", .actor = "me"};

    snprintf(e.name, sizeof(e.name), "%s", name);
    return e;
}

int main(void)
{
    struct store *store = NULL;
    struct named e;
    struct buf text = BUF_INIT(4096);
    int64_t id = 0;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_STR(all(store), "");
    e = entry(0, "VIP", "number_of_orders > 3");
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK_INT(id, 1);
    e = entry(0, "at risk", "amount_spent > 1");
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK_STR(all(store),
              "2 at risk: amount_spent > 1 (for, me)\n1 VIP: number_of_orders > 3 (for, me)\n");
    e = entry(0, "vip", "x");
    CHECK_INT(store_named_put(store, &e, &id, &err), ERR_EXISTS);
    CHECK_STR(err.msg, "there is such a segment already: \"vip\"");
    e = entry(2, "Vip", "x");
    CHECK_INT(store_named_put(store, &e, &id, &err), ERR_EXISTS);
    e = entry(1, "vip", "number_of_orders > 4");
    CHECK(turns(store));
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK(turns(store));
    CHECK(!turns(store));
    e = entry(7, "Seven", "x");
    CHECK_INT(store_named_put(store, &e, &id, &err), ERR_NOT_FOUND);
    e = entry(0, "", "x");
    CHECK_INT(store_named_put(store, &e, &id, &err), ERR_INVALID);
    CHECK_OK(store_named_remove(store, NAMED_SEGMENT, 2, &err), err);
    CHECK(turns(store));
    CHECK_INT(store_named_remove(store, NAMED_SEGMENT, 2, &err), ERR_NOT_FOUND);
    CHECK_STR(all(store), "1 vip: number_of_orders > 4 (for, me)\n");
    e = entry(0, "VIP", "name: VIP");
    e.kind = NAMED_FLOW;
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK(!turns(store)); /* of another kind */
    CHECK_INT(id, 3);
    CHECK_INT(store_named_remove(store, NAMED_SEGMENT, 3, &err), ERR_NOT_FOUND);
    CHECK_OK(store_named_remove(store, NAMED_FLOW, 3, &err), err);
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK_INT(id, 4);
    CHECK_OK(store_named_find(store, NAMED_FLOW, "vip", &e, &text, &err), err);
    CHECK(e.id == 4 && str_eqz(e.text, "name: VIP"));
    CHECK_OK(store_named_find(store, NAMED_SEGMENT, "1", &e, &text, &err), err);
    CHECK_STR(e.name, "vip");
    CHECK_INT(store_named_find(store, NAMED_SEGMENT, "4", &e, &text, &err), ERR_NOT_FOUND);
    CHECK_OK(store_named_find(store, NAMED_FLOW, "4", &e, &text, &err), err);
    CHECK(e.state == NAMED_OFF && e.state_us == TIME_NONE && !*e.state_by);
    CHECK_INT(store_named_switch(store, NAMED_CAMPAIGN, 4, NAMED_ON, "user 3", &err),
              ERR_NOT_FOUND);
    CHECK_OK(store_named_switch(store, NAMED_FLOW, 4, NAMED_ON, "user 3", &err), err);
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK_OK(store_named_find(store, NAMED_FLOW, "4", &e, &text, &err), err);
    CHECK(e.state == NAMED_ON && e.state_us >= e.made_us);
    CHECK_STR(e.state_by, "user 3");
    e = entry(0, "Spring", "name: Spring");
    e.kind = NAMED_CAMPAIGN;
    CHECK_OK(store_named_put(store, &e, &id, &err), err);
    CHECK_INT(store_named_put(store, &e, &id, &err), ERR_EXISTS);
    CHECK_STR(err.msg, "there is such a campaign already: \"Spring\"");
    store_close(store);
    buf_release(&seen);
    buf_release(&text);
    return tap_done();
}
