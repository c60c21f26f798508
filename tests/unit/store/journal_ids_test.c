/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What came again is known whatever became of the files that know it. */
#include "store/journal.h"

#include "base/file.h"
#include "base/timestamp.h"
#include "tap.h"
#include "temp_dir.h"

#include <unistd.h>

enum { MANY = 20000, AT_ONCE = 2000 };

static struct journal *open_journal(void)
{
    struct journal *journal = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(journal_open(temp_dir, &journal, &err), err);
    return journal;
}

/* Messages [first, first + n) of that source: how many were taken as new. */
static int put(struct journal *journal, int64_t source, int first, int n)
{
    struct journal_record *records = xcalloc(AT_ONCE, sizeof(*records));
    char(*ids)[24] = xcalloc(AT_ONCE, sizeof(*ids));
    struct err err = ERR_INIT;
    int stored = 0;

    for (int done = 0; done < n; done += AT_ONCE) {
        int some = n - done < AT_ONCE ? n - done : AT_ONCE;

        for (int i = 0; i < some; i++) {
            snprintf(ids[i], sizeof(ids[i]), "message-%d", first + done + i);
            records[i] = (struct journal_record){.source = source,
                                                 .id = str_of(ids[i]),
                                                 .body = STR_LIT("{}"),
                                                 .received_us = timestamp_now()};
        }
        CHECK_OK(journal_append(journal, records, (size_t)some, &err), err);
        for (int i = 0; i < some; i++)
            stored += records[i].fate == JOURNAL_STORED;
    }
    free(records);
    free(ids);
    return stored;
}

static const char *ids_path(int number)
{
    char name[40];

    snprintf(name, sizeof(name), "journal.db.ids.%d", number);
    return temp_path(name);
}

static void copy(const char *from, const char *to)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    struct err err = ERR_INIT;

    CHECK_OK(file_read(from, 1 << 24, &text, &err), err);
    CHECK_OK(file_replace(to, buf_str(&text), &err), err);
}

static void over_several_files(void)
{
    struct journal *journal = open_journal();

    CHECK_INT(put(journal, 1, 0, MANY), MANY);
    CHECK(access(ids_path(2), F_OK) == 0);
    CHECK_INT(put(journal, 1, 0, MANY), 0);
    CHECK_INT(put(journal, 2, 0, 10), 10);
    journal_close(journal);
    journal = open_journal();
    CHECK_INT(put(journal, 1, 0, MANY), 0);
    CHECK_INT(put(journal, 2, 5, 10), 5);
    journal_close(journal);
}

/* As a loss of power leaves them: not there, of an earlier time, or not what they were. */
static void made_anew(void)
{
    static const char odd[] = "this is no table of ids";
    struct err err = ERR_INIT;
    struct journal *journal;
    char old[600];

    snprintf(old, sizeof(old), "%s", temp_path("old"));
    copy(ids_path(3), old);
    journal = open_journal();
    CHECK_INT(put(journal, 3, 0, 500), 500);
    journal_close(journal);
    copy(old, ids_path(3));
    journal = open_journal();
    CHECK_INT(put(journal, 3, 0, 501), 1);
    journal_close(journal);

    CHECK(unlink(ids_path(2)) == 0);
    journal = open_journal();
    CHECK_INT(put(journal, 1, 0, MANY), 0);
    CHECK_INT(put(journal, 3, 0, 501), 0);
    journal_close(journal);

    CHECK_OK(file_replace(ids_path(1), (struct str){odd, sizeof(odd)}, &err), err);
    journal = open_journal();
    CHECK_INT(put(journal, 1, 0, MANY + 1), 1);
    journal_close(journal);
}

/* The last file's records are in the journal, but its file never reached the disk. */
static void without_the_last(void)
{
    struct journal *journal;
    int last = 1;

    while (access(ids_path(last + 1), F_OK) == 0)
        last++;
    CHECK(unlink(ids_path(last)) == 0);
    journal = open_journal();
    CHECK_INT(put(journal, 1, 0, MANY + 1), 0);
    journal_close(journal);
}

/* A journal in the place of another one: the files beside it are not its own. */
static void of_another_journal(void)
{
    struct journal *journal;

    CHECK(unlink(temp_path("journal.db")) == 0);
    journal = open_journal();
    CHECK_INT(put(journal, 1, 0, 100), 100);
    CHECK_INT(put(journal, 1, 0, 100), 0);
    journal_close(journal);
    CHECK(access(ids_path(2), F_OK) != 0);
}

int main(void)
{
    temp_dir_make();
    over_several_files();
    made_anew();
    without_the_last();
    of_another_journal();
    temp_dir_remove();
    return tap_done();
}
