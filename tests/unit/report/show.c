/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Prints one report of the fake assessments: show text|html|json en|ar|th 0|1|2 [WIDTH [colour
 * [all]]]. For looking at, and for making the golden files again. */
#include "fake.h"

#include "tap.h"

int main(int argc, char **argv)
{
    struct buf out = BUF_INIT(8 << 20);
    struct err err = ERR_INIT;
    enum fake_kind kind;
    struct report_options options;
    const struct assessment *a;
    enum err_code code;

    if (argc < 4)
        return 64;
    kind = (enum fake_kind)(argv[3][0] - '0');
    a = fake_assessment(kind);
    options = fake_options(kind, language_of(argv[2]));
    if (argc > 4)
        options.width = (int)strtol(argv[4], NULL, 10);
    options.colour = argc > 5;
    options.all = argc > 6;
    code = argv[1][0] == 't'   ? report_text(a, &options, &out, &err)
           : argv[1][0] == 'h' ? report_html(a, &options, &out, &err)
                               : report_json(a, &options, &out, &err);
    if (code)
        fprintf(stderr, "%s\n", err.msg);
    fwrite(out.p, 1, out.n, stdout);
    buf_release(&out);
    return code ? 1 : 0;
}
