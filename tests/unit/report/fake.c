/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "fake.h"

#include "base/money.h"
#include "maturity/profile.h"

#define NONE ((double)NAN)
#define DAY(n) (INT64_C(1790726400) * US_PER_SECOND - (int64_t)(n)*US_PER_DAY)
#define T(en_, ar_, th_)                                                                           \
    {                                                                                              \
        {                                                                                          \
            en_, ar_, th_                                                                          \
        }                                                                                          \
    }
#define CUTS(a, b, c) .cuts = {a, b, c}, .upper = {NONE, NONE, NONE}

enum { DIMENSIONS = 4, PRACTICES = 9, NEEDS = 2 };

static struct dimension dimensions[DIMENSIONS] = {
    {"FND", T("Foundations", "الأساسيات", "พื้นฐาน"), T("The right tools", "الأدوات", "เครื่องมือ"), 1},
    {"EML", T("Subscribers and messages", "المشتركون والرسائل", "ผู้ติดตามและข้อความ"),
     T("Mail", "بريد", "อีเมล"), 1},
    {"RET", T("Retention and loyalty", "الاحتفاظ والولاء", "การรักษาลูกค้า"),
     T("Buying again", "الشراء مجددا", "การซื้อซ้ำ"), 1},
    {"ORG", T("Team <way of working>", "الفريق", "ทีมงาน"), T("People", "الناس", "คน"), 1},
};

