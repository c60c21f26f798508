/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The texts stand here and not in po/: they are part of a file that is written in one language
 * and may be read by a program that speaks another. */
#include "maturity/answers.h"

enum { COMMENT_WIDTH = 92 };

static const struct text3 intro[] = {
    {{"Your answers for Tidemark.", "إجاباتك لبرنامج Tidemark.", "คำตอบของคุณสำหรับ Tidemark"}},
    {{"Write after the colon of \"answer:\" the number of the line that fits best. Everything "
      "before a colon stays as it is. Lines that begin with # are explanations. Answer what you "
      "can; what you leave empty counts as not known, never as bad.",
      "اكتب بعد النقطتين في سطر \"answer:\" رقم السطر الأقرب إلى واقعك. كل ما قبل النقطتين يبقى "
      "كما "
      "هو. الأسطر التي تبدأ بالعلامة # للشرح فقط. أجب عمّا تستطيع؛ وما تتركه فارغًا يُعدّ غير معروف، "
      "ولا يُحسب ضدك أبدًا.",
      "พิมพ์หมายเลขของบรรทัดที่ตรงกับร้านคุณที่สุดหลังเครื่องหมาย : ของ \"answer:\" "
      "ข้อความก่อนเครื่องหมาย : ให้คงไว้ตามเดิม บรรทัดที่ขึ้นต้นด้วย # เป็นคำอธิบาย "
      "ตอบเท่าที่ตอบได้ ข้อที่เว้นว่างไว้ถือว่าไม่ทราบ ไม่ถือว่าแย่"}},
    {{"Instead of a number you may write: don't know - later - does not apply. The last one needs "
      "two more lines, \"reason:\" (why) and \"until:\" (the day to be asked again, such as "
      "2027-06-30).",
      "بدلًا من الرقم يمكنك أن تكتب: لا أعرف - لاحقًا - لا ينطبق. والأخيرة تحتاج إلى سطرين آخرين: "
      "\"reason:\" (السبب) و\"until:\" (اليوم الذي نسألك فيه من جديد، مثل 2027-06-30).",
      "แทนตัวเลข คุณเขียนได้ว่า ไม่ทราบ - ภายหลัง - ไม่เกี่ยวข้อง คำสุดท้ายต้องเพิ่มอีกสองบรรทัด คือ "
      "\"reason:\" (เหตุผล) และ \"until:\" (วันที่ให้ถามใหม่ เช่น 2027-06-30)"}},
    {{"An answer counts more with proof: add the lines \"evidence:\" (a file, or what it is) and "
      "\"date:\" (the day it is from).",
      "تزيد قيمة الإجابة إذا أرفقت دليلًا: أضف سطر \"evidence:\" (ملف أو وصف للدليل) وسطر \"date:\" "
      "(تاريخ الدليل).",
      "คำตอบที่มีหลักฐานจะมีน้ำหนักมากขึ้น ให้เพิ่มบรรทัด \"evidence:\" (ไฟล์ หรือคำบอกว่าหลักฐานคืออะไร) "
      "และ \"date:\" (วันที่ของหลักฐาน)"}},
};

static const struct text3 text_answered = {{"The day on which you answer, such as 2026-11-20.",
                                            "اليوم الذي تجيب فيه، مثل 2026-11-20.",
                                            "วันที่คุณตอบ เช่น 2026-11-20"}};
static const struct text3 text_facts = {
    {"Facts of your shop", "حقائق عن متجرك", "ข้อมูลเกี่ยวกับร้านของคุณ"}};
static const struct text3 text_shop = {{"The shop's name, as the report shall show it.",
                                        "اسم المتجر كما سيظهر في التقرير.",
                                        "ชื่อร้านที่จะแสดงในรายงาน"}};
