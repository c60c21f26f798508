/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/assess_options.h"

#include "cmd/cmd.h"

enum err_code assess_take_options(const struct option_row *rows, size_t n,
                                  const struct options *options, struct assess_wish *out_wish,
                                  struct err *err)
{
    const char *margin = option_value(rows, n, options, "margin"),
               *as_of = option_value(rows, n, options, "as-of");

    *out_wish = (struct assess_wish){
        .workspace = workspace_named(option_value(rows, n, options, "workspace")),
        .paths = options->operands,
        .path_count = options->operand_count,
        .answers = option_value(rows, n, options, "answers"),
        .model = option_value(rows, n, options, "model"),
        .rates = option_value(rows, n, options, "rates"),
        .margin = (double)NAN};
    TRY(import_take_options(rows, n, options, &out_wish->import, err));
    if (margin) {
        char *end;

        out_wish->margin = strtod(margin, &end);
        if (end == margin || *end || !(out_wish->margin > 0 && out_wish->margin < 1))
            return err_set(err, ERR_USAGE, "--margin must lie between 0 and 1, such as 0.35");
    }
    if (as_of && strcmp(as_of, "now") == 0)
        out_wish->as_of = timestamp_now();
    else
        out_wish->as_of_day = as_of;
    if (out_wish->path_count == 0 && !out_wish->workspace && !out_wish->answers) {
        err_set(err, ERR_USAGE, "name a folder with the exports of your shop");
        err_hint(err, "No data yet? Fill in the questions: tidemark questions -o "
                      "answers.yaml, then tidemark assess --answers answers.yaml");
        return ERR_USAGE;
    }
    return ERR_OK;
}