static struct practice practices[PRACTICES] = {
    {.id = "FND-1",
     .title = T("Base kit in place", "العدة الأساسية", "เครื่องมือพื้นฐานครบ"),
     .what = T("Which tools are connected.", "ما الأدوات المتصلة.", "เครื่องมือใดเชื่อมต่อแล้ว"),
     .why = T("Without them nothing can be seen.", "بدونها لا يرى شيء.", "ถ้าไม่มีจะมองไม่เห็นอะไร"),
     .how = T("Connect the mailing tool.", "اربط أداة البريد.", "เชื่อมต่อเครื่องมืออีเมล"),
     .classes = CLASS_BIT_C | CLASS_BIT_Q,
     .indicators = {{.measure = "base_kit", .form = FORM_VALUE, CUTS(3, 4, 5), .unit = "count"}},
     .indicator_count = 1,
     .essential = 2,
     .weight = 2,
     .needs = {"orders"},
     .need_count = 1,
     .citation = {.basis = "presence", .source = "", .mark = "int"}},
    {.id = "FND-2",
     .dimension = 0,
     .title = T("Product proves itself", "المنتج يثبت نفسه", "สินค้าพิสูจน์ตัวเอง"),
     .how = T("Write down the margin.", "دوّن الهامش.", "จดกำไรขั้นต้น"),
     .classes = CLASS_BIT_M | CLASS_BIT_Q,
     .indicators = {{.measure = "months", .form = FORM_RATE, CUTS(3, 5, 6), .unit = "months"}},
     .indicator_count = 1,
     .essential = 2,
     .weight = 1,
     .question = T("How many months?", "كم شهرا؟", "กี่เดือน"),
     .citation = {.basis = "own"}},
    {.id = "EML-1",
     .dimension = 1,
     .title = T("Campaigns each month", "حملات كل شهر", "แคมเปญทุกเดือน"),
     .how = T("Plan two a month.", "خطط اثنتين شهريا.", "วางแผนเดือนละสองครั้ง"),
     .classes = CLASS_BIT_M,
     .indicators =
         {{.measure = "campaigns", .form = FORM_RATE, CUTS(.5, 2, 4), .unit = "per_month"}},
     .indicator_count = 1,
     .essential = 2,
     .weight = 1,
     .needs = {"messages"},
     .need_count = 1,
     .citation = {.basis = "int"}},
    {.id = "LST-4",
     .dimension = 1,
     .title = T("Spam complaints", "شكاوى البريد المزعج", "การร้องเรียนสแปม"),
     .how = T("Remove silent readers.", "أزل القراء الصامتين.", "ลบผู้อ่านที่เงียบ"),
     .classes = CLASS_BIT_M,
     .indicators = {{.measure = "complaints",
                     .form = FORM_SHARE,
                     .lower_is_better = true,
                     CUTS(.003, .001, .0005),
                     .unit = "percent"}},
     .indicator_count = 1,
     .essential = 2,
     .weight = 1,
     .needs = {"messages"},
     .need_count = 1,
     .citation = {.basis = "pub", .source = "Mailbox <providers>", .year = 2024, .mark = "V2"}},
    {.id = "RET-1",
     .dimension = 2,
     .title = T("Second purchase within a year", "شراء ثان خلال سنة", "ซื้อครั้งที่สองภายในหนึ่งปี"),
     .what = T("First buyers who buy again.", "من اشترى ثم عاد.", "ผู้ซื้อครั้งแรกที่ซื้ออีก"),
     .why = T("It is cheaper than a new buyer.", "أرخص من مشتر جديد.", "ถูกกว่าหาลูกค้าใหม่"),
     .how = T("Write to first buyers after 30 days.", "راسل المشترين بعد 30 يوما.",
              "ส่งข้อความถึงผู้ซื้อครั้งแรกหลัง 30 วัน"),
     .classes = CLASS_BIT_M,
     .indicators = {{.measure = "repeat_365",
                     .title = T("<b>Bought</b> & again", "اشتروا مجددا", "ซื้ออีก"),
                     .form = FORM_SHARE,
                     CUTS(.6, 1, 1.4),
                     .multiplier = "vertical_repeat_median",
                     .unit = "percent"}},
     .indicator_count = 1,
     .weight = 2,
     .needs = {"orders"},
     .need_count = 1,
     .citation = {.basis = "pub", .source = "Example survey", .year = 2015, .mark = "V1"}},
    {.id = "RET-3",
     .dimension = 2,
     .title = T("Repeat share of revenue", "حصة الشراء المتكرر", "สัดส่วนรายได้จากการซื้อซ้ำ"),
     .how = T("Wait for 24 months.", "انتظر 24 شهرا.", "รอ 24 เดือน"),
     .classes = CLASS_BIT_M,
     .indicators = {{.measure = "repeat_revenue",
                     .form = FORM_FRACTION,
                     CUTS(.2, .4, .5),
                     .unit = "percent"}},
     .indicator_count = 1,
     .weight = 1,
     .needs = {"orders"},
     .need_count = 1,
     .citation = {.basis = "pub", .source = "Example survey", .year = 2015, .mark = "V1"}},
    {.id = "RET-4",
     .dimension = 2,
     .title = T("Return on <ads> & more", "عائد الإعلانات", "ผลตอบแทนโฆษณา"),
     .how = T("Stop the worst campaign.", "أوقف أسوأ حملة.", "หยุดแคมเปญที่แย่ที่สุด"),
     .classes = CLASS_BIT_M,
     .indicators = {{.measure = "mer",
                     .form = FORM_RATIO,
                     .strict = {true, false, false},
                     .cuts = {.8, 1.1, 1.5},
                     .upper = {NONE, 2.5, NONE},
                     .unit = "times"}},
     .indicator_count = 1,
     .essential = 3,
     .weight = 1,
     .needs = {"orders"},
     .need_count = 1,
     .citation = {.basis = "own"}},
    {.id = "ORG-1",
     .dimension = 3,
     .title = T("Hours for marketing", "ساعات للتسويق", "ชั่วโมงสำหรับการตลาด"),
     .how = T("Block one morning.", "احجز صباحا.", "กันเวลาหนึ่งเช้า"),
     .classes = CLASS_BIT_Q,
     .indicators = {{.measure = "hours", .form = FORM_VALUE, CUTS(4, 20, 60), .unit = "hours"}},
     .indicator_count = 1,
     .weight = 1,
     .question = T("How many hours?", "كم ساعة؟", "กี่ชั่วโมง"),
     .citation = {.basis = "int"}},
    {.id = "ORG-2",
     .dimension = 3,
     .title = T("Named owners", "مسؤولون معروفون", "มีผู้รับผิดชอบ"),
     .how = T("Name an owner.", "عيّن مسؤولا.", "ระบุผู้รับผิดชอบ"),
     .classes = CLASS_BIT_Q,
     .indicators = {{.measure = "owners", .form = FORM_SHARE, CUTS(.3, .7, 1), .unit = "percent"}},
     .indicator_count = 1,
     .essential = 3,
     .weight = 1,
     .question = T("Who owns what?", "من المسؤول؟", "ใครรับผิดชอบ"),
     .citation = {.basis = "presence"}},
};

