/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What mail servers tell of a mailbox, and what is none of it. */
#include "outreach/mail/imap_line.h"

#include "base/timestamp.h"
#include "tap.h"

static void lines(void)
{
    struct str told = STR_LIT("* 1 EXISTS\r\n* 2 RECENT\n\r\nrest"), line;

    CHECK(imap_line(&told, &line) && str_eqz(line, "* 1 EXISTS"));
    CHECK(imap_line(&told, &line) && str_eqz(line, "* 2 RECENT"));
    CHECK(imap_line(&told, &line) && line.n == 0);
    CHECK(imap_line(&told, &line) && str_eqz(line, "rest"));
    CHECK(!imap_line(&told, &line));
}

static void status(void)
{
    static const struct {
        const char *line;
        int64_t validity, next; /* 0: it is none */
    } cases[] = {
        {"* STATUS INBOX (UIDVALIDITY 1795443879 UIDNEXT 2)", 1795443879, 2},
        {"* status \"a (UIDNEXT 9) b\" (uidnext 4294967295 messages 3 uidvalidity 7)", 7,
         4294967295},
        {"* STATUS INBOX (UIDNEXT 5)", 0, 0},
        {"* STATUS INBOX (UIDVALIDITY 0 UIDNEXT 5)", 0, 0},
        {"* STATUS INBOX (UIDVALIDITY 3 UIDNEXT 4294967296)", 0, 0},
        {"* STATUS INBOX (UIDVALIDITY 3 UIDNEXT -5)", 0, 0},
        {"* STATUS INBOX", 0, 0},
        {"* LIST () \"/\" (UIDVALIDITY 1 UIDNEXT 2)", 0, 0},
        {"", 0, 0},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        int64_t validity = 0, next = 0;
        bool is = imap_status(str_of(cases[i].line), &validity, &next);

        CHECK_MSG(is == (cases[i].next > 0), "%s", cases[i].line);
        CHECK_MSG(!is || (validity == cases[i].validity && next == cases[i].next), "%s",
                  cases[i].line);
    }
}

static void mails(void)
{
    static const struct civil day = {
        .year = 1996, .month = 7, .day = 17, .hour = 9, .minute = 44, .second = 25};
    const int64_t at = civil_to_utc(&day);
    const struct {
        const char *line;
        int64_t uid, at_us;
        bool seen;
    } cases[] = {
        {"* 12 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")", 7, at,
         true},
        {"* 1 FETCH (FLAGS () INTERNALDATE \"17-Jul-1996 09:44:25 +0000\" UID 4294967295)",
         4294967295, at, false},
        {"* 1 fetch (uid 3 internaldate \" 7-Jul-1996 09:44:25 +0000\" flags (\\Recent))", 3,
         at - 10 * US_PER_DAY, false},
        {"* 1 FETCH (UID 3 INTERNALDATE \"yesterday\")", 3, TIME_NONE, false},
        {"* 1 FETCH (UID 3 INTERNALDATE \"31-Feb-1996 09:44:25 +0000\")", 3, TIME_NONE, false},
        {"* 1 FETCH (UID 3 INTERNALDATE \"17-Jul-1996 09:44:25 +0000 x\")", 3, TIME_NONE, false},
        {"* 1 FETCH (UID 3 FLAGS (\\Seen", 0, 0, false},
        {"* 1 FETCH (UID 0)", 0, 0, false},
        {"* 1 FETCH (UID 99999999999)", 0, 0, false},
        {"* 1 FETCH (FLAGS (\\Seen))", 0, 0, false},
        {"* 5 EXISTS", 0, 0, false},
        {"A1 OK Fetch completed", 0, 0, false},
        {"", 0, 0, false},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct imap_mail m = {0};

        CHECK_MSG(imap_mail(str_of(cases[i].line), &m) == (cases[i].uid > 0), "%s", cases[i].line);
        CHECK_MSG(m.uid == cases[i].uid && (!m.uid || m.at_us == cases[i].at_us) &&
                      m.seen == cases[i].seen,
                  "%s", cases[i].line);
    }
}

int main(void)
{
    lines();
    status();
    mails();
    return tap_done();
}