static const struct text3 text_margin = {
    {"Margin: of 100 in sales, how much is left after goods, shipping, packing and payment fees, "
     "before marketing? For example 40 %.",
     "هامش الربح: من كل 100 من المبيعات، كم يبقى بعد ثمن البضاعة والشحن والتغليف ورسوم الدفع، وقبل "
     "مصاريف التسويق؟ مثلًا 40 %.",
     "กำไรส่วนเกิน: จากยอดขายทุก 100 เหลือเท่าไรหลังหักค่าสินค้า ค่าส่ง ค่าบรรจุ และค่าธรรมเนียมชำระเงิน "
     "ก่อนหักค่าการตลาด เช่น 40 %"}};
static const struct text3 text_currency = {{"Currency of your books, such as EUR, AED or THB.",
                                            "عملة حساباتك، مثل EUR أو AED أو THB.",
                                            "สกุลเงินที่ใช้ทำบัญชี เช่น THB, EUR หรือ AED"}};
static const struct text3 text_time_zone = {
    {"Time zone, such as Europe/Berlin, Asia/Dubai or Asia/Bangkok.",
     "المنطقة الزمنية، مثل Asia/Dubai أو Europe/Berlin أو Asia/Bangkok.",
     "เขตเวลา เช่น Asia/Bangkok, Europe/Berlin หรือ Asia/Dubai"}};
static const struct text3 text_country = {{"Country, two letters, such as DE, AE or TH.",
                                           "البلد برمز من حرفين، مثل AE أو DE أو TH.",
                                           "ประเทศ ใช้รหัสสองตัวอักษร เช่น TH, DE หรือ AE"}};
static const struct text3 text_vertical = {{"Kind of shop; leave it empty if none fits. One of:",
                                            "نوع المتجر؛ اتركه فارغًا إن لم يناسبك شيء مما يلي:",
                                            "ประเภทร้าน ถ้าไม่มีข้อใดตรงให้เว้นว่างไว้ เลือกจาก:"}};
static const struct text3 text_opened = {{"First day of business, such as 2023-05; or: not yet.",
                                          "أول يوم عمل للمتجر، مثل 2023-05؛ أو اكتب: ليس بعد.",
                                          "วันแรกที่เปิดร้าน เช่น 2023-05 หรือเขียนว่า ยังไม่เปิด"}};

/* Columns that a text takes: marks above and below letters take none. */
static size_t columns(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++) {
        const unsigned char *p = (const unsigned char *)s.p + i;
        bool thai_mark = p[0] == 0xE0 && s.n - i >= 3 &&
                         ((p[1] == 0xB8 && (p[2] == 0xB1 || (p[2] >= 0xB4 && p[2] <= 0xBA))) ||
                          (p[1] == 0xB9 && p[2] >= 0x87 && p[2] <= 0x8E));

        n += (p[0] & 0xC0) != 0x80 && !thai_mark;
    }
    return n;
}

/* The text as comment lines, broken at blanks: `first` opens the first line, `next` the others. */
static void add_comment(struct buf *out, const char *first, const char *next, const char *text)
{
    struct str rest = str_of(text);
    size_t used = columns(str_of(first));

    buf_addz(out, first);
    for (bool begun = false; rest.n; begun = true) {
        size_t end = 0;
        struct str word;

        while (end < rest.n && rest.p[end] != ' ' && rest.p[end] != '\n')
            end++;
        word = (struct str){rest.p, end};
        if (begun && used + 1 + columns(word) > COMMENT_WIDTH) {
            buf_addf(out, "\n%s", next);
            used = columns(str_of(next));
        } else if (begun) {
            buf_addc(out, ' ');
            used++;
        }
        buf_adds(out, word);
        used += columns(word);
        rest.p += end < rest.n ? end + 1 : end;
        rest.n -= end < rest.n ? end + 1 : end;
    }
    buf_addc(out, '\n');
}

static void add_date(struct buf *out, const char *key, int64_t at)
{
    if (at == TIME_NONE) {
        buf_addf(out, "%s:\n", key);
        return;
    }
    buf_addf(out, "%s: ", key);
    timestamp_add_date(out, at);
    buf_addc(out, '\n');
}

/* JSON's quoting is YAML's double-quoted style. */
static void add_text(struct buf *out, const char *key, const char *text)
{
    buf_addf(out, "%s:", key);
    if (text[0]) {
        buf_addc(out, ' ');
        buf_add_json(out, str_of(text));
    }
    buf_addc(out, '\n');
}

