/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark peers: where the shop stands among others, and what it tells them. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/json_write.h"
#include "base/locale.h"
#include "cmd/past.h"
#include "maturity/level.h"
#include "maturity/peers.h"
#include "report/layout.h"
#include "store/peers.h"
#include "store/settings.h"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

enum { OUTPUT_MAX = 16 << 20, SHOPS_BYTES_MAX = 256 << 20 };

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR", N_("The workspace.")},
    {"out", 'o', "FILE", N_("export: write to this file instead of standard output.")},
    {"model", 0, "FILE", N_("Another maturity model (YAML).")},
    {"json", 0, NULL, N_("Print the result as JSON.")},
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

struct peers_run {
    struct past past;
    struct settings settings;
    struct judged_again now; /* the newest assessment */
    const struct options *options;
};

static enum err_code need_assessment(struct peers_run *run, struct err *err)
{
    if (run->past.count == 0) {
        err_set(err, ERR_NOT_FOUND, "the workspace keeps no assessment yet");
        err_hint(err, "\"tidemark assess --workspace DIR\" keeps one.");
        return ERR_NOT_FOUND;
    }
    return past_judge(&run->past, run->past.count - 1, run->past.model, &run->now, err);
}

/* A key of the workspace's own, readable by its owner alone; made when first needed. */
static enum err_code make_key(const char *path, unsigned char seed[PEERS_SEED_BYTES],
                              struct err *err)
{
    char hex[2 * PEERS_SEED_BYTES + 1];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written;

    if (fd < 0)
        return err_errno(err, "making the key \"%s\"", path);
    randombytes_buf(seed, PEERS_SEED_BYTES);
    sodium_bin2hex(hex, sizeof(hex), seed, PEERS_SEED_BYTES);
    written = write(fd, hex, strlen(hex)) == (ssize_t)strlen(hex) && fsync(fd) == 0;
    if (close(fd) != 0 || !written) {
        enum err_code rc = err_errno(err, "writing the key \"%s\"", path);

        unlink(path);
        return rc;
    }
    sodium_memzero(hex, sizeof(hex));
    return ERR_OK;
}

static enum err_code load_key(const struct store *store, unsigned char seed[PEERS_SEED_BYTES],
                              struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
    char path[2048];
    size_t n = 0;

    TRY(store_path(store, "peers.key", path, sizeof(path), err));
    if (access(path, F_OK) != 0)
        return make_key(path, seed, err);
    TRY(file_read(path, 1024, &text, err));
    if (sodium_hex2bin(seed, PEERS_SEED_BYTES, buf_cstr(&text), str_trim(buf_str(&text)).n, NULL,
                       &n, NULL) != 0 ||
        n != PEERS_SEED_BYTES) {
        err_set(err, ERR_INVALID, "\"%s\" is no key of this program", path);
        err_hint(err, "Move it away; a new one is made. Others will see another shop then.");
        return ERR_INVALID;
    }
    return ERR_OK;
}

static enum err_code run_export(struct peers_run *run, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    unsigned char seed[PEERS_SEED_BYTES];
    const char *path = value(run->options, "out");
    enum err_code rc;

    TRY(need_assessment(run, err));
    TRY(load_key(run->past.store, seed, err));
    rc =
        peers_export(run->now.assessment, run->settings.vertical, seed, timestamp_now(), &out, err);
    sodium_memzero(seed, sizeof(seed));
    TRY(rc);
    if (!path)
        return cmd_print(&out, err);
    TRY(file_replace(path, buf_str(&out), err));
    printf(_("\"%s\" holds values of measures, rounded, without name, identifier or amount.\n"
             "Nothing was sent: give it to others yourself.\n"),
           path);
    return ERR_OK;
}

struct importing {
    struct peers_run *run;
    char own[65];
    int64_t kept, older, own_count;
};

static enum err_code import_one(void *ctx, const struct peer *peer, struct str payload,
                                struct err *err)
{
    struct importing *im = ctx;
    struct kept_peer kept = {.made_us = peer->made_us, .text = payload};
    bool is_kept = false;

