/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "store/settings.h"
#include "store/store.h"

#include <unistd.h>

static const struct option_row rows[] = {
    {"shop", 0, "NAME", N_("The shop's name.")},
    {"currency", 0, "CODE", N_("The currency of reports, such as EUR.")},
    {"country", 0, "CODE", N_("Where the shop is, such as TH: for phone numbers.")},
    {"time-zone", 0, "ZONE", N_("The shop's time zone, such as Asia/Bangkok.")},
    {"margin", 0, "SHARE",
     N_("Contribution margin: what is left of 1 of revenue after goods, shipping and fees.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

/* Too long a text is refused: cut off, it could be another code. */
static enum err_code take(const struct options *options, const char *name, char *to, size_t size,
                          struct err *err)
{
    const char *text = value(options, name);

    if (!text)
        return ERR_OK;
    if (strlen(text) >= size)
        return err_set(err, ERR_USAGE, "--%s: \"%s\" is too long", name, text);
    snprintf(to, size, "%s", text);
    return ERR_OK;
}

static void in_capitals(char *code)
{
    for (; *code; code++)
        *code = (char)toupper((unsigned char)*code);
}

static enum err_code take_settings(const struct options *options, struct settings *settings,
                                   struct err *err)
{
    const char *margin = value(options, "margin");

    TRY(take(options, "shop", settings->shop, sizeof(settings->shop), err));
    TRY(take(options, "currency", settings->currency, sizeof(settings->currency), err));
    TRY(take(options, "country", settings->country, sizeof(settings->country), err));
    TRY(take(options, "time-zone", settings->time_zone, sizeof(settings->time_zone), err));
    in_capitals(settings->currency);
    in_capitals(settings->country);
    if (margin) {
        char *end;

        settings->margin = strtod(margin, &end);
        if (end == margin || *end || !(settings->margin > 0 && settings->margin < 1))
            return err_set(err, ERR_USAGE, "--margin must lie between 0 and 1, such as 0.35");
    }
    return settings_check(settings, err);
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    TM_CLEANUP(store_closep) struct store *store = NULL;
    TM_CLEANUP(buf_release) struct buf word = BUF_INIT(8192);
    struct settings settings;
    struct options options;
    const char *dir;
    char path[2048];

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count > 1)
        return err_set(err, ERR_USAGE, "give one folder for the workspace");
    dir = options.operand_count ? options.operands[0] : ".";
    snprintf(path, sizeof(path), "%s/store.db", dir);
    if (access(path, F_OK) == 0) {
        err_set(err, ERR_EXISTS, "\"%s\" is a workspace already", dir);
        err_hint(err, "Its settings stand in %s/tidemark.yaml and can be edited there.", dir);
        return ERR_EXISTS;
    }
    settings = settings_default();
    TRY(take_settings(&options, &settings, err));
    TRY(store_open(dir, &store, err));
    TRY(store_path(store, "tidemark.yaml", path, sizeof(path), err));
    if (access(path, F_OK) != 0)
        TRY(settings_write(path, &settings, err));
    buf_add_shell(&word, str_of(dir));
    printf(_("The workspace \"%s\" is ready. Next: tidemark import --workspace %s FILE...\n"), dir,
           buf_cstr(&word));
    return ERR_OK;
}

const struct command command_init = {
    .name = "init",
    .usage = N_("[OPTIONS] [DIR]"),
    .summary = N_("Make a workspace: the folder in which a shop's data are kept."),
    .text = "",
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
