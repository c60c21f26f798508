/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* values.h - values that the texts of flows and campaigns share, as readers for yaml_read_map().
 * Inside of src/outreach only. */
#ifndef TM_OUTREACH_VALUES_H
#define TM_OUTREACH_VALUES_H

#include "base/yaml.h"

/* int64_t, in microseconds: flow_duration(). */
enum err_code value_duration(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* const char *: a segment's text. Its grammar alone; what it speaks of is looked up when it is
 * used. */
enum err_code value_condition(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* const char *: email, sms, whatsapp or push. */
enum err_code value_channel(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* const char *: an address that requests go out to; of the open internet, over https. arg: as
 * yaml_read_string() has it. */
enum err_code value_url(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg);
/* A number that stays the same as long as the name does; never 0. */
int64_t value_id(const char *name);

#endif
