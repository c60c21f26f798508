/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "web/edits.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/yaml.h"
#include "maturity/hand_check.h"
#include "store/settings.h"
#include "web/changing.h"
#include "web/desk.h"
#include "web/feed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Looks for which a file has to be as it is: 0.5 s; where it is gone, or nobody can know whether
 * somebody is writing it, 2 s. Who has it open for longer than half a minute is not waited for. */
enum { CALM_LOOKS = 1, LONG_LOOKS = 4, WRITING_LOOKS = 60 };

/* What tells one state of a file from another without reading it. */
struct print {
    bool there;
    dev_t device;
    ino_t number;
    off_t size;
    struct timespec written, changed;
};

struct one {
    struct print seen;    /* when last looked at */
    struct print settled; /* of what is in force, or wrong */
    int calm, writing;    /* looks since it is as it was seen; of them while it was being written */
    struct buf text;      /* in force */
    bool there;
    struct buf wrong; /* what is not taken; */
    bool is_wrong;
    int64_t since_us;
};

struct edits {
    struct web *web;
    pthread_mutex_t lock;
    struct one files[HAND_FILES];
    atomic_int wrong, news; /* how many are wrong; how often that was told anew */
};

/* ---- whether it is right ------------------------------------------------------------------ */

static bool is_blank(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!isspace((unsigned char)text.p[i]))
            return false;
    return true;
}

/* What became empty lost what was in it: whoever wants that takes the file away. */
static enum err_code check(const struct edits *e, enum hand_file file, struct str text,
                           struct err *err)
{
    const struct one *f = &e->files[file];
    enum err_code rc;

    if (is_blank(text) && f->there && !is_blank(buf_str(&f->text))) {
        err_set(err, ERR_INVALID, "%s: the file is empty", hand_names[file]);
        err_hint(err, "Put back what was in it, or take the file away to go back to the defaults.");
        return ERR_INVALID;
    }
    rc = hand_check(file, text, e->web->options->model, err);
    if (rc != ERR_OK && !err->hint[0])
        err_hint(err, "Mend that line; the server takes the file by itself then.");
    return rc;
}

/* ---- looking, with the lock held ---------------------------------------------------------- */

static bool same_time(struct timespec a, struct timespec b)
{
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

static bool same_print(const struct print *a, const struct print *b)
{
    return a->there == b->there && a->device == b->device && a->number == b->number &&
           a->size == b->size && same_time(a->written, b->written) &&
           same_time(a->changed, b->changed);
}

static enum err_code path_of(const struct edits *e, enum hand_file file, char *out, size_t size,
                             struct err *err)
{
    return store_path(e->web->store, hand_names[file], out, size, err);
}

static struct print print_of(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return (struct print){.there = errno != ENOENT};
    return (struct print){true, st.st_dev, st.st_ino, st.st_size, st.st_mtim, st.st_ctim};
}

enum writers { WRITERS_NONE, WRITERS_SOME, WRITERS_UNKNOWN };

/* The kernel gives a lease for reading where nobody has the file open to write, and only to the
 * file's owner. Were it broken in the moment that it is held, the signal would be one that is
 * ignored unless somebody asks for it. */
static enum writers writers_of(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    enum writers writers = WRITERS_UNKNOWN;

    if (fd < 0)
        return WRITERS_UNKNOWN;
    if (fcntl(fd, F_SETSIG, SIGURG) == 0 && fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
        writers = WRITERS_NONE;
        (void)fcntl(fd, F_SETLEASE, F_UNLCK);
    } else if (errno == EAGAIN) {
        writers = WRITERS_SOME;
    }
    close(fd);
    return writers;
}

/* *out_whole false: it is being written, or was while it was read. */
static enum err_code read_whole(const char *path, const struct print *print, struct buf *out,
                                bool *out_whole, struct err *err)
{
    struct print after;

    *out_whole = true;
    if (print->there)
        TRY(file_read(path, YAML_FILE_MAX, out, err));
    after = print_of(path);
    *out_whole = same_print(print, &after);
    return ERR_OK;
}

static void put_text(struct buf *to, struct str text)
{
    buf_reset(to);
    buf_adds(to, text);
}

static void set_wrong(struct edits *e, struct one *f, bool wrong)
{
    e->wrong += (int)wrong - (int)f->is_wrong;
    f->is_wrong = wrong;
}

static void put_in_force(struct edits *e, enum hand_file file, struct str text, bool there)
{
    struct one *f = &e->files[file];

    put_text(&f->text, text);
    f->there = there;
    set_wrong(e, f, false);
    hand_hold(e->web->store, file, text, there);
}

static void refuse_edit(struct edits *e, enum hand_file file, struct str text,
                        const struct err *why)
{
    struct one *f = &e->files[file];

    put_text(&f->wrong, text);
    f->since_us = timestamp_now();
    set_wrong(e, f, true);
    e->news++;
    log_line(LOG_ERROR, "web", "file=%s%s%s was changed by hand and is not taken: %s %s",
             store_dir(e->web->store), "/", hand_names[file], why->msg, why->hint);
}

/* True: what is in force is another text now. */
static bool take(struct edits *e, enum hand_file file, const struct print *print, struct str text)
{
    struct one *f = &e->files[file];
    const bool same = print->there == f->there && str_eq(text, buf_str(&f->text));
    struct err err = ERR_INIT;

    f->settled = *print;
    if (same) {
        set_wrong(e, f, false);
        return false;
    }
    if (print->there && check(e, file, text, &err) != ERR_OK) {
        refuse_edit(e, file, text, &err);
        return false;
    }
    put_in_force(e, file, text, print->there);
    log_line(LOG_WARN, "web", "file=%s/%s was %s by hand: that counts from now on",
             store_dir(e->web->store), hand_names[file], print->there ? "changed" : "taken away");
    return true;
}

/* Whether it has been still for long enough, and nobody writes it. */
static bool is_still(struct one *f, const struct print *print, const char *path)
{
    enum writers writers;

    if (!same_print(print, &f->seen)) {
        f->seen = *print;
        f->calm = f->writing = 0;
        return false;
    }
    f->calm++;
    if (!print->there)
        return f->calm >= LONG_LOOKS;
    writers = writers_of(path);
    if (writers == WRITERS_SOME)
        return ++f->writing >= WRITING_LOOKS;
    return f->calm >= (writers == WRITERS_NONE ? CALM_LOOKS : LONG_LOOKS);
}

/* True: another text is in force. */
static bool look_at(struct edits *e, enum hand_file file)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_FILE_MAX);
    struct one *f = &e->files[file];
    struct err err = ERR_INIT;
    struct print print;
    char path[2048];
    bool whole;

    if (path_of(e, file, path, sizeof(path), &err) != ERR_OK)
        return false;
    print = print_of(path);
    if (same_print(&print, &f->settled)) {
        f->seen = print;
        return false;
    }
    if (!is_still(f, &print, path))
        return false;
    if (read_whole(path, &print, &text, &whole, &err) != ERR_OK) {
        f->settled = print;
        refuse_edit(e, file, STR_NONE, &err);
        return false;
    }
    return whole && take(e, file, &print, buf_str(&text));
}

