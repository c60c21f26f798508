/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* node.h - the tidemark-node process: started, watched, ended.
 *
 * Any thread may ask node_check(); start and stop belong to the owner.
 */
#ifndef TM_ENGINE_NODE_H
#define TM_ENGINE_NODE_H

#include "engine/engine.h"

struct node;

/* Starts a node in options->dir and waits until it listens. ERR_BUSY when another node uses the
 * folder, ERR_UNAVAILABLE with the node's own words otherwise. */
TM_MUST_CHECK enum err_code node_start(const struct engine_options *options, struct node **out_node,
                                       struct err *err);
/* Ends it and waits for its end. NULL is fine. */
void node_stop(struct node *node);

unsigned node_port(const struct node *node);
const char *node_password(const struct node *node);
const char *node_secret(const struct node *node);
int node_pid(const struct node *node);

/* ERR_UNAVAILABLE with the reason when the process has ended, looking for up to wait_ms. */
TM_MUST_CHECK enum err_code node_check(struct node *node, int wait_ms, struct err *err);

#endif