    if (strcmp(peer->shop, im->own) == 0) {
        im->own_count++;
        return ERR_OK;
    }
    snprintf(kept.shop, sizeof(kept.shop), "%s", peer->shop);
    TRY(store_peer_put(im->run->past.store, &kept, &is_kept, err));
    im->kept += is_kept;
    im->older += !is_kept;
    return ERR_OK;
}

static enum err_code print_import(const struct importing *im, bool json, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
    struct json_writer w = JSON_WRITER(&out);

    if (!json) {
        buf_addf(&out, _("Shops taken over: %s. Not newer than what is known: %s. Your own: %s.\n"),
                 cmd_number(im->kept).text, cmd_number(im->older).text,
                 cmd_number(im->own_count).text);
        return cmd_print(&out, err);
    }
    json_begin_object(&w);
    json_key_int(&w, "kept", im->kept);
    json_key_int(&w, "not_newer", im->older);
    json_key_int(&w, "own", im->own_count);
    json_end_object(&w);
    buf_addc(&out, '\n');
    return cmd_print(&out, err);
}

static enum err_code run_import(struct peers_run *run, struct err *err)
{
    struct importing im = {.run = run};
    unsigned char seed[PEERS_SEED_BYTES];
    enum err_code rc = ERR_OK;

    if (run->options->operand_count < 2)
        return err_set(err, ERR_USAGE, "name the files to import");
    TRY(load_key(run->past.store, seed, err));
    peers_shop(seed, im.own);
    sodium_memzero(seed, sizeof(seed));
    for (size_t i = 1; i < run->options->operand_count && rc == ERR_OK; i++) {
        TM_CLEANUP(buf_release) struct buf text = BUF_INIT(0);
        struct arena arena = ARENA_INIT(SHOPS_BYTES_MAX);
        const char *path = run->options->operands[i];

        rc = file_read(path, PEERS_FILE_MAX, &text, err);
        if (rc == ERR_OK)
            rc = peers_read(buf_str(&text), path, &arena, import_one, &im, err);
        arena_release(&arena);
    }
    if (rc == ERR_OK)
        rc = print_import(&im, value(run->options, "json") != NULL, err);
    return rc;
}

struct others {
    struct arena arena;
    struct peer *items;
    size_t n, cap;
};

static enum err_code add_other(void *ctx, const struct kept_peer *kept, struct err *err)
{
    struct others *all = ctx;

    if (all->n == all->cap) {
        all->cap = all->cap ? all->cap * 2 : 64;
        all->items = xrealloc(all->items, all->cap * sizeof(*all->items));
    }
    return peer_payload_read(kept->text, kept->shop, kept->shop, &all->arena, &all->items[all->n++],
                             err);
}

struct view {
    const struct model *model;
    const struct evidence_set *set;
    const struct peers *peers;
    struct locale *locale;
    struct sheet sheet;
};

static const char *title_of(const struct practice *p)
{
    return p->title.in[i18n_current()];
}

static void add_value(struct view *v, struct buf *out, const struct indicator *in, double x)
{
    if (strcmp(in->unit, "percent") == 0)
        locale_add_percent(v->locale, out, x, 1);
    else
        locale_add_number(v->locale, out, x, 2);
}

static void add_standing(struct view *v, struct buf *out, const struct peer_standing *s)
{
    const struct indicator *in = &v->model->practices[s->practice].indicators[s->indicator];
    struct buf low = BUF_INIT(40), high = BUF_INIT(40), middle = BUF_INIT(40);

    locale_add_percent(v->locale, &low, s->worse.low, 0);
    locale_add_percent(v->locale, &high, s->worse.high, 0);
    add_value(v, &middle, in, s->median);
    buf_addf(out,
             s->group == PEERS_LIKE ? _("Better than %s to %s of %s shops of the same kind and "
                                        "size; their middle is %s.")
             : s->group == PEERS_VERTICAL
                 ? _("Better than %s to %s of %s shops of the same kind; their middle is %s.")
                 : _("Better than %s to %s of %s shops of any kind; their middle is %s."),
             buf_cstr(&low), buf_cstr(&high), cmd_number((int64_t)s->shops).text,
             buf_cstr(&middle));
    buf_release(&low);
    buf_release(&high);
    buf_release(&middle);
}