/* ---- what follows from it ----------------------------------------------------------------- */

/* Without the lock. Answers and plan are read when they are asked for. */
static void follow(struct edits *e, enum hand_file file)
{
    struct web *web = e->web;
    struct settings settings;
    struct err err = ERR_INIT;

    if (file != HAND_SETTINGS || settings_of(web->store, &settings, &err) != ERR_OK)
        return;
    feed_use(web->feed, settings.currency);
    desk_doubt(web->desk);
    jobs_want_resolve(web->jobs, true);
}

void edits_look(struct edits *edits)
{
    for (size_t i = 0; i < HAND_FILES; i++) {
        bool changed;

        pthread_mutex_lock(&edits->lock);
        changed = look_at(edits, (enum hand_file)i);
        pthread_mutex_unlock(&edits->lock);
        if (changed)
            follow(edits, (enum hand_file)i);
    }
}

/* ---- begin and end ------------------------------------------------------------------------ */

/* A plan or answers that are wrong from the first are not in force, nor is anything else: whoever
 * asks for them is told. Settings were read before. */
static enum err_code begin(struct edits *e, enum hand_file file, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_FILE_MAX);
    struct one *f = &e->files[file];
    struct err why = ERR_INIT;
    char path[2048];
    bool whole;

    f->text = f->wrong = BUF_INIT(YAML_FILE_MAX);
    TRY(path_of(e, file, path, sizeof(path), err));
    f->settled = f->seen = print_of(path);
    TRY(read_whole(path, &f->settled, &text, &whole, err));
    if (f->settled.there && check(e, file, buf_str(&text), &why) != ERR_OK)
        refuse_edit(e, file, buf_str(&text), &why);
    else
        put_in_force(e, file, buf_str(&text), f->settled.there);
    return ERR_OK;
}

enum err_code edits_open(struct web *web, struct edits **out, struct err *err)
{
    struct edits *e = xcalloc(1, sizeof(*e));
    enum err_code rc = ERR_OK;

    e->web = web;
    pthread_mutex_init(&e->lock, NULL);
    for (size_t i = 0; i < HAND_FILES && rc == ERR_OK; i++)
        rc = begin(e, (enum hand_file)i, err);
    if (rc == ERR_OK)
        *out = e;
    else
        edits_close(e);
    return rc;
}

void edits_close(struct edits *edits)
{
    if (!edits)
        return;
    for (size_t i = 0; i < HAND_FILES; i++) {
        buf_release(&edits->files[i].text);
        buf_release(&edits->files[i].wrong);
    }
    pthread_mutex_destroy(&edits->lock);
    free(edits);
}

/* ---- telling ------------------------------------------------------------------------------ */

int edits_wrong(struct edits *edits)
{
    return edits->wrong;
}

void edits_state(struct edits *edits, char out[EDITS_VERSION])
{
    if (edits->wrong)
        snprintf(out, EDITS_VERSION, "wrong-%d-%d", edits->wrong, edits->news);
    else
        snprintf(out, EDITS_VERSION, "right");
}

