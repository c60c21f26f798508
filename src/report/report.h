/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* report.h - the front of src/report: one assessment, shown as terminal page, HTML, PDF,
 * XLSX, CSV or JSON.
 *
 * The same numbers everywhere, in English, Arabic or Thai. Texts come from the model and from
 * the gettext catalogues of po/; numbers, percentages, money and dates are written by ICU.
 */
#ifndef TM_REPORT_REPORT_H
#define TM_REPORT_REPORT_H

#include "base/buf.h"
#include "maturity/history.h"
#include "maturity/money.h"
#include "maturity/peers.h"
#include "maturity/roadmap.h"
#include "maturity/score.h"
#include "maturity/sensitivity.h"

/* One file (or archive member) that went in. */
struct report_input {
    const char *name;
    const char *format; /* importer's title */
    int64_t rows, stored, merged, rejected;
    int64_t newest_at;
    const char *problem; /* "" when all went well */
};

/* Headline facts of the shop over the window, each AMOUNT_NONE or NAN when unknown. */
struct report_facts {
    const char *shop;     /* name, or the folder's */
    const char *currency; /* "" when unknown */
    int decimals;
    int64_t first_order_at, last_order_at;
    int64_t orders, customers, revenue,
        refunds; /* of the last 365 days; revenue net, minor units */
    double repeat_share;
};

struct report_options {
    enum language language;
    bool colour;    /* terminal only */
    int width;      /* of the terminal, columns */
    bool all;       /* terminal: every practice with its evidence, not only the page */
    bool from_data; /* as_of was taken from the newest record */
    const struct report_facts *facts;
    const struct report_input *inputs;
    size_t input_count;
    /* What was worked out from the assessment; NULL: not, and nothing is said about it. */
    const struct sensitivity *sensitivity;
    const struct money *money;
    const struct roadmap *roadmap;
    const struct trend *trend; /* the present assessment is its last point */
    const struct peers *peers; /* other shops, and the marks that stand in for them */
};

TM_MUST_CHECK enum err_code report_text(const struct assessment *a,
                                        const struct report_options *options, struct buf *out,
                                        struct err *err);
TM_MUST_CHECK enum err_code report_html(const struct assessment *a,
                                        const struct report_options *options, struct buf *out,
                                        struct err *err);
/* Two pages of A4 for the owner. The same bytes for the same assessment and fonts. */
TM_MUST_CHECK enum err_code report_pdf(const struct assessment *a,
                                       const struct report_options *options, struct buf *out,
                                       struct err *err);
/* A workbook whose index and dimensions are live formulas over the practices. */
TM_MUST_CHECK enum err_code report_xlsx(const struct assessment *a,
                                        const struct report_options *options, struct buf *out,
                                        struct err *err);
/* The practices, one a line (docs/report.md). */
TM_MUST_CHECK enum err_code report_csv(const struct assessment *a,
                                       const struct report_options *options, struct buf *out,
                                       struct err *err);
/* After docs/assessment.schema.json. */
TM_MUST_CHECK enum err_code report_json(const struct assessment *a,
                                        const struct report_options *options, struct buf *out,
                                        struct err *err);

#endif
