/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whole reports of the fake assessments against the files in golden/. After a wanted change run
 * this test once with TIDEMARK_GOLDEN_UPDATE=1, look at the difference, and commit it. */
#include "fake.h"
#include "real.h"

#include "report/layout.h"
#include "report/words_worth.h"
#include "tap.h"

typedef enum err_code (*report_fn)(const struct assessment *, const struct report_options *,
                                   struct buf *, struct err *);

/* The program's version changes with each release and is not what is tested. */
static void mask_version(struct buf *b)
{
    char *at;

    while (b->p && (at = strstr(b->p, TIDEMARK_VERSION)))
        memset(at, '_', strlen(TIDEMARK_VERSION));
}

static char *read_file(const char *path)
{
    struct buf b = BUF_INIT(8 << 20);
    FILE *f = fopen(path, "rb");
    char block[4096];
    size_t n;

    while (f && (n = fread(block, 1, sizeof(block), f)) > 0)
        buf_add(&b, block, n);
    if (f)
        fclose(f);
    return buf_detach(&b);
}

static void compare(const char *name, struct buf *got)
{
    char path[4096];

    mask_version(got);
    snprintf(path, sizeof(path), "%s/%s", getenv("TIDEMARK_GOLDEN"), name);
    if (getenv("TIDEMARK_GOLDEN_UPDATE")) {
        FILE *f = fopen(path, "wb");

        CHECK(f && fwrite(got->p, 1, got->n, f) == got->n && fclose(f) == 0);
        return;
    }
    char *want = read_file(path);
    size_t at = 0;

    while (want[at] && want[at] == got->p[at])
        at++;
    CHECK_MSG(strcmp(want, got->p) == 0, "%s, first difference at byte %zu: %.60s", name, at,
              got->p + at);
    free(want);
}

static void golden(report_fn report, const char *name, enum fake_kind kind, enum language language,
                   bool all)
{
    struct report_options options = fake_options(kind, language);
    const struct assessment *a = fake_assessment(kind);
    struct buf out = BUF_INIT(8 << 20), again = BUF_INIT(8 << 20);
    struct err err;

    options.all = all;
    CHECK_OK(report(a, &options, &out, &err), err);
    CHECK_OK(report(a, &options, &again, &err), err);
    CHECK_MSG(str_eq(buf_str(&out), buf_str(&again)), "%s is the same twice", name);
    CHECK(i18n_current() == LANG_EN);
    compare(name, &out);
    buf_release(&out);
    buf_release(&again);
}

static void no_wider(const struct assessment *a, const char *name, enum language language,
                     int width)
{
    struct report_options options = a == fake_assessment(FAKE_STAGE_2)
                                        ? fake_options(FAKE_STAGE_2, language)
                                        : real_options(language);
    struct buf out = BUF_INIT(1 << 20);
    size_t room = (size_t)(width < 60 ? 60 : width > 120 ? 120 : width), widest = 0;
    struct err err;

    options.width = width;
    options.all = true;
    CHECK_OK(report_text(a, &options, &out, &err), err);
    for (const char *p = out.p; *p; p += strcspn(p, "\n") + 1) {
        size_t columns = layout_width((struct str){p, strcspn(p, "\n")});

        widest = columns > widest ? columns : widest;
    }
    CHECK_MSG(widest <= room, "%s in %s at %d: widest line %zu", name, language_codes[language],
              width, widest);
    buf_release(&out);
}

/* No line is wider than the terminal, whatever its width and the language. */
static void widths(void)
{
    static const int widths[] = {20, 60, 80, 97, 120, 300};
    struct model *model = NULL;
    struct assessment *real = NULL;
    struct err err;

    CHECK_OK(real_assessment(2, &model, &real, &err), err);
    for (enum language l = LANG_EN; l < LANG_COUNT; l++)
        for (size_t i = 0; i < TM_COUNT(widths); i++) {
            no_wider(fake_assessment(FAKE_STAGE_2), "the small model", l, widths[i]);
            no_wider(real, "the built-in model", l, widths[i]);
        }
    assessment_free(real);
    model_free(model);
}

/* What is on a page that holds hostile names: no script, no address to load from, no name that
 * became markup. */
static void safe_html(void)
{
    struct report_options options = fake_options(FAKE_STAGE_2, LANG_EN);
    struct buf out = BUF_INIT(8 << 20);
    struct err err;

    CHECK_OK(report_html(fake_assessment(FAKE_STAGE_2), &options, &out, &err), err);
    CHECK(!strstr(out.p, "<script") && !strstr(out.p, "http:") && !strstr(out.p, "https:"));
    CHECK(!strstr(out.p, " src=") && !strstr(out.p, "url(") && !strstr(out.p, "@import"));
    CHECK(!strstr(out.p, "<& Pine") && strstr(out.p, "Pebble &lt;&amp; Pine&gt;"));
    CHECK(!strstr(out.p, "<1>") && strstr(out.p, "broken &lt;1&gt;.csv"));
    CHECK(!strstr(out.p, "<b>") && strstr(out.p, "&lt;b&gt;Bought&lt;/b&gt; &amp; again: 4 more"));
    CHECK(!strstr(out.p, "<ads>") && !strstr(out.p, "<way") && !strstr(out.p, "<providers>"));
    buf_release(&out);
}

