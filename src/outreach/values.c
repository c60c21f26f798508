/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/values.h"

#include "audience/audience.h"
#include "outreach/egress/egress.h"
#include "outreach/flow/flow.h"

/* The mistake that a reader of plain text told, at its place. */
static enum err_code fail(struct yaml_reader *r, yaml_node_t *node, const struct err *wrong)
{
    yaml_fail(r, node, "%s", wrong->msg);
    if (wrong->hint[0])
        err_hint(r->err, "%s", wrong->hint);
    return ERR_INVALID;
}

enum err_code value_duration(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    struct err wrong = ERR_INIT;

    (void)arg;
    if (flow_duration(yaml_scalar(node), out, &wrong) == ERR_OK)
        return ERR_OK;
    return fail(r, node, &wrong);
}

enum err_code value_condition(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    TM_CLEANUP(audience_freep) struct audience *tree = NULL;
    struct err wrong = ERR_INIT;

    TRY(yaml_read_string(r, node, out, arg));
    if (audience_parse(str_of(*(const char **)out), &tree, &wrong) == ERR_OK)
        return ERR_OK;
    return fail(r, node, &wrong);
}

enum err_code value_channel(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const char *const channels[] = {"email", "sms", "whatsapp", "push", NULL};
    int which = 0;

    (void)arg;
    TRY(yaml_read_word(r, node, &which, channels));
    *(const char **)out = channels[which];
    return ERR_OK;
}

enum err_code value_url(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const struct egress_rules strict = {.plain = false};
    struct err wrong = ERR_INIT;

    TRY(yaml_read_string(r, node, out, arg));
    if (egress_check(str_of(*(const char **)out), &strict, &wrong) == ERR_OK)
        return ERR_OK;
    return fail(r, node, &wrong);
}

int64_t value_id(const char *name)
{
    int64_t id = (int64_t)(str_hash(str_of(name)) >> 1);

    return id ? id : 1;
}
