/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/cmd.h"

#include "base/file.h"
#include "maturity/answers.h"

#include <unistd.h>

static const struct option_row rows[] = {
    {"output", 'o', "FILE", N_("Write to this file instead of standard output.")},
    {"answers", 'a', "FILE", N_("Take over the answers of this file.")},
    {"model", 0, "FILE", N_("Another maturity model (YAML).")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static enum err_code write_questions(const struct options *options, struct buf *out,
                                     struct err *err)
{
    TM_CLEANUP(model_freep) struct model *model = NULL;
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    TM_CLEANUP(buf_release) struct buf word = BUF_INIT(8192);
    const char *path = value(options, "output");

    TRY(model_load(value(options, "model"), &model, err));
    if (value(options, "answers"))
        TRY(answers_read(value(options, "answers"), model, &answers, err));
    answers_write_template(model, i18n_current(), answers, out);
    TRY(buf_check(out, err));
    if (!path)
        return cmd_print(out, err);
    if (access(path, F_OK) == 0 && !value(options, "answers")) {
        err_set(err, ERR_EXISTS, "\"%s\" exists already", path);
        buf_add_shell(&word, str_of(path));
        err_hint(err, "To keep its answers: tidemark questions --answers %s -o %s", buf_cstr(&word),
                 buf_cstr(&word));
        return ERR_EXISTS;
    }
    TRY(file_replace(path, buf_str(out), err));
    buf_add_shell(&word, str_of(path));
    printf(_("Fill in \"%s\", then: tidemark assess --answers %s\n"), path, buf_cstr(&word));
    return ERR_OK;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct buf out = BUF_INIT(4 << 20);
    struct options options;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (options.operand_count)
        return err_set(err, ERR_USAGE, "\"%s\" is one argument too many", options.operands[0]);
    rc = write_questions(&options, &out, err);
    buf_release(&out);
    return rc;
}

const struct command command_questions = {
    .name = "questions",
    .usage = N_("[OPTIONS]"),
    .summary = N_("Write the questionnaire: what data cannot show, in plain words."),
    .text = "",
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
