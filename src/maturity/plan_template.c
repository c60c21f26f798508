/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The texts stand here and not in po/: they are part of a file that is written in one language
 * and may be read by a program that speaks another. */
#include "maturity/plan.h"

/* A comment of the file, and the lines that it explains. */
struct part {
    struct text3 comment;
    const char *lines; /* NULL: the roles */
};

static const struct part parts[] = {
    {{{"Your plan for Tidemark's road map. What you leave empty is chosen for you.",
       "خطتك لخارطة الطريق في Tidemark. ما تتركه فارغًا يُختار لك.",
       "แผนของคุณสำหรับแผนงานของ Tidemark ช่องที่เว้นว่าง โปรแกรมจะเลือกให้"}},
     ""},
    {{{"First day, such as 2026-10-01; how many quarters of three months (1 to 12).",
       "أول يوم، مثل 2026-10-01؛ وعدد الفصول، كل فصل ثلاثة أشهر (من 1 إلى 12).",
       "วันแรก เช่น 2026-10-01 และจำนวนไตรมาส ไตรมาสละสามเดือน (1 ถึง 12)"}},
     "start:\nquarters: 4\n"},
    {{{"The stage to reach (2 to 4); empty: the next one.",
       "المرحلة المطلوب بلوغها (من 2 إلى 4)؛ فارغ: المرحلة التالية.",
       "ขั้นที่อยากไปให้ถึง (2 ถึง 4) เว้นว่างคือขั้นถัดไป"}},
     "target:\n"},
    {{{"Weekend: saturday-sunday or friday-saturday.",
       "عطلة الأسبوع: saturday-sunday (السبت والأحد) أو friday-saturday (الجمعة والسبت).",
       "วันหยุดสุดสัปดาห์: saturday-sunday (เสาร์-อาทิตย์) หรือ friday-saturday (ศุกร์-เสาร์)"}},
     "weekend: saturday-sunday\n"},
    {{{"Hours a quarter that each has for marketing, and who it is. A list gives every quarter its "
       "own: [60, 60, 20, 60].",
       "ساعات كل فصل المتاحة للتسويق لكل دور، ومن يقوم به. والقائمة تعطي كل فصل ساعاته: "
       "[60, 60, 20, 60].",
       "ชั่วโมงต่อไตรมาสที่แต่ละคนมีให้งานการตลาด และใครเป็นผู้ทำ ใส่เป็นรายการได้ถ้าแต่ละไตรมาสไม่เท่ากัน: "
       "[60, 60, 20, 60]"}},
     NULL},
    {{{"Money for tools a quarter, in your currency; empty: no limit. \"dollar\" is what one US "
       "dollar costs in it, because prices of tools are estimated in dollars.",
       "المال المتاح للأدوات كل فصل بعملتك؛ فارغ: بلا حد. و\"dollar\" هو سعر الدولار الأمريكي "
       "الواحد بعملتك، لأن أسعار الأدوات مقدّرة بالدولار.",
       "เงินค่าเครื่องมือต่อไตรมาสในสกุลเงินของคุณ เว้นว่างคือไม่จำกัด \"dollar\" คือราคาหนึ่งดอลลาร์สหรัฐ "
       "ในสกุลเงินนั้น เพราะราคาเครื่องมือประเมินเป็นดอลลาร์"}},
     "currency:\ndollar:\nbudget:\n"},
    {{{"Wishes. pin: a practice's next step in a quarter, or first. For example  EML-1: 2",
       "الرغبات. pin: الخطوة التالية لممارسة في فصل معيّن، أو first (أولًا). مثلًا  EML-1: 2",
       "สิ่งที่ต้องการ pin: ขั้นต่อไปของแนวปฏิบัติหนึ่งในไตรมาสที่กำหนด หรือ first (ก่อนสุด) เช่น  EML-1: 2"}},
     "pin:\n"},
    {{{"forbid: practices that shall not be planned. For example  [ACQ-4, ORG-3]",
       "forbid: ممارسات لا تُخطَّط. مثلًا  [ACQ-4, ORG-3]",
       "forbid: แนวปฏิบัติที่ไม่ให้อยู่ในแผน เช่น  [ACQ-4, ORG-3]"}},
     "forbid: []\n"},
    {{{"begun: steps that are under way, with the hours that are left. For example  AUT-2: 6",
       "begun: خطوات بدأت، مع الساعات المتبقية. مثلًا  AUT-2: 6",
       "begun: ขั้นที่เริ่มทำแล้ว พร้อมชั่วโมงที่เหลือ เช่น  AUT-2: 6"}},
     "begun:\n"},
    {{{"done: practices raised by a level since the assessment. For example  [DAT-2]",
       "done: ممارسات ارتفعت مستوى منذ التقييم. مثلًا  [DAT-2]",
       "done: แนวปฏิบัติที่ขึ้นหนึ่งระดับแล้วหลังการประเมิน เช่น  [DAT-2]"}},
     "done: []\n"},
    {{{"owner: who does a practice's steps, where it is not the role's. For example  EML-1: Sam",
       "owner: من يقوم بخطوات ممارسة، إن لم يكن صاحب الدور. مثلًا  EML-1: Sam",
       "owner: ผู้ทำขั้นของแนวปฏิบัติ ถ้าไม่ใช่คนประจำบทบาท เช่น  EML-1: Sam"}},
     "owner:\n"},
    {{{"not_before: the day on which a practice's next step begins at the earliest. For example  "
       "EML-1: 2026-11-02",
       "not_before: أبكر يوم تبدأ فيه الخطوة التالية لممارسة. مثلًا  EML-1: 2026-11-02",
       "not_before: วันแรกสุดที่ขั้นต่อไปของแนวปฏิบัติจะเริ่มได้ เช่น  EML-1: 2026-11-02"}},
     "not_before:\n"},
};

static void add_roles(const struct model *model, enum language language, struct buf *out)
{
    buf_addz(out, "roles:\n");
    for (size_t i = 0; i < model->role_count; i++) {
        const struct role *role = &model->roles[i];

        buf_addf(out, "  # %s\n  %s:\n    hours: %.10g\n    name:\n", role->title.in[language],
                 role->id, role->hours);
    }
}

void plan_write_template(const struct model *model, enum language language, struct buf *out)
{
    for (size_t i = 0; i < TM_COUNT(parts); i++) {
        buf_addf(out, "%s# %s\n", i ? "\n" : "", parts[i].comment.in[language]);
        if (parts[i].lines)
            buf_addz(out, parts[i].lines);
        else
            add_roles(model, language, out);
    }
}