/* What stands in for peers: the model's cuts, and how far they can be trusted. */
static enum err_code add_anchors(struct view *v, struct buf *out, const struct peer_standing *s,
                                 struct err *err)
{
    const struct practice *p = &v->model->practices[s->practice];
    const struct indicator *in = &p->indicators[s->indicator];
    struct buf levels[3] = {BUF_INIT(40), BUF_INIT(40), BUF_INIT(40)};
    struct cuts cuts;

    TRY(cuts_of(in, v->set, &cuts, err));
    for (int i = 0; i < 3; i++) {
        if (isnan(cuts.at[i]))
            buf_addz(&levels[i], "–");
        else
            add_value(v, &levels[i], in, cuts.at[i]);
    }
    buf_addf(out, _("Marks of levels 2, 3 and 4: %s, %s, %s (%s)."), buf_cstr(&levels[0]),
             buf_cstr(&levels[1]), buf_cstr(&levels[2]), p->citation.mark);
    if (p->citation.source && p->citation.source[0]) {
        buf_addf(out, " %s", p->citation.source);
        if (p->citation.year)
            buf_addf(out, ", %d", p->citation.year);
    }
    for (int i = 0; i < 3; i++)
        buf_release(&levels[i]);
    return ERR_OK;
}

static enum err_code show_standing(struct view *v, const struct peer_standing *s, struct err *err)
{
    const struct practice *p = &v->model->practices[s->practice];
    struct buf head = BUF_INIT(1000), text = BUF_INIT(2000);
    enum err_code rc = ERR_OK;

    buf_addf(&head, "%s %s: ", p->id, title_of(p));
    add_value(v, &head, &p->indicators[s->indicator], s->value);
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_BOLD, buf_cstr(&head), 1);
    if (s->shops >= PEERS_MIN)
        add_standing(v, &text, s);
    else
        rc = add_anchors(v, &text, s, err);
    sheet_to(&v->sheet, 3);
    sheet_wrap(&v->sheet, s->shops >= PEERS_MIN ? STYLE_PLAIN : STYLE_DIM, buf_cstr(&text), 3);
    buf_release(&head);
    buf_release(&text);
    return rc;
}

static enum err_code as_text(struct view *v, struct buf *out, struct err *err)
{
    struct buf text = BUF_INIT(1000);
    enum err_code rc = ERR_OK;

    v->sheet = (struct sheet){.out = out,
                              .width = (size_t)cmd_terminal_width(),
                              .colour = cmd_shows_colour(),
                              .language = i18n_current()};
    TRY(locale_open(i18n_current(), &v->locale, err));
    for (size_t i = 0; i < v->peers->count && rc == ERR_OK; i++)
        rc = show_standing(v, &v->peers->items[i], err);
    sheet_end_line(&v->sheet);
    buf_addf(&text, _("Other shops known: %s. A place is told among %d shops or more."),
             cmd_number((int64_t)v->peers->shops).text, PEERS_MIN);
    sheet_put(&v->sheet, STYLE_PLAIN, " ");
    sheet_wrap(&v->sheet, STYLE_DIM, buf_cstr(&text), 1);
    buf_release(&text);
    locale_close(v->locale);
    return rc;
}

