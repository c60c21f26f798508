/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz_live.h - messages out of the journal, read as records; shared by the targets of live data.
 */
#ifndef TM_TESTS_FUZZ_FUZZ_LIVE_H
#define TM_TESTS_FUZZ_FUZZ_LIVE_H

#include "intake/live/live.h"
#include "store/journal.h"

struct fuzz_seen {
    uint64_t hash; /* of every text of every record */
    size_t records;
    bool rejected;
    bool urgent; /* something was said of consent */
};

struct fuzz_seen fuzz_read_message(const struct source_entry *source,
                                   const struct journal_record *record);

#endif
