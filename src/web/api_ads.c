/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* api_ads.c - a segment's lists for advertising places (docs/segments.md): what was made, made anew
 * by a job, and both files of each. They hold hashes of people's addresses: who takes them out must
 * have shown who they are, and it stands on record. */
#include "audience/shelf.h"
#include "outreach/ads/list.h"
#include "web/changing.h"

#include <fcntl.h>
#include <unistd.h>

/* The segment of the address is there. */
static enum err_code find(struct web *web, struct request *q, int64_t *out_id, struct err *err)
{
    struct audience_shelf shelf;
    bool found = false;
    enum err_code rc;

    TRY(request_id(q, out_id, err));
    pthread_mutex_lock(&web->lock);
    rc = audience_shelf_open(web->store, NULL, NULL, &shelf, err);
    pthread_mutex_unlock(&web->lock);
    for (size_t i = 0; rc == ERR_OK && i < shelf.set.n; i++)
        found = found || shelf.entries[i].id == *out_id;
    audience_shelf_close(&shelf);
    TRY(rc);
    snprintf(q->object, sizeof(q->object), "segment %" PRId64, *out_id);
    return found ? ERR_OK : not_here(q, q->arg, err);
}

static enum err_code show_place(struct advertised *lists, enum ads_place place, int64_t id,
                                struct json_writer *w, struct err *err)
{
    struct advertised_made made;
    bool found = false;

    if (lists)
        TRY(advertised_last(lists, ads_place_word(place), id, &found, &made, err));
    json_begin_object(w);
    json_key_stringz(w, "place", ads_place_word(place));
    json_key_stringz(w, "name", ads_place_name(place));
    json_key_int(w, "least", ads_least(place));
    json_key(w, "made");
    if (!found) {
        json_null(w);
    } else {
        json_begin_object(w);
        json_key_time(w, "at", made.made_us);
        json_key_stringz(w, "by", made.by);
        json_key_stringz(w, "without", made.without[0] ? made.without : NULL);
        json_key_int(w, "members", made.members);
        json_key_int(w, "on_list", made.counts.on);
        json_key_int(w, "new", made.counts.new);
        json_key_int(w, "taken_out", made.counts.gone);
        json_key_int(w, "left_out", made.left_out);
        json_key_int(w, "not_agreed", made.not_agreed);
        json_key_int(w, "not_known_by", made.unknown);
        json_end_object(w);
    }
    json_end_object(w);
    return ERR_OK;
}

enum err_code do_segment_ads(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(advertised_closep) struct advertised *lists = NULL;
    struct json_writer w = JSON_WRITER(&q->out);
    int64_t id;

    TRY(find(web, q, &id, err));
    TRY(advertised_open_kept(web->store, &lists, err));
    json_begin_object(&w);
    json_key(&w, "places");
    json_begin_array(&w);
    for (size_t place = 0; place < ADS_PLACES; place++)
        TRY(show_place(lists, (enum ads_place)place, id, &w, err));
    json_end_array(&w);
    json_end_object(&w);
    return ERR_OK;
}

enum err_code do_segment_ads_make(struct web *web, struct request *q, struct err *err)
{
    struct job_wish wish = {.kind = JOB_ADS, .path = "", .dir = ""};
    char actor[CHANGING_ACTOR], object[32];
    struct json_value body;
    enum ads_place place;

    TRY(find(web, q, &wish.ads.segment, err));
    TRY(request_json(q, &body, err));
    TRY(request_text(body, "place", wish.ads.place, sizeof(wish.ads.place), err));
    if (!ads_place_of(str_of(wish.ads.place), &place))
        return field_wrong("place", err);
    wish.ads.without = json_integer(json_get(body, "without"), 0);
    changing_actor(q, actor);
    snprintf(object, sizeof(object), "segment %" PRId64, wish.ads.segment);
    wish.actor = actor;
    wish.object = object;
    return request_job(web, q, &wish, err);
}

/* A file without a name, in the workspace: it is gone when it was fetched. */
static enum err_code open_nameless(struct web *web, int *out_fd, struct err *err)
{
    char dir[1200];

    TRY(store_path(web->store, ".", dir, sizeof(dir), err));
    *out_fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    return *out_fd < 0 ? err_errno(err, "making a file in \"%s\"", dir) : ERR_OK;
}

static enum err_code add_piece(void *ctx, struct str piece, struct err *err)
{
    struct request *q = ctx;

    for (size_t at = 0; at < piece.n;) {
        ssize_t n = write(q->file, piece.p + at, piece.n - at);

        if (n < 0 && errno != EINTR)
            return err_errno(err, "writing a list");
        at += n > 0 ? (size_t)n : 0;
    }
    q->file_bytes += piece.n;
    return ERR_OK;
}

static bool is_word(const char *word, const char *wanted)
{
    return word && strcmp(word, wanted) == 0;
}

enum err_code do_segment_ads_file(struct web *web, struct request *q, struct err *err)
{
    TM_CLEANUP(advertised_closep) struct advertised *lists = NULL;
    const char *word = request_query(q, "place"), *what = request_query(q, "what");
    bool gone = is_word(what, "gone"), found = false;
    struct advertised_made made;
    enum ads_place place;
    int64_t id;

    TRY(find(web, q, &id, err));
    q->traced = true;
    if (!word || !ads_place_of(str_of(word), &place))
        return field_wrong("place", err);
    if (!gone && what && !is_word(what, "on"))
        return field_wrong("what", err);
    TRY(advertised_open_kept(web->store, &lists, err));
    if (lists)
        TRY(advertised_last(lists, ads_place_word(place), id, &found, &made, err));
    if (!found)
        return not_here(q, word, err);
    q->type = "text/csv; charset=utf-8";
    snprintf(q->attachment, sizeof(q->attachment), "segment-%" PRId64 "-%s%s.csv", id,
             ads_place_word(place), gone ? "-remove" : "");
    TRY(open_nameless(web, &q->file, err));
    return ads_file(lists, place, id, gone, add_piece, q, err);
}
