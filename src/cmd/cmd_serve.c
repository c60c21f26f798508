/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* cmd_serve.c - the dashboard's server: its options, its shops, its start and end. */
#include "cmd/cmd.h"
#include "cmd/serving.h"

static const struct option_row rows[] = {
    {"workspace", 'w', "DIR",
     N_("The workspace to serve; it is made when missing. Several, each with --workspace, are "
        "served below the names of their folders.")},
    {"listen", 0, "ADDRESS:PORT", N_("Where to listen; 127.0.0.1:8420 unless given.")},
    {"public-url", 0, "URL", N_("The address that browsers see, behind a server that speaks TLS.")},
    {"trusted-proxy", 0, "ADDRESS[/BITS],...",
     N_("Servers in front whose X-Forwarded-For, -Proto and -Host are believed.")},
    {"engines", 0, "N",
     N_("With several shops: how many analytics engines may run at once; 4 unless given.")},
    {"stall-after", 0, "SECONDS",
     N_("How long a job may show no sign of life before /healthz fails; 60 unless given.")},
    {"reset-owner", 0, "ADDRESS",
     N_("Print a link that sets this owner's password anew: good once, for a day, while this "
        "server "
        "runs. All of the owner's sessions end with it.")},
    {"drop-second-factor", 0, NULL, N_("With --reset-owner: the owner's second factor goes, too.")},
    {"openapi", 0, NULL, N_("Print the API's description (OpenAPI 3.1) and end.")},
};

enum { ENGINES = 4, ENGINES_MOST = 64, STALL_AFTER = 60, STALL_AFTER_MOST = 3600 };

struct command_state {
    struct model *model;
    struct serving shops[WEB_SHOPS_MAX];
    struct web_shop told[WEB_SHOPS_MAX];
    size_t count;
};

static const char *value(const struct options *options, const char *name)
{
    return option_value(rows, TM_COUNT(rows), options, name);
}

static void show_ready(void *ctx, struct web *web, const struct web_ready *ready)
{
    (void)ctx, (void)web;
    printf(_("Tidemark is ready: %s\n"), ready->url);
    if (ready->setup_token)
        printf(_("Set the owner's password once, within a day, at: %s/#/setup/%s\n"), ready->url,
               ready->setup_token);
    if (ready->reset_token)
        printf(_("Set a new password once, within a day, at: %s/#/reset/%s\n"), ready->url,
               ready->reset_token);
    fflush(stdout);
}

/* The folder's name is the shop's in addresses. */
static enum err_code name_shop(struct command_state *c, struct serving *s, const char *dir,
                               struct err *err)
{
    static const char *const taken[] = {"api", "assets", "healthz", "metrics"};
    size_t end = strlen(dir), begin;
    bool fine;

    while (end > 1 && dir[end - 1] == '/')
        end--;
    begin = end;
    while (begin > 0 && dir[begin - 1] != '/')
        begin--;
    fine = end - begin > 0 && end - begin < sizeof(s->name) && isalnum((unsigned char)dir[begin]);
    for (size_t i = begin; i < end; i++)
        fine = fine && (isalnum((unsigned char)dir[i]) || dir[i] == '-' || dir[i] == '_');
    snprintf(s->name, sizeof(s->name), "%.*s", fine ? (int)(end - begin) : 0, dir + begin);
    for (size_t i = 0; i < TM_COUNT(taken); i++)
        fine = fine && strcmp(s->name, taken[i]) != 0;
    for (size_t i = 0; i < c->count; i++)
        fine = fine && strcmp(s->name, c->shops[i].name) != 0;
    if (fine)
        return ERR_OK;
    err_set(err, ERR_USAGE, "the folder's name in \"%s\" cannot stand in an address", dir);
    err_hint(err, "With several shops each folder needs a name of its own from letters, digits, "
                  "- and _.");
    return ERR_USAGE;
}

static enum err_code open_shop(struct command_state *c, const char *dir, bool several,
                               struct err *err)
{
    struct serving *s = &c->shops[c->count];

