/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* message.h - what the verbs of "tidemark message" share. */
#ifndef TM_CMD_MESSAGE_H
#define TM_CMD_MESSAGE_H

#include "base/json_write.h"
#include "cmd/cmd.h"
#include "outreach/message/kept.h"
#include "outreach/person/preview.h"

struct message_cmd {
    const struct options *options;
    const char *name;    /* what stands after the verb; NULL */
    const char *dir;     /* of the workspace that is named; NULL */
    struct store *store; /* of it, for verbs that keep */
    struct message *message;
    struct buf out;
    struct json_writer w;
    bool json;
};

/* An option's value, NULL without it. */
const char *message_cmd_value(const struct message_cmd *c, const char *name);
/* Reads c->name: of the workspace that is named, else a file. */
TM_MUST_CHECK enum err_code message_cmd_read(struct message_cmd *c, bool strict, struct err *err);
/* The part that --part names. */
TM_MUST_CHECK enum err_code message_cmd_part(const struct message_cmd *c, int *out,
                                             struct err *err);
/* Prints the part, or all as JSON. */
void message_cmd_show(struct message_cmd *c, const struct composed *composed, int part);

/* Verbs on what the workspace keeps. */
enum err_code message_cmd_set(struct message_cmd *c, struct err *err);
enum err_code message_cmd_list(struct message_cmd *c, struct err *err);
enum err_code message_cmd_show_kept(struct message_cmd *c, struct err *err);
enum err_code message_cmd_text(struct message_cmd *c, struct err *err);
enum err_code message_cmd_remove(struct message_cmd *c, struct err *err);
/* "render" as a person of the workspace gets it, or with an example's data. */
enum err_code message_cmd_preview(struct message_cmd *c, struct err *err);
/* What stands against marketing, and what is not translated. */
enum err_code message_cmd_findings(struct message_cmd *c, struct err *err);

#endif