static enum err_code json_standing(struct json_writer *w, const struct view *v,
                                   const struct peer_standing *s, struct err *err)
{
    static const char *const groups[] = {"same kind and size", "same kind", "all"};
    const struct practice *p = &v->model->practices[s->practice];
    const struct indicator *in = &p->indicators[s->indicator];
    bool told = s->shops >= PEERS_MIN;
    struct cuts cuts;

    TRY(cuts_of(in, v->set, &cuts, err));
    json_begin_object(w);
    json_key_stringz(w, "practice", p->id);
    json_key_stringz(w, "measure", in->measure);
    json_key_double(w, "value", s->value);
    json_key_stringz(w, "group", told ? groups[s->group] : NULL);
    json_key_int(w, "shops", told ? (int64_t)s->shops : 0);
    json_key_double(w, "better_than_low", s->worse.low);
    json_key_double(w, "better_than_high", s->worse.high);
    json_key_double(w, "median", s->median);
    json_key(w, "anchors");
    json_begin_array(w);
    for (int i = 0; i < 3; i++)
        json_double(w, cuts.at[i]);
    json_end_array(w);
    json_key_stringz(w, "mark", p->citation.mark);
    json_key_stringz(w, "source", p->citation.source);
    json_end_object(w);
    return ERR_OK;
}

static enum err_code as_json(const struct view *v, struct buf *out, struct err *err)
{
    struct json_writer w = JSON_WRITER(out);

    json_begin_object(&w);
    json_key_int(&w, "shops", (int64_t)v->peers->shops);
    json_key_int(&w, "shops_needed", PEERS_MIN);
    json_key(&w, "measures");
    json_begin_array(&w);
    for (size_t i = 0; i < v->peers->count; i++)
        TRY(json_standing(&w, v, &v->peers->items[i], err));
    json_end_array(&w);
    json_end_object(&w);
    buf_addc(out, '\n');
    return buf_check(out, err);
}

static enum err_code compare(struct peers_run *run, const struct others *others, struct err *err)
{
    TM_CLEANUP(peers_freep) struct peers *peers = NULL;
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    struct view v = {.model = run->past.model, .set = run->now.set};

    TRY(peers_compare(run->now.assessment, run->settings.vertical, others->items, others->n, &peers,
                      err));
    v.peers = peers;
    TRY(value(run->options, "json") ? as_json(&v, &out, err) : as_text(&v, &out, err));
    return cmd_print(&out, err);
}

static enum err_code run_show(struct peers_run *run, struct err *err)
{
    struct others others = {.arena = ARENA_INIT(SHOPS_BYTES_MAX)};
    enum err_code rc = need_assessment(run, err);

    if (rc == ERR_OK)
        rc = store_peers_each(run->past.store, add_other, &others, err);
    if (rc == ERR_OK)
        rc = compare(run, &others, err);
    free(others.items);
    arena_release(&others.arena);
    return rc;
}

static const struct {
    const char *name;
    enum err_code (*run)(struct peers_run *run, struct err *err);
} actions[] = {{"show", run_show}, {"export", run_export}, {"import", run_import}};

static enum err_code act(struct peers_run *run, const char *action, struct err *err)
{
    char path[2048];

    TRY(store_path(run->past.store, "tidemark.yaml", path, sizeof(path), err));
    TRY(settings_read(path, &run->settings, err));
    for (size_t i = 0; i < TM_COUNT(actions); i++)
        if (strcmp(actions[i].name, action) == 0)
            return actions[i].run(run, err);
    err_set(err, ERR_USAGE, "\"%s\" is nothing that peers can do", action);
    err_hint(err, "Use show, export or import.");
    return ERR_USAGE;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct options options;
    struct peers_run peers = {.options = &options};
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    rc = past_open(value(&options, "workspace"), value(&options, "model"), &peers.past, err);
    if (rc == ERR_OK)
        rc = act(&peers, options.operand_count ? options.operands[0] : "show", err);
    judged_again_release(&peers.now);
    past_close(&peers.past);
    return rc;
}

const struct command command_peers = {
    .name = "peers",
    .usage = N_("--workspace DIR [OPTIONS] [show | export | import FILE...]"),
    .summary = N_("See where the shop stands among others, from files that shops give each other."),
    .text =
        N_("export writes a signed file of rounded values without name, identifier or amount; "
           "import takes over\nsuch files. Nothing is sent anywhere. A place is told as a range "
           "and only among five shops or more;\nuntil then the model's marks stand in, with "
           "where they come from.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