static struct data_need data_needs[NEEDS] = {
    {"orders", T("Orders", "الطلبات", "คำสั่งซื้อ"),
     T("Orders export of the shop.", "صدّر الطلبات.", "ส่งออกคำสั่งซื้อ")},
    {"messages", T("Messages", "الرسائل", "ข้อความ"),
     T("Events export of the mailing tool.", "صدّر أحداث البريد.", "ส่งออกเหตุการณ์อีเมล")},
};

static struct model model = {
    .id = "fake",
    .version = "1.0.0",
    .content_hash = "c0ffee",
    .scoring_hash = "decade",
    .dimensions = dimensions,
    .dimension_count = DIMENSIONS,
    .practices = practices,
    .practice_count = PRACTICES,
    .needs = data_needs,
    .need_count = NEEDS,
    .stages = {T("Ad hoc", "مرتجل", "เฉพาะกิจ"), T("Up-and-coming", "صاعد", "กำลังเติบโต"),
               T("Full-fledged", "مكتمل", "เต็มรูปแบบ"),
               T("Best-in-class", "الأفضل في فئته", "ดีที่สุดในกลุ่ม")},
    .stage_what = {T("First tries.", "محاولات أولى.", "ช่วงทดลอง"),
                   T("The basics work.", "الأساسيات تعمل.", "พื้นฐานใช้งานได้"),
                   T("Data is used.", "البيانات تستعمل.", "ใช้ข้อมูล"),
                   T("It runs by itself.", "يعمل وحده.", "ทำงานได้เอง")},
    .quorum = {.7, .7, .8},
    .evidence_floor = {.5, .6, .7},
    .vertical_repeat_median = .28,
};

static struct evidence items[PRACTICES];
static struct practice_result results[PRACTICES];
static struct dimension_result dimension_results[DIMENSIONS];
static struct gap gaps[4];
static struct connection connections[1];
static struct evidence_set set;
static struct assessment assessment;

struct row {
    enum state state;
    enum evidence_class measured;
    struct finding finding;
    struct interval value;
    double p[4];
    int best, confirmed;
    int claimed;
};

static const struct row stage_2[PRACTICES] = {
    {STATE_OBSERVED,
     CLASS_OBSERVED,
     {.known = true, .n = 5, .value = 4},
     {4, 4, 4},
     {0, .05, .95, 0},
     3,
     3,
     0},
    {STATE_CLAIMED, CLASS_NONE, {0}, {NONE, NONE, NONE}, {.1, .35, .5, .05}, 2, 1, 3},
    {STATE_THIN,
     CLASS_MEASURED,
     {.known = true, .k = 7, .n = 6},
     {.6, 1.17, 2.1},
     {.05, .85, .1, 0},
     2,
     2,
     0},
    {STATE_STALE,
     CLASS_MEASURED,
     {.known = true, .k = 3, .n = 9800},
     {.0001, .00031, .0007},
     {.1, .1, .2, .6},
     4,
     2,
     0},
    {STATE_MEASURED,
     CLASS_MEASURED,
     {.known = true, .k = 148, .n = 540},
     {.243, .2741, .307},
     {0, .61, .39, 0},
     2,
     2,
     0},
    {STATE_NOT_APPLICABLE, CLASS_NONE, {0}, {NONE, NONE, NONE}, {0}, 0, 0, 0},
    {STATE_CONFLICT,
     CLASS_MEASURED,
     {.known = true, .clusters = 365, .su = 9, .sd = 8},
     {.95, 1.04, 1.14},
     {.01, .8, .19, 0},
     2,
     2,
     4},
    {STATE_ATTESTED, CLASS_NONE, {0}, {NONE, NONE, NONE}, {.05, .3, .6, .05}, 3, 2, 3},
    {STATE_UNKNOWN, CLASS_NONE, {0}, {NONE, NONE, NONE}, {.4, .3, .2, .1}, 0, 0, 0},
};

