/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Prints one report: show text|html|pdf|xlsx|csv|json en|ar|th SHOP [WIDTH [colour|plain
 * [all|digits]]], digits being the Arabic-Indic ones, where
 * SHOP is 0, 1, 2 for the assessments of fake.h or r1 to r4
 * (R1 to R4) for the built-in model at a stage. For
 * looking at, and for the test of the schema. */
#include "fake.h"
#include "real.h"

#include "base/locale.h"

static enum err_code print(int argc, char **argv, const struct assessment *a,
                           struct report_options options, struct err *err)
{
    struct buf out = BUF_INIT(8 << 20);
    enum err_code code;

    if (argc > 4)
        options.width = (int)strtol(argv[4], NULL, 10);
    options.colour = argc > 5 && argv[5][0] == 'c';
    options.all = argc > 6 && argv[6][0] == 'a';
    if (argc > 6 && argv[6][0] == 'd')
        locale_use((struct locale_ways){.digits = DIGITS_ARABIC});
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

/* Of R1 to R4 all that can be worked out without a shop's data is shown too. */
static enum err_code print_real(int argc, char **argv, const struct assessment *a, struct err *err)
{
    struct report_options options = real_options(language_of(argv[2]));
    TM_CLEANUP(sensitivity_freep) struct sensitivity *s = NULL;
    TM_CLEANUP(plan_freep) struct plan *plan = NULL;
    TM_CLEANUP(roadmap_freep) struct roadmap *map = NULL;

    if (argv[3][0] == 'R') {
        TRY(sensitivity(a, NULL, &s, err));
        plan = plan_new(a->evidence->model);
        TRY(roadmap(a, s, NULL, plan, NULL, &map, err));
        options.sensitivity = s;
        options.roadmap = map;
    }
    return print(argc, argv, a, options, err);
}

/* Fontconfig and Pango keep their tables until the program ends: not ours to free. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\nleak:libpango\nleak:libcairo\nleak:libglib\n";
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct model *model = NULL;
    struct assessment *real = NULL;
    enum err_code code;

    if (argc < 4 || language_of(argv[2]) == LANG_COUNT)
        return 64;
    if (argv[3][0] == 'r' || argv[3][0] == 'R') {
        code = real_assessment(argv[3][1] - '0', &model, &real, &err);
        if (code == ERR_OK)
            code = print_real(argc, argv, real, &err);
    } else {
        enum fake_kind kind = (enum fake_kind)(argv[3][0] - '0');

        code = print(argc, argv, fake_assessment(kind), fake_options(kind, language_of(argv[2])),
                     &err);
    }
    if (code)
        fprintf(stderr, "%s\n", err.msg);
    assessment_free(real);
    model_free(model);
    return code ? 1 : 0;
}
