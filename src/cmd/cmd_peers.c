/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tidemark peers: where the shop stands among others, and what it tells them. */
#include "cmd/cmd.h"

#include "base/file.h"
#include "base/json_write.h"
#include "cmd/outlook.h"
#include "cmd/past.h"
#include "report/peers.h"
#include "store/peers.h"

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
    rc = peers_export(run->now.assessment, run->past.settings.vertical, seed, timestamp_now(), &out,
                      err);
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

static enum err_code run_show(struct peers_run *run, struct err *err)
{
    TM_CLEANUP(peers_freep) struct peers *peers = NULL;
    TM_CLEANUP(buf_release) struct buf out = BUF_INIT(OUTPUT_MAX);
    struct report_options how = {
        .language = i18n_current(), .colour = cmd_shows_colour(), .width = cmd_terminal_width()};

    TRY(need_assessment(run, err));
    TRY(outlook_peers(run->past.store, run->now.assessment, run->past.settings.vertical, &peers,
                      err));
    how.peers = peers;
    TRY(value(run->options, "json") ? report_peers_json(run->now.assessment, &how, &out, err)
                                    : report_peers_text(run->now.assessment, &how, &out, err));
    return cmd_print(&out, err);
}

static const struct {
    const char *name;
    enum err_code (*run)(struct peers_run *run, struct err *err);
} actions[] = {{"show", run_show}, {"export", run_export}, {"import", run_import}};

static enum err_code act(struct peers_run *run, const char *action, struct err *err)
{
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