static void fill(const struct row *rows)
{
    for (size_t i = 0; i < PRACTICES; i++) {
        const struct row *row = &rows[i];

        items[i] = (struct evidence){
            .practice = &practices[i],
            .measured = row->measured,
            .findings = {row->finding},
            .applicable = row->state != STATE_NOT_APPLICABLE,
            .answer = {.kind = row->claimed ? ANSWER_LEVEL : ANSWER_NONE,
                       .level = row->claimed,
                       .attested = row->state == STATE_ATTESTED},
            .window_from = row->measured ? DAY(365) : TIME_NONE,
            .window_to = row->measured ? DAY(0) : TIME_NONE,
            .newest_at = row->measured ? DAY(1) : TIME_NONE,
            .sources = row->measured ? "shopify, klaviyo" : "",
        };
        if (row->measured)
            snprintf(items[i].fingerprint, sizeof(items[i].fingerprint), "%016zx", i + 0xABC);
        if (row->state == STATE_NOT_APPLICABLE)
            items[i].answer = (struct answer){
                .kind = ANSWER_NOT_APPLICABLE, .reason = "open for 14 months", .until = DAY(-300)};
        results[i] = (struct practice_result){
            .practice = &practices[i],
            .evidence = &items[i],
            .state = row->state,
            .rests_on = row->measured                  ? row->measured
                        : row->state == STATE_ATTESTED ? CLASS_ATTESTED
                        : row->state == STATE_CLAIMED  ? CLASS_CLAIMED
                                                       : CLASS_NONE,
            .level_best = row->best,
            .level_confirmed = row->confirmed,
            .level_published = row->confirmed,
            .continuous = row->best ? row->best + .25 : NONE,
            .value = {row->value},
            .needed_more = row->state == STATE_MEASURED ? 1100 : 0,
            .claimed_level = row->claimed,
            .optimism_gap = row->state == STATE_CONFLICT ? row->claimed - row->best : 0,
        };
        for (size_t k = 0; k < 4; k++)
            results[i].p[k] = row->p[k];
    }
}

static void finish(enum fake_kind kind)
{
    static const double values[DIMENSIONS] = {2.8, 2.25, 2.25, 3.25};
    bool data = kind != FAKE_CLAIMED;

    for (size_t i = 0; i < DIMENSIONS; i++)
        dimension_results[i] = (struct dimension_result){
            .dimension = &dimensions[i],
            .value = data     ? fmin(4, values[i] + (kind == FAKE_STAGE_4))
                     : i == 0 ? 2
                              : NONE,
            .low = data ? values[i] - (i == 3) * 1.1 : 1,
            .high = data ? fmin(4, values[i] + (i == 3)) : 4,
            .coverage = i == 3 ? .5 : 1,
            .p_behind = {0, .1, .9},
        };
    gaps[0] = (struct gap){6, GAP_ESSENTIAL, 3, .19, false, NONE};
    gaps[1] = (struct gap){8, GAP_ESSENTIAL, 3, .3, true, NONE};
    gaps[2] = (struct gap){4, GAP_QUORUM, 3, .39, false, 4};
    gaps[3] = (struct gap){2, GAP_DIMENSION, 3, .1, false, NONE};
    connections[0] = (struct connection){1, 2, 2, .22};
    set = (struct evidence_set){.model = &model,
                                .as_of = DAY(0),
                                .items = items,
                                .factors = {.vertical_repeat_median = .28},
                                .input_hash = "facade"};
}