    if (several)
        TRY(name_shop(c, s, dir, err));
    TRY(serving_open(s, dir, err));
    c->told[c->count] =
        (struct web_shop){.name = s->name, .store = s->ws.store, .work = serving_work(s)};
    c->count++;
    return ERR_OK;
}

static enum err_code open_shops(struct command_state *c, const struct options *options,
                                struct err *err)
{
    const char *dir = workspace_named(option_nth(rows, options, "workspace", 0));
    const bool several = option_nth(rows, options, "workspace", 1) != NULL;

    if (!dir) {
        err_set(err, ERR_USAGE, "name the workspace to serve");
        err_hint(err, "Use --workspace DIR; a folder that is not there is made.");
        return ERR_USAGE;
    }
    for (size_t i = 1; dir; dir = option_nth(rows, options, "workspace", i++)) {
        if (c->count == WEB_SHOPS_MAX)
            return err_set(err, ERR_USAGE, "more than %d workspaces", WEB_SHOPS_MAX);
        TRY(open_shop(c, dir, several, err));
    }
    return ERR_OK;
}

static enum err_code read_number(const struct options *options, const char *name, int preset,
                                 int most, int *out, struct err *err)
{
    const char *given = value(options, name);
    char *end;
    long n = given ? strtol(given, &end, 10) : preset;

    if (given && (!isdigit((unsigned char)*given) || *end || n < 1 || n > most))
        return err_set(err, ERR_USAGE, "--%s needs a number from 1 to %d", name, most);
    *out = (int)n;
    return ERR_OK;
}

static enum err_code serve(struct command_state *c, const struct options *options, struct err *err)
{
    const char *listen = value(options, "listen");
    struct web_options web = {.listen = listen ? listen : "127.0.0.1:8420",
                              .public_url = value(options, "public-url"),
                              .shops = c->told,
                              .model = c->model,
                              .reset_owner = value(options, "reset-owner"),
                              .reset_second = value(options, "drop-second-factor") != NULL,
                              .stop = &cmd_cancelled,
                              .ready = show_ready};

    TRY(read_number(options, "engines", ENGINES, ENGINES_MOST, &web.engines_max, err));
    TRY(read_number(options, "stall-after", STALL_AFTER, STALL_AFTER_MOST, &web.stall_after, err));
    for (size_t i = 0; option_nth(rows, options, "trusted-proxy", i); i++)
        TRY(proxies_add(&web.proxies, option_nth(rows, options, "trusted-proxy", i), err));
    if (web.reset_second && !web.reset_owner)
        return err_set(err, ERR_USAGE, "--drop-second-factor needs --reset-owner");
    TRY(open_shops(c, options, err));
    if (web.reset_owner && c->count > 1)
        return err_set(err, ERR_USAGE, "--reset-owner is for one workspace: give that one alone");
    TRY(model_load(NULL, &c->model, err));
    web.model = c->model;
    web.shop_count = c->count;
    return web_serve(&web, err);
}

static enum err_code print_openapi(struct err *err)
{
    struct buf out = BUF_INIT(4 << 20);
    enum err_code rc;

    web_openapi(&out);
    rc = cmd_print(&out, err);
    buf_release(&out);
    return rc;
}

static enum err_code run(int argc, char **argv, struct err *err)
{
    struct command_state *c;
    struct options options;
    enum err_code rc;

    TRY(options_parse(rows, TM_COUNT(rows), argc, argv, &options, err));
    if (value(&options, "openapi"))
        return print_openapi(err);
    c = xcalloc(1, sizeof(*c));
    rc = serve(c, &options, err);
    for (size_t i = 0; i < c->count; i++)
        serving_close(&c->shops[i]);
    model_free(c->model);
    free(c);
    return rc;
}

const struct command command_serve = {
    .name = "serve",
    .usage = N_("--workspace DIR [OPTIONS]"),
    .summary = N_("Serve workspaces to browsers and programs: the API and its page."),
    .text = N_("The first start prints a link that sets the owner's password. While it serves, "
               "other commands\ncannot use the workspace. Ctrl-C ends it in order.\n"),
    .options = rows,
    .option_count = TM_COUNT(rows),
    .run = run,
};
