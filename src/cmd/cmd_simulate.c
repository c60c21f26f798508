/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "simulate/simulate.h"

static const struct option_row rows[] = {
    {"stage", 's', "1..4", N_("How mature the shop's marketing is; 2 unless given.")},
    {"seed", 0, "N", N_("Another number makes another shop; 1 unless given.")},
    {"orders", 'n', "N", N_("About how many orders in 24 months; 2000 unless given.")},
    {"end", 0, "DATE", N_("The last day, such as 2026-09-30.")},
    {"compress", 'z', NULL, N_("Write the large files compressed (gzip).")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static enum err_code take_number(const struct options *options, const char *name, int64_t low,
                                 int64_t high, int64_t *io_n, struct err *err)
{
    const char *text = value(options, name);
    char *end;
    long long n;

    if (!text)
        return ERR_OK;
    errno = 0;
    n = strtoll(text, &end, 10);
    if (errno || end == text || *end || n < low || n > high)
        return err_set(err, ERR_USAGE, "--%s must be a whole number from %s to %s, not \"%s\"",
                       name, cmd_number(low).text, cmd_number(high).text, text);
    *io_n = n;
    return ERR_OK;
}

static bool show(void *ctx, double done)
{
    (void)ctx;
    progress_show(_("making the shop"), done);
    return !cmd_cancelled;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    int64_t stage = 2, seed = 1, orders = 2000;
    struct simulate_options wish;
    struct simulate_result made;
    struct options options;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count != 1) {
        err_set(err, ERR_USAGE, "name the folder for the shop's exports");
        err_hint(err, "For example: tidemark simulate --stage 2 demo");
        return ERR_USAGE;
    }
    TRY(take_number(&options, "stage", 1, 4, &stage, err));
    TRY(take_number(&options, "seed", 0, INT64_MAX, &seed, err));
    TRY(take_number(&options, "orders", 100, 2000000, &orders, err));
    wish = (struct simulate_options){
        .stage = (int)stage,
        .seed = (uint64_t)seed,
        .orders = orders,
        .dir = options.operands[0],
        .end = value(&options, "end"),
        .compress = value(&options, "compress") != NULL,
        .progress = show,
    };
    TRY(simulate(&wish, &made, err));
    progress_clear();
    printf(_("A shop of stage %s in \"%s\": orders %s, customers %s, visits %s, events %s, "
             "messages %s, files %s.\n"),
           cmd_number(wish.stage).text, wish.dir, cmd_number(made.orders).text,
           cmd_number(made.customers).text, cmd_number(made.sessions).text,
           cmd_number(made.events).text, cmd_number(made.messages).text,
           cmd_number(made.files).text);
    return ERR_OK;
}

const struct command command_simulate = {
    .name = "simulate",
    .usage = N_("[OPTIONS] DIR"),
    .summary = N_("Write the exports of a made-up shop, to try things on."),
    .text = N_("The shop has 24 months of customers, visits, orders, messages and advertising, in "
               "the formats\nof Shopify, Klaviyo, GA4, Meta Ads and Google Ads. The same options "
               "give the same files.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
