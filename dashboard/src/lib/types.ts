// SPDX-License-Identifier: AGPL-3.0-or-later
/* What the API answers, as far as the pages read it. docs/assessment.schema.json has it all. */
export type Role = 'owner' | 'marketer' | 'analyst' | 'viewer';

export interface Me {
  user: { email: string } | string;
  role: Role;
  csrf: string;
  language?: string;
}

/* The server's shops; `here` is the name of this one, "" for an only one, null above several. */
export interface Shops {
  several: boolean;
  here: string | null;
  shops: { name: string; signed_in: boolean }[];
}

export interface Estimate {
  low: number | null;
  median: number | null;
  high: number | null;
}

export interface Indicator {
  measure: string;
  title: string;
  form: 'share' | 'fraction' | 'ratio' | 'rate' | 'value';
  unit: string;
  lower_is_better: boolean;
  known: boolean;
  k: number | null;
  n: number | null;
  value: number | null;
  low: number | null;
  high: number | null;
  cuts: (number | null)[];
}

export interface Practice {
  id: string;
  dimension: string;
  title: string;
  state: string;
  class: string;
  result: string;
  essential: number; /* the stage it is required for; 0: none */
  weight: number;
  levels: { best: number; confirmed: number; published: number; claimed: number };
  probabilities: number[];
  continuous: number | null;
  indicators: Indicator[];
  window: { from: string | null; to: string | null } | null;
  newest: string | null;
  sources: string[];
  reason: string | null;
}

export interface Dimension {
  id: string;
  title: string;
  value: number | null;
  low: number | null;
  high: number | null;
  target: number | null;
  coverage: number;
}

export interface StageCheck {
  stage: number;
  p_essentials: number;
  p_quorum: number;
  p_dimensions: number;
  quorum_share: number;
  quorum_needed: number;
  evidence: number;
  evidence_needed: number;
  evidence_met: boolean;
}

export interface Gap {
  practice: string;
  reason: 'essential' | 'quorum' | 'dimension';
  target: number;
  p_met: number;
  unknown: boolean;
  more: number | null;
  money?: (Estimate & { at_stake: number | null }) | null;
}

export interface RoadStep {
  practice: string;
  from: number;
  to: number;
  quarter: number;
  start: string | null;
  end: string | null;
  hours: number | null;
  gain: Estimate;
  p_success: number | null;
}

export interface UpgradeSet {
  hours: number | null;
  steps: { practice: string; from: number; to: number; unknown: boolean; hours: number | null }[];
}

export interface HistoryPoint {
  as_of: string | null;
  stage: number;
  confirmed: number;
  index: number | null;
  index_low: number | null;
  index_high: number | null;
  model_changed: boolean;
}

export interface InputFile {
  name: string;
  format: string | null;
  rows: number;
  stored: number;
  merged: number;
  rejected: number;
  newest: string | null;
  problem: string | null;
}

export interface Assessment {
  schema: string;
  version: string;
  as_of: string | null;
  as_of_from_data: boolean;
  model: { id: string; version: string };
  stage: {
    best: number;
    title: string;
    confirmed: number;
    claimed: boolean;
    target: number;
    probabilities: number[];
    checks: StageCheck[];
  };
  index: Estimate & { value: number | null };
  coverage: number;
  dimensions: Dimension[];
  practices: Practice[];
  gaps: Gap[];
  connections: { need: string; title: string; practices: number; essential: number; weight: number }[];
  inputs: InputFile[];
  facts: {
    shop: string | null;
    currency: string | null;
    decimals: number;
    orders: number;
    customers: number;
    revenue: number | null;
    refunds: number | null;
    repeat_share: number | null;
    first_order: string | null;
    last_order: string | null;
  };
  sensitivity?: { upgrade_sets: UpgradeSet[] };
  money?: {
    currency: string;
    decimals: number;
    margin_known: boolean;
    joint: Estimate;
  };
  roadmap?: { target: number; quarters: number; reached: number; steps: RoadStep[] };
  history?: HistoryPoint[];
}

/* A file that somebody changed by hand and that the server cannot take as it stands. */
export interface WrongFile {
  name: string;
  detail: string;
  hint: string;
  since: string;
}