/* A shop that is at the stage is not told that it will not reach it. */
static void at_the_stage(void)
{
    struct report_options options = fake_options(FAKE_STAGE_4, LANG_EN);
    struct roadmap map = {.target = 4, .reached = -1, .already = true};
    struct page page;
    struct err err;

    CHECK_OK(page_open(fake_assessment(FAKE_STAGE_4), &options, &page, &err), err);
    CHECK_STR(words_road_end(&page, &map),
              "The levels already make up stage 4; these steps make it sure.");
    page_close(&page);
}

/* The wished digits, but in what is typed or came from outside; a cut cell closes its isolates. */
static void wished_digits(void)
{
    struct buf out = BUF_INIT(1000);
    struct sheet sheet = {.out = &out, .width = 80, .language = LANG_AR};

    locale_use((struct locale_ways){.digits = DIGITS_ARABIC});
    sheet_put(&sheet, STYLE_PLAIN, "70% \u2068--last 5\u2069 EML-3");
    sheet_end_line(&sheet);
    CHECK_STR(buf_cstr(&out), "\u200F٧٠٪ \u2068--last 5\u2069 EML-3\n");
    buf_reset(&out);
    sheet_cell(&sheet, STYLE_PLAIN, "12 \u2068shop 34\u2069", 6, false);
    CHECK_STR(buf_cstr(&out), "\u200F١٢ \u2068sh…\u2069");
    buf_reset(&out);
    locale_use((struct locale_ways){0});
    sheet_put(&sheet, STYLE_PLAIN, "70%");
    CHECK_STR(buf_cstr(&out), "70%");
    buf_release(&out);
}

static void columns(void)
{
    CHECK_INT(layout_width(STR_LIT("abc")), 3);
    CHECK_INT(layout_width(STR_LIT("ที่")), 1); /* one consonant, a vowel and a tone above */
    CHECK_INT(layout_width(STR_LIT("\xE2\x81\xA8x\xE2\x81\xA9")), 1);
    CHECK_INT(layout_width(STR_LIT("漢字")), 4);
    CHECK_INT(layout_width(STR_LIT("\xFF")), 1);
}

static void colour(void)
{
    struct report_options options = fake_options(FAKE_STAGE_2, LANG_EN);
    struct buf out = BUF_INIT(1 << 20);
    struct err err;

    CHECK_OK(report_text(fake_assessment(FAKE_STAGE_2), &options, &out, &err), err);
    CHECK(!memchr(out.p, '\033', out.n));
    buf_reset(&out);
    options.colour = true;
    CHECK_OK(report_text(fake_assessment(FAKE_STAGE_2), &options, &out, &err), err);
    CHECK(memchr(out.p, '\033', out.n) != NULL);
    buf_release(&out);
}

static void limit(void)
{
    struct report_options options = fake_options(FAKE_STAGE_2, LANG_EN);
    struct buf out = BUF_INIT(100);
    struct err err = ERR_INIT;

    CHECK(report_text(fake_assessment(FAKE_STAGE_2), &options, &out, &err) == ERR_TOO_LARGE);
    buf_release(&out);
}

int main(void)
{
    columns();
    at_the_stage();
    wished_digits();
    golden(report_text, "stage2.en.txt", FAKE_STAGE_2, LANG_EN, true);
    golden(report_text, "stage2.ar.txt", FAKE_STAGE_2, LANG_AR, false);
    golden(report_text, "stage2.th.txt", FAKE_STAGE_2, LANG_TH, false);
    golden(report_text, "claimed.en.txt", FAKE_CLAIMED, LANG_EN, false);
    golden(report_text, "stage4.en.txt", FAKE_STAGE_4, LANG_EN, false);
    golden(report_json, "stage2.en.json", FAKE_STAGE_2, LANG_EN, false);
    golden(report_json, "claimed.en.json", FAKE_CLAIMED, LANG_EN, false);
    golden(report_csv, "stage2.en.csv", FAKE_STAGE_2, LANG_EN, false);
    golden(report_html, "stage2.en.html", FAKE_STAGE_2, LANG_EN, false);
    golden(report_html, "stage2.ar.html", FAKE_STAGE_2, LANG_AR, false);
    golden(report_html, "claimed.th.html", FAKE_CLAIMED, LANG_TH, false);
    golden(report_html, "stage4.en.html", FAKE_STAGE_4, LANG_EN, false);
    safe_html();
    widths();
    colour();
    limit();
    return tap_done();
}