static void add_verticals(const struct model *model, enum language language, struct buf *out)
{
    for (size_t i = 0; i < model->vertical_count; i++) {
        const struct vertical *v = &model->verticals[i];

        buf_addf(out, "  #   %s", v->id);
        add_comment(out, ": ", "  #     ", v->title.in[language]);
    }
}

static void add_facts(const struct model *model, enum language language,
                      const struct shop_facts *facts, struct buf *out)
{
#define SAY(text) add_comment(out, "  # ", "  # ", (text).in[language])
    add_comment(out, "\n# ", "# ", text_facts.in[language]);
    buf_addz(out, "facts:\n");
    SAY(text_shop);
    add_text(out, "  shop", facts->shop);
    SAY(text_margin);
    if (isnan(facts->margin))
        buf_addz(out, "  margin:\n");
    else
        buf_addf(out, "  margin: %.15g %%\n", facts->margin * 100);
    SAY(text_currency);
    add_text(out, "  currency", facts->currency);
    SAY(text_time_zone);
    add_text(out, "  time_zone", facts->time_zone);
    SAY(text_country);
    add_text(out, "  country", facts->country);
    SAY(text_vertical);
    add_verticals(model, language, out);
    add_text(out, "  vertical", facts->vertical);
    SAY(text_opened);
    if (facts->not_open)
        add_text(out, "  opened", answer_not_open.in[language]);
    else
        add_date(out, "  opened", facts->opened_at);
#undef SAY
}

static void add_answer(const struct answer *a, enum language language, int64_t answered_at,
                       struct buf *out)
{
    if (a->kind == ANSWER_LEVEL)
        buf_addf(out, "    answer: %d\n", a->level);
    else
        add_text(out, "    answer",
                 a->kind == ANSWER_NONE ? "" : answer_words[a->kind].in[language]);
    if (a->evidence[0])
        add_text(out, "    evidence", a->evidence);
    if (a->kind != ANSWER_NONE && a->answered_at != TIME_NONE &&
        (a->evidence[0] || a->answered_at != answered_at))
        add_date(out, "    date", a->answered_at);
    if (a->reason[0])
        add_text(out, "    reason", a->reason);
    if (a->until != TIME_NONE)
        add_date(out, "    until", a->until);
}

static void add_question(const struct practice *p, enum language language, struct buf *out)
{
    buf_addc(out, '\n');
    add_comment(out, "  # ", "  # ", p->title.in[language]);
    add_comment(out, "  # ", "  # ", p->question.in[language]);
    for (size_t k = 0; k < p->choice_count; k++) {
        char lead[24];

        snprintf(lead, sizeof(lead), "  #   %d: ", p->choices[k].level);
        add_comment(out, lead, "  #      ", p->choices[k].text.in[language]);
    }
    buf_addf(out, "  %s:\n", p->id);
}

void answers_write_template(const struct model *model, enum language language,
                            const struct answers *current, struct buf *out)
{
    struct answers *none = current ? NULL : answers_new(model);
    const struct answers *from = current ? current : none;

    for (size_t i = 0; i < TM_COUNT(intro); i++)
        add_comment(out, i ? "#\n# " : "# ", "# ", intro[i].in[language]);
    add_comment(out, "\n# ", "# ", text_answered.in[language]);
    add_date(out, "answered", from->answered_at);
    add_facts(model, language, &from->facts, out);
    buf_addz(out, "\nanswers:\n");
    for (size_t i = 0, last = SIZE_MAX; i < model->practice_count; i++) {
        const struct practice *p = &model->practices[i];

        if (p->choice_count == 0)
            continue;
        if (p->dimension != last)
            add_comment(out, "\n  # ==== ", "  # ",
                        model->dimensions[p->dimension].title.in[language]);
        last = p->dimension;
        add_question(p, language, out);
        add_answer(&from->items[i], language, from->answered_at, out);
    }
    answers_free(none);
}
