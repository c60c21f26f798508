/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/returns.h"

#include "base/timestamp.h"
#include "outreach/mail/bounce.h"
#include "outreach/sender/feedback.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_BYTES = 4096 };

/* ---- one mail ----------------------------------------------------------------------------- */

/* As much of it as is looked at. *out_at_us: when it came. False: it is no file, or gone. */
static bool read_mail(const char *path, struct buf *out, int64_t *out_at_us)
{
    char chunk[1 << 16];
    struct stat st;
    ssize_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0)
        return false;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *out_at_us = (int64_t)st.st_mtime * US_PER_SECOND;
        while (out->n < BOUNCE_BYTES && (n = read(fd, chunk, sizeof(chunk))) > 0)
            buf_add(out, chunk, (size_t)n);
    } else {
        n = -1;
    }
    close(fd);
    return n >= 0;
}

static enum err_code judge(const struct returns *r, const struct bounce *b, int64_t at_us,
                           struct returns_counts *io, struct err *err)
{
    static const enum response_kind kinds[BOUNCE_KINDS] = {[BOUNCE_HARD] = RESPONSE_HARD,
                                                           [BOUNCE_SOFT] = RESPONSE_SOFT,
                                                           [BOUNCE_COMPLAINT] = RESPONSE_COMPLAINT};
    int64_t *const counts[BOUNCE_KINDS] = {[BOUNCE_OTHER] = &io->other,
                                           [BOUNCE_HARD] = &io->hard,
                                           [BOUNCE_SOFT] = &io->soft,
                                           [BOUNCE_COMPLAINT] = &io->complaints,
                                           [BOUNCE_AUTO_REPLY] = &io->other};
    struct outbox_message m;
    bool found = false;
    int64_t paused;

    if (b->proved)
        TRY(outbox_find(r->outbox, b->outbox_id, &m, NULL, &found, err));
    if (!found) {
        io->unproved++;
        return ERR_OK;
    }
    if (kinds[b->kind] != RESPONSE_SENT) { /* which none of them means */
        const struct feedback_books books = {r->outbox, r->consents, r->rules};
        const struct feedback f = {
            .kind = kinds[b->kind], .at_us = at_us, .source = STR_LIT("return")};

        TRY(feedback_take(&books, &m, &f, &paused, err));
        io->paused += paused;
    }
    ++*counts[b->kind];
    return ERR_OK;
}

enum err_code returns_take(const struct returns *r, struct str mail, int64_t at_us,
                           struct returns_counts *io, struct err *err)
{
    struct bounce bounce;

    bounce_read(consents_keys(r->consents), STR_NONE, mail, &bounce);
    return judge(r, &bounce, at_us, io, err);
}

/* ---- the folder --------------------------------------------------------------------------- */

/* Read mails are in cur/, with what became of them behind the colon. */
static enum err_code put_away(const struct returns *r, const char *name, bool seen, struct err *err)
{
    char from[PATH_BYTES], to[PATH_BYTES];

    snprintf(from, sizeof(from), "%.3000s/new/%.255s", r->dir, name);
    snprintf(to, sizeof(to), "%.3000s/cur/%.*s:2,%s", r->dir, (int)strcspn(name, ":"), name,
             seen ? "S" : "");
    return rename(from, to) == 0 || errno == ENOENT
               ? ERR_OK
               : err_errno(err, "moving \"%s\" into its folder cur", from);
}

static enum err_code look_at(const struct returns *r, const char *name, struct returns_counts *io,
                             struct err *err)
{
    TM_CLEANUP(buf_release) struct buf mail = BUF_INIT(BOUNCE_BYTES + (1 << 16));
    char path[PATH_BYTES];
    int64_t at_us = TIME_NONE, before = io->unproved;

    snprintf(path, sizeof(path), "%.3000s/new/%.255s", r->dir, name);
    if (!read_mail(path, &mail, &at_us))
        return ERR_OK;
    TRY(returns_take(r, buf_str(&mail), at_us, io, err));
    return put_away(r, name, io->unproved == before, err);
}

enum err_code returns_read(const struct returns *r, size_t most, struct returns_counts *io,
                           size_t *out_n, struct err *err)
{
    enum err_code rc = ERR_OK;
    char path[PATH_BYTES];
    struct dirent *entry;
    DIR *folder;

    *out_n = 0;
    snprintf(path, sizeof(path), "%.3000s/new", r->dir);
    folder = opendir(path);
    if (!folder)
        return err_errno(err, "looking into the folder of what comes back, \"%s\"", path);
    while (rc == ERR_OK && *out_n < most && (entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        ++*out_n;
        rc = look_at(r, entry->d_name, io, err);
    }
    closedir(folder);
    return rc;
}
