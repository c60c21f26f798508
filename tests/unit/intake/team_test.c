/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A large file of events read by several threads gives what one thread makes of it: the same
 * records, counts, rejects and errors. */
#include "harness.h"

#include <unistd.h>

enum { LINES = 40000, LANES = 16 };

/* What came through one lane, whatever the order: an order-free sum over the records. */
struct tally {
    uint64_t records, lines, values;
};

static struct tally tallies[LANES + 1]; /* the last one: the thread that reads alone */

static void *tally_lane(void *unused, size_t i)
{
    (void)unused;
    assert(i < LANES);
    return &tallies[i];
}

static enum err_code tally_put(void *lane, enum record_kind kind, const void *record,
                               struct err *err)
{
    struct tally *t = lane ? lane : &tallies[LANES];
    const struct event_record *event = record;

    (void)kind, (void)err;
    t->records++;
    t->lines += (uint64_t)event->line * (uint64_t)event->line;
    t->values += str_hash(event->event_key) ^ (uint64_t)event->value;
    return ERR_OK;
}

static struct tally tally_total(void)
{
    struct tally all = {0};

    for (size_t i = 0; i < TM_COUNT(tallies); i++) {
        all.records += tallies[i].records;
        all.lines += tallies[i].lines;
        all.values += tallies[i].values;
    }
    memset(tallies, 0, sizeof(tallies));
    return all;
}

/* Every 1,000th event but the first lacks its name, every 7th line is empty; `bad` lines are no
 * JSON. */
static void write_events(struct buf *b, int64_t bad, int64_t also_bad)
{
    buf_reset(b);
    for (int64_t line = 1; line <= LINES; line++) {
        if (line == bad || line == also_bad)
            buf_addz(b, "{\"event_name\":\n");
        else if (line % 7 == 0)
            buf_addz(b, line % 2 ? "\n" : "\r\n");
        else
            buf_addf(b,
                     "{\"%s\":\"view_item\",\"event_timestamp\":\"%" PRId64 "\",\"user_pseudo_id\":"
                     "\"d%" PRId64 "\",\"event_params\":[{\"key\":\"value\",\"value\":"
                     "{\"int_value\":\"%" PRId64 "\"}},{\"key\":\"currency\",\"value\":"
                     "{\"string_value\":\"EUR\"}}]}\n",
                     line % 1000 == 1 && line > 1 ? "event" : "event_name",
                     INT64_C(1700000000000000) + line * 1000, line % 777, line % 91);
    }
}

static const struct import_file *read_events(const struct buf *b, bool team)
{
    ctx.target.put = tally_put;
    ctx.target.lane = team ? tally_lane : NULL;
    harness_reset();
    return import_text("events.ndjson", b->p, b->n);
}

static void same_as_one_thread(struct buf *b)
{
    const struct import_file *file;
    struct import_entry one;
    struct tally total, again;

    write_events(b, 0, 0);
    file = read_events(b, false);
    one = file->entry;
    total = tally_total();
    CHECK(file->outcome == IMPORT_STORED);
    CHECK(total.records > 30000 && one.rejected > 30);
    file = read_events(b, true);
    again = tally_total();
    CHECK(file->outcome == IMPORT_STORED);
    CHECK(memcmp(&total, &again, sizeof(total)) == 0);
    CHECK_INT(file->entry.rows, one.rows);
    CHECK_INT(file->entry.stored, one.stored);
    CHECK_INT(file->entry.rejected, one.rejected);
    CHECK_INT(file->entry.records[RECORD_EVENT], one.records[RECORD_EVENT]);
    CHECK_INT(file->entry.newest_us, one.newest_us);
    CHECK_INT((int64_t)file->reject_count, one.rejected);
    for (size_t i = 1; i < file->reject_count; i++)
        CHECK(file->rejects[i - 1].line < file->rejects[i].line);
    CHECK_INT(file->rejects[0].line, 2001); /* 1001 is an empty one */
}

/* Whatever thread meets its line first, the earliest is told. */
static void earliest_error(struct buf *b)
{
    const struct import_file *file;

    write_events(b, 30001, 9000);
    for (int i = 0; i < 5; i++) {
        file = read_events(b, true);
        CHECK(file->outcome == IMPORT_REFUSED);
        CHECK(strstr(file->err.msg, "events.ndjson, line 9000: ") != NULL);
        CHECK(strstr(file->err.hint, "one whole JSON object") != NULL);
        tally_total();
    }
}

int main(void)
{
    struct buf b = BUF_INIT(64 << 20);

    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        tap_skip("there is one processor: no team is formed");
        return tap_done();
    }
    harness_open();
    same_as_one_thread(&b);
    earliest_error(&b);
    harness_close();
    buf_release(&b);
    return tap_done();
}
