/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark ads: people of a segment for advertising places, as files. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/json_write.h"
#include "cmd/records.h"
#include "cmd/workspace.h"
#include "outreach/ads/list.h"

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
    enum ads_place place;
    struct advertised *lists;
    struct ads_made made;
    char add[PATH_BYTES], remove[PATH_BYTES];
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* ---- files -------------------------------------------------------------------------------- */

static enum err_code add_piece(void *ctx, struct str piece, struct err *err)
{
    buf_adds(ctx, piece);
    return buf_check(ctx, err);
}

static enum err_code write_file(struct ads_run *run, bool gone, char *out_path, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_BYTES_MAX);
    const char *dir = value(run->options, "out");

    snprintf(out_path, PATH_BYTES, "%.1000s/segment-%" PRId64 "-%s%s.csv", dir ? dir : ".",
             run->made.segment, ads_place_word(run->place), gone ? "-remove" : "");
    TRY(ads_file(run->lists, run->place, run->made.segment, gone, add_piece, &text, err));
    return file_replace(out_path, buf_str(&text), err);
}

/* ---- words -------------------------------------------------------------------------------- */

static void tell(const struct ads_run *run, struct buf *out)
{
    buf_addf(out, _("%s, %s: %s of %s people are on the list, %s of them new\n"), run->made.name,
             ads_place_name(run->place), cmd_number(run->made.counts.on).text,
             cmd_number(run->made.members).text, cmd_number(run->made.counts.new).text);
    if (run->made.left_out)
        buf_addf(out, _("  left out as wished: %s\n"), cmd_number(run->made.left_out).text);
    if (run->made.not_agreed)
        buf_addf(out, _("  did not agree to advertising: %s\n"),
                 cmd_number(run->made.not_agreed).text);
    if (run->made.unknown)
        buf_addf(out, _("  without anything that the place knows people by: %s\n"),
                 cmd_number(run->made.unknown).text);
    buf_addf(out, "  %s\n", run->add);
    if (run->made.counts.gone)
        buf_addf(out, _("  %s\n    takes out %s who were on earlier lists: bring it there, too\n"),
                 run->remove, cmd_number(run->made.counts.gone).text);
    if (run->made.counts.on < ads_least(run->place))
        buf_addf(out, _("  %s uses no list of fewer than %d people\n"), ads_place_name(run->place),
                 ads_least(run->place));
}

static void tell_json(const struct ads_run *run, struct buf *out)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_int(&w, "segment", run->made.segment);
    json_key_stringz(&w, "place", ads_place_word(run->place));
    json_key_int(&w, "members", run->made.members);
    json_key_int(&w, "on_list", run->made.counts.on);
    json_key_int(&w, "new", run->made.counts.new);
    json_key_int(&w, "taken_out", run->made.counts.gone);
    json_key_int(&w, "left_out", run->made.left_out);
    json_key_int(&w, "not_agreed", run->made.not_agreed);
    json_key_int(&w, "not_known_by", run->made.unknown);
    json_key_int(&w, "least", ads_least(run->place));
    json_key_stringz(&w, "file", run->add);
    json_key_stringz(&w, "remove_file", run->remove);
    json_end_object(&w);
    buf_addc(out, '\n');
}

/* ---- running ------------------------------------------------------------------------------ */

static enum err_code make(struct ads_run *run, const char *name, struct err *err)
{
    const struct ads_wish wish = {.store = run->ws.store,
                                  .engine = run->ws.engine,
                                  .country = run->ws.settings.country,
                                  .by = "command line",
                                  .place = run->place,
                                  .segment = name,
                                  .without = value(run->options, "without")};

    TRY(ads_make(&wish, &run->made, err));
    TRY(advertised_open(run->ws.store, &run->lists, err));
    TRY(write_file(run, false, run->add, err));
    return write_file(run, true, run->remove, err);
}

static enum err_code asking(struct ads_run *run, const char *name, struct err *err)
{
    struct view_context context;

    cmd_engine_working(run->ws.engine);
    TRY(records_make_fresh(&run->ws, NULL, &context, err));
    TRY(audience_prepare(run->ws.engine, err));
    return make(run, name, err);
}

static enum err_code with_workspace(struct ads_run *run, const char *dir, const char *name,
                                    struct buf *out, struct err *err)
{
    enum err_code rc;

    TRY(workspace_open(dir, &run->ws, err));
    rc = asking(run, name, err);
    cmd_engine_working(NULL);
    if (rc == ERR_OK)
        (value(run->options, "json") ? tell_json : tell)(run, out);
    advertised_close(run->lists);
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
