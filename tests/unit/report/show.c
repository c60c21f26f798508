/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Prints one report: show text|html|pdf|xlsx|csv|json en|ar|th SHOP [WIDTH [colour [all]]], where
 * SHOP is 0, 1, 2 for the assessments of fake.h or r1 to r4 for the built-in model at a stage. For
 * looking at, and for the test of the schema. */
#include "fake.h"
#include "real.h"

static enum err_code print(int argc, char **argv, const struct assessment *a, enum fake_kind kind,
                           struct err *err)
{
    struct buf out = BUF_INIT(8 << 20);
    struct report_options options = fake_options(kind, language_of(argv[2]));
    enum err_code code;

    if (argc > 4)
        options.width = (int)strtol(argv[4], NULL, 10);
    options.colour = argc > 5;
    options.all = argc > 6;
    code = argv[1][0] == 't'   ? report_text(a, &options, &out, err)
           : argv[1][0] == 'h' ? report_html(a, &options, &out, err)
           : argv[1][0] == 'x' ? report_xlsx(a, &options, &out, err)
           : argv[1][0] == 'c' ? report_csv(a, &options, &out, err)
           : argv[1][0] == 'p' ? report_pdf(a, &options, &out, err)
                               : report_json(a, &options, &out, err);
    if (code == ERR_OK)
        fwrite(out.p, 1, out.n, stdout);
    buf_release(&out);
    return code;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct model *model = NULL;
    struct assessment *real = NULL;
    enum err_code code;

    if (argc < 4 || language_of(argv[2]) == LANG_COUNT)
        return 64;
    if (argv[3][0] == 'r') {
        code = real_assessment(argv[3][1] - '0', &model, &real, &err);
        if (code == ERR_OK)
            code = print(argc, argv, real, FAKE_STAGE_2, &err);
    } else {
        enum fake_kind kind = (enum fake_kind)(argv[3][0] - '0');

        code = print(argc, argv, fake_assessment(kind), kind, &err);
    }
    if (code)
        fprintf(stderr, "%s\n", err.msg);
    assessment_free(real);
    model_free(model);
    return code ? 1 : 0;
}