/* Looked at anew, so that the reader has it in the reader's language. */
static void show_wrong(const struct edits *e, enum hand_file file, struct json_writer *w)
{
    const struct one *f = &e->files[file];
    struct err err = ERR_INIT;

    if (check(e, file, buf_str(&f->wrong), &err) == ERR_OK) /* it could not even be read */
        err_set(&err, ERR_IO, "%s: cannot be read", hand_names[file]);
    json_begin_object(w);
    json_key_stringz(w, "name", hand_names[file]);
    json_key_stringz(w, "detail", err.msg);
    json_key_stringz(w, "hint", err.hint);
    json_key_time(w, "since", f->since_us);
    json_end_object(w);
}

void edits_show(struct edits *edits, struct json_writer *w)
{
    json_begin_array(w);
    pthread_mutex_lock(&edits->lock);
    for (size_t i = 0; i < HAND_FILES; i++)
        if (edits->files[i].is_wrong)
            show_wrong(edits, (enum hand_file)i, w);
    pthread_mutex_unlock(&edits->lock);
    json_end_array(w);
}

void edits_version_of(struct str text, char out[EDITS_VERSION])
{
    char digest[DIGEST_HEX];

    digest_of(text, digest);
    snprintf(out, EDITS_VERSION, "%.20s", digest);
}

static void version_of(const struct one *f, char out[EDITS_VERSION])
{
    if (f->there)
        edits_version_of(buf_str(&f->text), out);
    else
        snprintf(out, EDITS_VERSION, "none");
}

void edits_version(struct edits *edits, enum hand_file file, char out[EDITS_VERSION])
{
    pthread_mutex_lock(&edits->lock);
    version_of(&edits->files[file], out);
    pthread_mutex_unlock(&edits->lock);
}

/* ---- saving ------------------------------------------------------------------------------- */

static enum err_code is_moving(enum hand_file file, struct err *err)
{
    err_set(err, ERR_BUSY, "somebody is changing %s by hand just now", hand_names[file]);
    err_hint(err, "Nothing was saved. Try again in a moment.");
    return ERR_BUSY;
}

/* With the lock held: who saves does not wait until an edit has kept still, unless it is gone. */
static enum err_code take_now(struct edits *e, enum hand_file file, bool *out_changed,
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(YAML_FILE_MAX);
    struct one *f = &e->files[file];
    struct err why = ERR_INIT;
    struct print print;
    char path[2048];
    bool whole;

    TRY(path_of(e, file, path, sizeof(path), err));
    print = print_of(path);
    if (!same_print(&print, &f->settled)) {
        if (!print.there || writers_of(path) == WRITERS_SOME)
            return is_moving(file, err);
        TRY(read_whole(path, &print, &text, &whole, err));
        if (!whole || is_blank(buf_str(&text)))
            return is_moving(file, err);
        *out_changed = take(e, file, &print, buf_str(&text));
    }
    if (!f->is_wrong)
        return ERR_OK;
    if (check(e, file, buf_str(&f->wrong), &why) == ERR_OK)
        return is_moving(file, err);
    err_set(err, ERR_BUSY, "%s was changed by hand and cannot be read: %s", hand_names[file],
            why.msg);
    err_hint(err, "Nothing was saved. Mend the file first.");
    return ERR_BUSY;
}

enum err_code edits_text(struct request *q, enum hand_file file, struct buf *out_text,
                         char out_version[EDITS_VERSION], struct err *err)
{
    struct edits *e = q->web->edits;
    bool changed = false;
    enum err_code rc;

    pthread_mutex_lock(&e->lock);
    rc = take_now(e, file, &changed, err);
    if (rc == ERR_OK) {
        buf_adds(out_text, buf_str(&e->files[file].text));
        version_of(&e->files[file], out_version);
    }
    pthread_mutex_unlock(&e->lock);
    if (changed)
        follow(e, file);
    TRY(rc);
    return buf_check(out_text, err);
}

static enum err_code was_changed(struct request *q, const char *name, struct err *err)
{
    err_set(err, ERR_BUSY, "%s was changed meanwhile, by hand or by somebody else", name);
    err_hint(err, "Nothing was saved. What stands there now is shown; change it where you still "
                  "want to.");
    return refuse(q, 412, ERR_BUSY);
}

enum err_code edits_match(struct request *q, const char *version, const char *name, struct err *err)
{
    return changing_matches(q, version) ? ERR_OK : was_changed(q, name, err);
}

enum err_code edits_save(struct request *q, enum hand_file file, struct str text, struct err *err)
{
    struct edits *e = q->web->edits;
    struct one *f = &e->files[file];
    struct print print;
    char path[2048];
    enum err_code rc;

    TRY(path_of(e, file, path, sizeof(path), err));
    pthread_mutex_lock(&e->lock);
    print = print_of(path);
    rc = same_print(&print, &f->settled) ? file_replace(path, text, err)
                                         : was_changed(q, hand_names[file], err);
    if (rc == ERR_OK) {
        f->settled = f->seen = print_of(path);
        put_in_force(e, file, text, true);
    }
    pthread_mutex_unlock(&e->lock);
    TRY(rc);
    follow(e, file);
    return ERR_OK;
}
