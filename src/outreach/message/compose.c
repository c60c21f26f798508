/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/message/message.h"

#include "outreach/message/frame.h"
#include "outreach/text/text.h"

void composed_init(struct composed *c)
{
    *c = (struct composed){.language = ""};
    for (int part = 0; part < MESSAGE_PARTS; part++)
        c->parts[part] = BUF_INIT(MESSAGE_HTML_MAX);
}

void composed_release(struct composed *c)
{
    for (int part = 0; part < MESSAGE_PARTS; part++)
        buf_release(&c->parts[part]);
}

/* ---- languages ---------------------------------------------------------------------------- */

/* "ar" of "ar-EG" and "AR_eg". */
static struct str primary(const char *code)
{
    return (struct str){code, strcspn(code, "-_")};
}

size_t message_language(const struct message *message, const char *wanted, const char *shops)
{
    const char *codes[] = {wanted, shops};

    for (size_t i = 0; i < TM_COUNT(codes); i++)
        for (size_t l = 0; codes[i] && *codes[i] && l < message->language_count; l++)
            if (str_ieqz(primary(codes[i]), message->languages[l].code))
                return l;
    return 0;
}

static bool reads_from_right(const char *code)
{
    static const char *const codes[] = {"ar", "fa", "he", "ur", "ps", "ckb", "dv", "yi"};

    for (size_t i = 0; i < TM_COUNT(codes); i++)
        if (strcmp(code, codes[i]) == 0)
            return true;
    return false;
}

/* ---- data --------------------------------------------------------------------------------- */

static const char *const own_names[] = {"language", "direction", "unsubscribe_url", "preheader"};
enum { OWN_PREHEADER = TM_COUNT(own_names) - 1 };

bool message_gives(const char *name)
{
    for (size_t i = 0; i < TM_COUNT(own_names); i++)
        if (strcmp(own_names[i], name) == 0)
            return true;
    return false;
}

/* The caller's data, and before them what the message itself knows. */
struct own_data {
    struct value_drop drop;
    struct value given;
    struct value own[TM_COUNT(own_names)];
};

static enum err_code get(const struct value_drop *drop, struct str key, struct arena *arena,
                         struct value *out_value, bool *out_known, struct err *err)
{
    const struct own_data *d = (const struct own_data *)(const void *)drop;

    for (size_t i = 0; i < TM_COUNT(own_names); i++) {
        if (str_eqz(key, own_names[i])) {
            *out_value = d->own[i];
            *out_known = true;
            return ERR_OK;
        }
    }
    return value_member(d->given, key, str_hash(key), arena, out_value, out_known, err);
}

static struct value own_text(const char *text)
{
    struct value v = value_strz(text);

    v.flags = VALUE_OWN;
    return v;
}

/* ---- parts -------------------------------------------------------------------------------- */

static enum err_code render(const struct message *m, enum message_part part,
                            const struct liquid_settings *settings, struct arena *scratch,
                            struct composed *out, struct err *err)
{
    static const char *const what[MESSAGE_PARTS] = {N_("the subject"), N_("the preheader"),
                                                    N_("the HTML"), N_("the text"),
                                                    N_("the short text")};

    if (!m->parts[part])
        return ERR_OK;
    if (liquid_render(m->parts[part], settings, scratch, &out->parts[part], NULL, err) != ERR_OK) {
        err_context(err, "rendering %s of \"%s\"", i18n_text(what[part]), m->name);
        return err->code;
    }
    return ERR_OK;
}

/* As it stands in plain text: white space is one blank. */
static void squish(struct str s, struct buf *out)
{
    bool blank = false;

    for (size_t i = 0; i < s.n; i++) {
        if (isspace((unsigned char)s.p[i])) {
            blank = out->n > 0;
            continue;
        }
        if (blank)
            buf_addc(out, ' ');
        blank = false;
        buf_addc(out, s.p[i]);
    }
}

static bool says(const struct composed *c, enum message_part part, struct str what)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_HTML_MAX);
    TM_CLEANUP(buf_release) struct buf wanted = BUF_INIT(MESSAGE_HTML_MAX);
    struct str said = buf_str(&c->parts[part]);

    if (str_trim(what).n && said.n && memmem(said.p, said.n, what.p, what.n))
        return true; /* as it is written, mostly */
    squish(said, &text);
    squish(what, &wanted);
    return wanted.n && text.n && !text.failed && memmem(text.p, text.n, wanted.p, wanted.n);
}

static struct str member(struct value of, const char *name, struct arena *scratch)
{
    struct value v = VALUE_NOTHING;
    struct err none = ERR_INIT;
    bool known = false;
    struct str key = str_of(name);

    return value_member(of, key, str_hash(key), scratch, &v, &known, &none) == ERR_OK && known
               ? value_text(v)
               : STR_NONE;
}

static enum err_code check_short(const struct message *m, const struct message_for *to,
                                 const struct composed *out, enum message_part part,
                                 struct err *err)
{
    if (says(out, part, STR_LIT("STOP")) || says(out, part, str_of(to->unsubscribe_url)))
        return ERR_OK;
    err_set(err, ERR_INVALID, "\"%s\" does not say how to hear no more", m->name);
    err_hint(err, "end its text with \"Reply STOP to end\", or print {{ unsubscribe_url }}");
    return ERR_INVALID;
}

