// SPDX-License-Identifier: AGPL-3.0-or-later
/* What shops' systems ask for by law, as the server tells of it. */
export interface Duty {
  duty: number;
  source: number;
  kind: 'tell' | 'erase_person' | 'erase_shop';
  state: 'new' | 'open' | 'working' | 'ready' | 'done' | 'failed';
  received_at: string;
  due_at: string;
  late: boolean;
  done_at: string | null;
  actor: string;
  job: number;
  erasure: number;
  nothing: boolean;
  file: boolean;
  problem: string;
  who: string[]; /* until it is done */
}

/* The word of the server that it is meant, where it cannot be undone. */
export const words: Record<Duty['kind'], string> = { tell: '', erase_person: 'erase', erase_shop: 'forget' };