const struct assessment *fake_assessment(enum fake_kind kind)
{
    struct row rows[PRACTICES];

    for (size_t i = 0; i < PRACTICES; i++) {
        rows[i] = stage_2[i];
        if (kind == FAKE_CLAIMED)
            rows[i] = (struct row){.state = i == 1 ? STATE_CLAIMED : STATE_UNKNOWN,
                                   .value = {NONE, NONE, NONE},
                                   .p = {.25, .25, .25, .25},
                                   .best = i == 1 ? 2 : 0,
                                   .claimed = i == 1 ? 3 : 0};
    }
    fill(rows);
    for (size_t i = 0; i < PRACTICES; i++)
        for (size_t k = 0; k < 3; k++)
            practices[i].effort_hours[k] = 4 + 3 * (double)i + 6 * (double)k;
    finish(kind);
    assessment = (struct assessment){
        .evidence = &set,
        .stage_p = {.015, .865, .12, .0},
        .stage_best = 2,
        .stage_confirmed = 2,
        .checks = {{.99, .98, .99, .81, .62, .5, true},
                   {.15, .4, .9, .58, .62, .6, true},
                   {0, 0, .1, .1, .62, .7, false}},
        .practices = results,
        .dimensions = dimension_results,
        .gaps = gaps,
        .gap_count = TM_COUNT(gaps),
        .target = 3,
        .connections = connections,
        .connection_count = 1,
        .index = 51.4,
        .index_low = 38,
        .index_high = 66,
        .coverage = .83,
        .na_weight = .09,
        .stage_without_na = 1,
        .result_hash = "beef",
    };
    if (kind == FAKE_CLAIMED) {
        assessment.stage_confirmed = 1;
        assessment.stage_claimed = true;
        assessment.stage_without_na = 2;
        assessment.checks[0].evidence = .05;
        assessment.checks[0].floor_met = false;
        assessment.coverage = .1;
        assessment.index = NONE;
        assessment.index_low = 2;
        assessment.index_high = 95;
    } else if (kind == FAKE_STAGE_4) {
        assessment.stage_best = assessment.stage_confirmed = assessment.target = 4;
        assessment.stage_without_na = 4;
        assessment.gap_count = assessment.connection_count = 0;
        memcpy(assessment.stage_p, (double[4]){0, 0, .04, .96}, sizeof(assessment.stage_p));
    }
    profile_targets(&model, &assessment);
    return &assessment;
}

struct report_options fake_options(enum fake_kind kind, enum language language)
{
    static const struct report_facts facts = {
        .shop = "Pebble <& Pine>",
        .currency = "EUR",
        .decimals = 2,
        .first_order_at = DAY(420),
        .last_order_at = DAY(1),
        .orders = 1240,
        .customers = 905,
        .revenue = 4821050,
        .refunds = AMOUNT_NONE,
        .repeat_share = .241,
    };
    static const struct report_input inputs[] = {
        {"orders_export.csv", "Shopify orders", 1262, 1240, 21, 1, DAY(1), ""},
        {"broken <1>.csv", "Klaviyo events", 10, 0, 0, 10, TIME_NONE,
         "line 3: 31/02/2026 is not a date"},
    };

    struct report_options options = {
        .language = language,
        .width = 80,
        .from_data = kind != FAKE_CLAIMED,
        .facts = kind == FAKE_CLAIMED ? NULL : &facts,
        .inputs = inputs,
        .input_count = kind == FAKE_CLAIMED ? 0 : TM_COUNT(inputs),
    };

    if (kind == FAKE_STAGE_2)
        fake_add_worth(&options);
    return options;
}
