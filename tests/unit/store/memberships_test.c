/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is in which segment: each coming and going is told once, in order, to a reader who keeps a
 * cursor; a first filling and a merging of two people are told to nobody; who is erased leaves
 * nothing. */
#include "store/memberships.h"

#include "base/timestamp.h"
#include "store/runs.h"
#include "tap.h"
#include "temp_dir.h"

#define FAR UINT64_C(0xFFFFFFFFFFFFFFF0) /* its number is negative in the file */

static struct err err;
static struct outbox *o;

static bool note(int64_t segment, uint64_t person, bool in, int64_t at)
{
    bool changed = false;

    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, membership_note(o, segment, person, in, at, &changed, &err), &err), err);
    return changed;
}

static void fill(int64_t segment, const char *meaning)
{
    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, membership_fill(o, segment, meaning, &err), &err), err);
}

static void filled(int64_t segment)
{
    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, membership_filled(o, segment, 10, 500, &err), &err), err);
}

/* What a reader with a cursor is told: "+1:7 -1:7 " (segment:person); rolled back when `dies`. */
static const char *read_changes(bool dies)
{
    static char text[256];
    struct membership_change changes[2];
    int64_t after = 0;
    size_t n = 0;

    text[0] = '\0';
    do {
        CHECK_OK(outbox_begin(o, &err), err);
        CHECK_OK(run_cursor(o, "memberships", &after, &err), err);
        CHECK_OK(membership_changes(o, after, changes, 2, &n, &err), err);
        for (size_t i = 0; i < n; i++) {
            size_t used = strlen(text);

            CHECK(changes[i].id > after);
            after = changes[i].id;
            snprintf(text + used, sizeof(text) - used, "%c%" PRId64 ":%" PRIu64 "@%" PRId64 " ",
                     changes[i].entered ? '+' : '-', changes[i].segment, changes[i].person,
                     changes[i].at_us);
        }
        CHECK_OK(run_cursor_set(o, "memberships", after, &err), err);
        if (dies) {
            CHECK_INT(outbox_end(o, ERR_CANCELLED, &err), ERR_CANCELLED);
            return text;
        }
        CHECK_OK(outbox_end(o, ERR_OK, &err), err);
    } while (n);
    return text;
}

static struct membership of(int64_t segment, bool *found)
{
    struct membership m;

    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, membership_of(o, segment, &m, found, &err), &err), err);
    return m;
}

static size_t people(int64_t segment, int64_t after, uint64_t *out)
{
    size_t n = 0;

    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(outbox_end(o, membership_people(o, segment, after, out, NULL, 10, &n, &err), &err),
             err);
    return n;
}

static void first_filling_is_told_to_nobody(void)
{
    uint64_t list[10];
    bool found;

    CHECK(!of(1, &found).filled && !found);
    fill(1, "a");
    CHECK(note(1, 7, true, 100));
    CHECK(note(1, FAR, true, 100));
    CHECK(!note(1, 7, true, 101)); /* is in already */
    CHECK_INT(of(1, &found).filled, false);
    filled(1);
    CHECK_STR(read_changes(false), "");
    CHECK_INT(of(1, &found).members, 2);
    CHECK_INT(of(1, &found).people, 10);
    CHECK_INT(of(1, &found).counted_us, 500);
    CHECK_INT((int64_t)people(1, INT64_MIN, list), 2);
    CHECK(list[0] == FAR && list[1] == 7);
    CHECK_INT((int64_t)people(1, (int64_t)FAR, list), 1);
    CHECK(list[0] == 7);
}

static void each_change_is_told_once(void)
{
    bool found;

    CHECK(note(1, 8, true, 200));
    CHECK(note(1, 7, false, 201));
    CHECK(!note(1, 7, false, 202));
    CHECK(note(1, 7, true, 203));
    CHECK_STR(read_changes(true), "+1:8@200 -1:7@201 "); /* and dies before its commit */
    CHECK_STR(read_changes(false), "+1:8@200 -1:7@201 +1:7@203 ");
    CHECK_STR(read_changes(false), "");
    CHECK_INT(of(1, &found).members, 3);
}

/* A text that was changed: those in it by now, and who went by the change, are told to nobody. */
static void another_text_is_told_to_nobody(void)
{
    bool found;

    fill(1, "b");
    CHECK(note(1, 9, true, 300));
    CHECK(note(1, 8, false, 300));
    filled(1);
    CHECK_STR(read_changes(false), "");
    CHECK_STR(of(1, &found).meaning, "b");
    CHECK_INT(of(1, &found).members, 3);
    CHECK(note(1, 8, true, 301));
    CHECK_STR(read_changes(false), "+1:8@301 ");
}

static void two_who_are_one(void)
{
    int64_t segments[4], since[4];
    size_t n = 0;
    bool in, found;

    fill(2, "c");
    filled(2);
    CHECK(note(2, 7, true, 400));
    read_changes(false);
    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(membership_merge(o, 7, 70, &err), err);
    CHECK_OK(membership_merge(o, 70, 8, &err), err); /* 8 is in segment 1 already */
    CHECK_OK(membership_segments(o, 8, segments, since, 4, &n, &err), err);
    CHECK_OK(membership_is(o, 2, 7, &in, &err), err);
    CHECK_OK(outbox_end(o, ERR_OK, &err), err);
    CHECK(!in);
    CHECK_INT((int64_t)n, 2);
    CHECK(segments[0] == 1 && segments[1] == 2 && since[1] == 400);
    CHECK_STR(read_changes(false), "");
    CHECK_INT(of(1, &found).members, 3); /* FAR, 8, 9 */
    CHECK_INT(of(2, &found).members, 1);
}

static void who_is_erased(void)
{
    struct membership_change changes[16];
    size_t n = 0;
    bool found;

    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(membership_forget(o, 8, &err), err);
    CHECK_OK(membership_changes(o, 0, changes, 16, &n, &err), err);
    CHECK_OK(outbox_end(o, ERR_OK, &err), err);
    CHECK(n > 0);
    for (size_t i = 0; i < n; i++)
        CHECK(changes[i].person != 8);
    CHECK_INT(of(1, &found).members, 2);
    CHECK_INT(of(2, &found).members, 0);
}

static void what_is_gone(void)
{
    struct membership list[4];
    size_t n = 0;
    bool done = true, found;

    CHECK_OK(outbox_begin(o, &err), err);
    CHECK_OK(membership_prune(o, INT64_MAX, &err), err);
    CHECK_OK(membership_remove(o, 1, 1, &done, &err), err);
    CHECK(!done);
    CHECK_OK(membership_remove(o, 1, 5, &done, &err), err);
    CHECK_OK(memberships(o, list, 4, &n, &err), err);
    CHECK_OK(outbox_end(o, ERR_OK, &err), err);
    CHECK(done);
    CHECK_INT((int64_t)n, 1);
    CHECK_INT(list[0].segment, 2);
    of(1, &found);
    CHECK(!found);
    CHECK(note(2, 5, true, 900));
    CHECK_STR(read_changes(false), "+2:5@900 ");
}

int main(void)
{
    struct store *store = NULL;

    temp_dir_make();
    CHECK_OK(store_open(temp_path("shop"), &store, &err), err);
    CHECK_OK(outbox_open(store, &o, &err), err);
    first_filling_is_told_to_nobody();
    each_change_is_told_once();
    another_text_is_told_to_nobody();
    two_who_are_one();
    who_is_erased();
    what_is_gone();
    outbox_close(o);
    store_close(store);
    return tap_done();
}
