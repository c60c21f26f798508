// SPDX-License-Identifier: AGPL-3.0-or-later
/* Exports and erasures of people as the server tells of them. */
export interface Erasure {
  erasure: number;
  source: number; /* 0: of a person */
  requested_at: string;
  finished_at: string | null;
  step: string;
  identifiers: number;
  messages: number;
  records: number;
  orders: number;
  searched_bytes: number;
  searched_files: number;
  problem: string;
  files: string[];
}

/* What a job of an erasure, or of counting for one, has to say. */
export interface ErasureReport {
  nothing: boolean;
  found?: Erasure;
  erased?: Erasure;
}

export interface ExportReport {
  records: number;
  messages: number;
}
