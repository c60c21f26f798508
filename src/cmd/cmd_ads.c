/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark ads: people of a segment for advertising places, as files. */
#include "cmd/cmd.h"

#include "audience/members.h"
#include "audience/shelf.h"
#include "base/file.h"
#include "base/json_write.h"
#include "base/timestamp.h"
#include "cmd/records.h"
#include "cmd/workspace.h"
#include "outreach/ads/ads.h"
#include "outreach/person/person.h"
#include "shop/identifier.h"
#include "store/advertised.h"

enum { OUTPUT_MAX = 1 << 20, FILE_BYTES_MAX = 512 << 20, PATH_BYTES = 1200 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"for", 0, "PLACE", N_("meta, google, tiktok or x.")},
    {"without", 0, "SEGMENT", N_("Leave out who is in this one, such as recent buyers.")},
    {"out", 0, "DIR", N_("The folder of the files; this one unless told.")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

struct ads_run {
    const struct options *options;
    struct workspace ws;
    struct audience_now now;
    struct audience_shelf shelf;
    size_t in, without;
    enum ads_place place;
    struct consents *consents;
    struct person_reader reader;
    struct advertised *lists;
    struct buf line; /* of the file */
    int64_t members, left_out, not_agreed, unknown;
    struct advertised_counts counts;
    char add[PATH_BYTES], remove[PATH_BYTES];
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* ---- who may be on it --------------------------------------------------------------------- */

/* Agreed, by the newest word, and nothing stands against it. */
static enum err_code may(struct ads_run *run, const struct pseudonym *who, bool *io_agreed,
                         bool *out_barred, struct err *err)
{
    enum suppression_reason reason;
    struct consent_newest newest;

    TRY(suppression_check_known(run->consents, "ads", who, &reason, err));
    TRY(consents_newest(run->consents, who, "ads", "marketing", &newest, err));
    *out_barred = reason != SUPPRESSED_NOT || newest.state == CONSENT_DENIED ||
                  newest.state == CONSENT_WITHDRAWN;
    *io_agreed = *io_agreed || (newest.state == CONSENT_GRANTED && !*out_barred);
    return ERR_OK;
}

/* What may be told of a person: an address against which something stands is not, and a word
 * against it of either stands for both. */
static enum err_code judge(struct ads_run *run, const struct person_known *known,
                           struct advertised_person *out, bool *out_may, struct err *err)
{
    const struct pseudonyms *keys = run->reader.pseudonyms;
    bool agreed = false, barred = false;

    *out = (struct advertised_person){.who_count = 0};
    out->who_count +=
        pseudonym_email(keys, str_of(known->email), &out->who[out->who_count]) ? 1 : 0;
    out->who_count +=
        pseudonym_phone(keys, str_of(known->phone), run->reader.country, &out->who[out->who_count])
            ? 1
            : 0;
    for (size_t i = 0; i < out->who_count && !barred; i++)
        TRY(may(run, &out->who[i], &agreed, &barred, err));
    *out_may = agreed && !barred;
    return ERR_OK;
}

static enum err_code put(struct ads_run *run, const struct person_known *known, struct err *err)
{
    struct advertised_person person;
    struct identifier phone;
    bool allowed = false;

    TRY(judge(run, known, &person, &allowed, err));
    if (!allowed) {
        run->not_agreed++;
        return ERR_OK;
    }
    identifier_phone(str_of(known->phone), run->reader.country, &phone);
    buf_reset(&run->line);
    if (!ads_line(run->place,
                  &(struct ads_person){
                      .email = str_of(known->email),
                      .phone = phone.n && phone.text[0] == '+' ? identifier_str(&phone) : STR_NONE,
                      .first_name = str_of(known->first_name),
                      .last_name = str_of(known->last_name),
                      .country = str_of(known->country),
                      .city = str_of(known->city),
                      .zip = str_of(known->zip)},
                  &run->line)) {
        run->unknown++;
        return ERR_OK;
    }
    TRY(buf_check(&run->line, err));
    person.line = buf_str(&run->line);
    return advertised_put(run->lists, &person, err);
}

static enum err_code take(void *ctx, const uint64_t *people, size_t n, struct err *err)
{
    struct ads_run *run = ctx;
    struct person_known *known = xcalloc(PERSON_BATCH, sizeof(*known));
    enum err_code rc = ERR_OK;

    for (size_t at = 0; rc == ERR_OK && at < n; at += PERSON_BATCH) {
        size_t some = n - at < PERSON_BATCH ? n - at : PERSON_BATCH;

        rc = person_look_up(&run->reader, people + at, some, known, err);
        for (size_t i = 0; rc == ERR_OK && i < some; i++, run->members++)
            rc = put(run, &known[i], err);
    }
    free(known);
    return rc;
}

/* ---- files -------------------------------------------------------------------------------- */

struct writing {
    enum ads_place place;
    struct buf *out;
};

static enum err_code add_line(void *ctx, struct str line, struct err *err)
{
    struct writing *w = ctx;

    ads_whole(w->place, line, w->out);
    return buf_check(w->out, err);
}

static enum err_code write_file(struct ads_run *run, bool gone, char *out_path, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES_MAX);
    const char *dir = value(run->options, "out");
    int64_t id = run->shelf.entries[run->in].id;

    snprintf(out_path, PATH_BYTES, "%.1000s/segment-%" PRId64 "-%s%s.csv", dir ? dir : ".", id,
             ads_place_word(run->place), gone ? "-remove" : "");
    ads_head(run->place, &text);
    TRY(advertised_each(run->lists, ads_place_word(run->place), id, gone, add_line,
                        &(struct writing){run->place, &text}, err));
    return file_replace(out_path, buf_str(&text), err);
}

/* ---- words -------------------------------------------------------------------------------- */

static void tell(const struct ads_run *run, struct buf *out)
{
    buf_addf(out, _("%s, %s: %s of %s people are on the list, %s of them new\n"),
             run->shelf.entries[run->in].name, ads_place_name(run->place),
             cmd_number(run->counts.on).text, cmd_number(run->members).text,
             cmd_number(run->counts.new).text);
    if (run->left_out)
        buf_addf(out, _("  left out as wished: %s\n"), cmd_number(run->left_out).text);
    if (run->not_agreed)
        buf_addf(out, _("  did not agree to advertising: %s\n"), cmd_number(run->not_agreed).text);
    if (run->unknown)
        buf_addf(out, _("  without anything that the place knows people by: %s\n"),
                 cmd_number(run->unknown).text);
    buf_addf(out, "  %s\n", run->add);
    if (run->counts.gone)
        buf_addf(out, _("  %s\n    takes out %s who were on earlier lists: bring it there, too\n"),
                 run->remove, cmd_number(run->counts.gone).text);
    if (run->counts.on < ads_least(run->place))
        buf_addf(out, _("  %s uses no list of fewer than %d people\n"), ads_place_name(run->place),
                 ads_least(run->place));
}

static void tell_json(const struct ads_run *run, struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_int(&w, "segment", run->shelf.entries[run->in].id);
    json_key_stringz(&w, "place", ads_place_word(run->place));
    json_key_int(&w, "members", run->members);
    json_key_int(&w, "on_list", run->counts.on);
    json_key_int(&w, "new", run->counts.new);
    json_key_int(&w, "taken_out", run->counts.gone);
    json_key_int(&w, "left_out", run->left_out);
    json_key_int(&w, "not_agreed", run->not_agreed);
    json_key_int(&w, "not_known_by", run->unknown);
    json_key_int(&w, "least", ads_least(run->place));
    json_key_stringz(&w, "file", run->add);
    json_key_stringz(&w, "remove_file", run->remove);
    json_end_object(&w);
    buf_addc(out, '\n');
}

/* ---- running ------------------------------------------------------------------------------ */

static enum err_code find_segments(struct ads_run *run, const char *name, struct err *err)
{
    const char *without = value(run->options, "without");
    const size_t *const both[] = {&run->in, &run->without};

    TRY(audience_shelf_open(run->ws.store, &run->now, NULL, &run->shelf, err));
    TRY(audience_shelf_find(&run->shelf, name, &run->in, err));
    run->without = AUDIENCE_ALL;
    if (without)
        TRY(audience_shelf_find(&run->shelf, without, &run->without, err));
    for (size_t i = 0; i < TM_COUNT(both); i++)
        if (*both[i] != AUDIENCE_ALL && run->shelf.set.segments[*both[i]].err.code != ERR_OK) {
            *err = run->shelf.set.segments[*both[i]].err;
            return err->code;
        }
    return ERR_OK;
}

static enum err_code make_list(struct ads_run *run, struct err *err)
{
    enum err_code rc;

    TRY(consents_open(run->ws.store, &run->consents, err));
    TRY(advertised_open(run->ws.store, &run->lists, err));
    run->reader = (struct person_reader){.engine = run->ws.engine,
                                         .pseudonyms = consents_keys(run->consents),
                                         .consents = run->consents,
                                         .country = run->ws.settings.country};
    TRY(advertised_begin(run->lists, ads_place_word(run->place), run->shelf.entries[run->in].id,
                         err));
    rc = audience_list(run->ws.engine, &run->shelf.set, &run->now, run->in, run->without, take, run,
                       &run->left_out, err);
    TRY(advertised_end(run->lists, rc, timestamp_now(), &run->counts, err));
    TRY(write_file(run, false, run->add, err));
    return write_file(run, true, run->remove, err);
}

static enum err_code asking(struct ads_run *run, const char *name, struct err *err)
{
    struct view_context context;

    cmd_engine_working(run->ws.engine);
    TRY(records_make_fresh(&run->ws, NULL, &context, err));
    TRY(audience_prepare(run->ws.engine, err));
    TRY(audience_now_read(run->ws.engine, &run->now, err));
    TRY(find_segments(run, name, err));
    return make_list(run, err);
}

static enum err_code with_workspace(struct ads_run *run, const char *dir, const char *name,
                                    struct buf *out, struct err *err)
{
    enum err_code rc;

    TRY(workspace_open(dir, &run->ws, err));
    run->line = BUF_INIT(8192);
    rc = asking(run, name, err);
    cmd_engine_working(NULL);
    if (rc == ERR_OK)
        (value(run->options, "json") ? tell_json : tell)(run, out);
    buf_release(&run->line);
    audience_shelf_close(&run->shelf);
    advertised_close(run->lists);
    consents_close(run->consents);
    workspace_close(&run->ws);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    struct options options;
    struct ads_run ads = {.options = &options};
    const char *place, *dir;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count != 1)
        return err_set(err, ERR_USAGE, "name one segment");
    place = value(&options, "for");
    if (!place || !ads_place_of(str_of(place), &ads.place))
        return err_set(err, ERR_USAGE, "say for which place with --for meta, google, tiktok or x");
    dir = workspace_named(value(&options, "workspace"));
    if (!dir)
        return err_set(err, ERR_USAGE, "name the workspace with --workspace DIR");
    TRY(with_workspace(&ads, dir, options.operands[0], &out, err));
    return (value(&options, "json") ? cmd_print : cmd_print_words)(&out, err);
}

const struct command command_ads = {
    .name = "ads",
    .usage = N_("SEGMENT --for PLACE [--without SEGMENT] [--out DIR] --workspace DIR [OPTIONS]"),
    .summary = N_("A segment's people as a file for an advertising place."),
    .text = N_("Writes two files, as the place wants them, with hashes instead of addresses: who "
               "is on the list, and who\nis to be taken out of it. Only people are on it who "
               "agreed to be shown advertisements (consent on the\nchannel \"ads\"). Bring both "
               "there each time; whoever withdrew or was erased is in the second one for\n30 "
               "days.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
