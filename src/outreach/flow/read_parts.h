/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* read_parts.h - reading a flow, in two files. Inside of src/outreach/flow only. */
#ifndef TM_OUTREACH_FLOW_READ_PARTS_H
#define TM_OUTREACH_FLOW_READ_PARTS_H

#include "outreach/flow/flow.h"

/* Puts places for names, and looks at the picture that the steps make. */
TM_MUST_CHECK enum err_code flow_connect(struct yaml_reader *r, yaml_node_t *steps,
                                         struct flow *flow);

/* Where a person may go to from a step; returns how many, at most FLOW_WAYS_MAX. */
size_t flow_ways(const struct flow_step *step, size_t out[FLOW_WAYS_MAX]);

#endif
