// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the server tells of segments. */
export interface Segment {
  id: number;
  name: string;
  text: string;
  about: string;
  changed_by: string;
  changed_at: string;
  problem: string | null;
  members: number | null;
  people: number | null;
  counted_at: string | null;
  version?: string;
  tree?: Record<string, unknown> | null;
}
export interface Live {
  counting: boolean;
  done: number;
  failing: boolean;
  too_large: number;
}
export interface Starter {
  code: string;
  name: string;
  about: string;
  text: string;
}
export interface Checked {
  ok: boolean;
  text?: string;
  tree?: Record<string, unknown> | null;
  problem?: string;
  hint?: string;
  line?: number | null;
  column?: number | null;
}
export interface Counted {
  members: number;
  people: number;
  counted_at: string;
  ms: number;
}
export interface Member {
  person: string;
  name: string | null;
  email: string | null;
  orders: number;
  since: string;
}
export interface Why {
  segment: string;
  member: boolean;
  conditions: { condition: string; means: string; value: string | null; verdict: 'yes' | 'no' | 'unknown' }[];
}