/* What the law asks of marketing: a way out that works and, by mail, who writes. What has a subject
 * or HTML is mail. */
static enum err_code check_marketing(const struct message *m, const struct message_for *to,
                                     struct arena *scratch, const struct composed *out,
                                     struct err *err)
{
    struct value shop = VALUE_NOTHING;
    struct str key = STR_LIT("shop");
    bool known;

    if (!to->marketing)
        return ERR_OK;
    if (to->medium == MESSAGE_SHORT || (to->medium == MESSAGE_EVERY && m->parts[MESSAGE_BRIEF]))
        TRY(check_short(m, to, out, MESSAGE_BRIEF, err));
    if (to->medium == MESSAGE_SHORT)
        return ERR_OK;
    if (!m->parts[MESSAGE_HTML] && !m->parts[MESSAGE_SUBJECT])
        return check_short(m, to, out, MESSAGE_TEXT, err);
    if (!*to->unsubscribe_url || !says(out, MESSAGE_TEXT, str_of(to->unsubscribe_url))) {
        err_set(err, ERR_INVALID, "\"%s\" does not show the link to unsubscribe", m->name);
        err_hint(err, "end its HTML with {%% render 'end' %%}, or print {{ unsubscribe_url }}");
        return ERR_INVALID;
    }
    TRY(value_member(to->data, key, str_hash(key), scratch, &shop, &known, err));
    if (!says(out, MESSAGE_TEXT, member(shop, "address", scratch))) {
        err_set(err, ERR_INVALID, "\"%s\" does not show the shop's postal address", m->name);
        err_hint(err, "end its HTML with {%% render 'end' %%}, or print {{ shop.address }}");
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err_code render_mail(const struct message *m, struct own_data *data,
                                 const struct liquid_settings *settings, struct arena *scratch,
                                 struct composed *out, struct err *err)
{
    TRY(render(m, MESSAGE_SUBJECT, settings, scratch, out, err));
    TRY(render(m, MESSAGE_PREHEADER, settings, scratch, out, err));
    data->own[OWN_PREHEADER] = value_str(buf_str(&out->parts[MESSAGE_PREHEADER]));
    TRY(render(m, MESSAGE_HTML, settings, scratch, out, err));
    TRY(render(m, MESSAGE_TEXT, settings, scratch, out, err));
    return m->parts[MESSAGE_TEXT]
               ? ERR_OK
               : text_from_html(buf_str(&out->parts[MESSAGE_HTML]), &out->parts[MESSAGE_TEXT], err);
}

static enum err_code render_brief(const struct message *m, const struct liquid_settings *settings,
                                  struct arena *scratch, struct composed *out, struct err *err)
{
    if (m->parts[MESSAGE_BRIEF])
        return render(m, MESSAGE_BRIEF, settings, scratch, out, err);
    buf_adds(&out->parts[MESSAGE_BRIEF], buf_str(&out->parts[MESSAGE_TEXT]));
    return buf_check(&out->parts[MESSAGE_BRIEF], err);
}

static enum err_code compose(const struct message *m, const struct message_for *to,
                             struct arena *scratch, struct composed *out, struct err *err)
{
    const struct message_language *l =
        &m->languages[message_language(m, to->language, to->shops_language)];
    const char *code = *l->code ? l->code : to->shops_language;
    enum language language = language_of(code);
    struct own_data data = {.drop = {get},
                            .given = to->data,
                            .own = {own_text(code),
                                    own_text(reads_from_right(code) ? "rtl" : "ltr"),
                                    value_strz(to->unsubscribe_url), own_text("")}};
    struct liquid_settings settings = {.data = value_drop(&data.drop),
                                       .now_us = to->now_us,
                                       .zone = to->zone,
                                       .language = language == LANG_COUNT ? LANG_EN : language,
                                       .currency = to->currency,
                                       .texts = l->texts,
                                       .texts_else = frame_texts(code),
                                       .limits = liquid_limits_usual};

    out->language = code;
    settings.locale = to->locales ? to->locales[settings.language] : NULL;
    if (to->medium != MESSAGE_SHORT || !m->parts[MESSAGE_BRIEF])
        TRY(render_mail(m, &data, &settings, scratch, out, err));
    if (to->medium != MESSAGE_MAIL)
        TRY(render_brief(m, &settings, scratch, out, err));
    return check_marketing(m, to, scratch, out, err);
}

enum err_code message_compose(const struct message *message, const struct message_for *to,
                              struct arena *scratch, struct composed *out, struct err *err)
{
    enum err_code rc;

    for (int part = 0; part < MESSAGE_PARTS; part++)
        buf_reset(&out->parts[part]);
    rc = compose(message, to, scratch, out, err);
    for (int part = 0; part < MESSAGE_PARTS && rc != ERR_OK; part++)
        buf_reset(&out->parts[part]);
    return rc;
}
