// SPDX-License-Identifier: AGPL-3.0-or-later
/* Texts that the shop keeps by name (segments, flows, messages, campaigns): what their pages share. */
import { untrack } from 'svelte';
import { change, get, Problem } from '../api';

const every = 5000;

/* Runs what the server may refuse; `failed` is told why. True when it was done. */
async function attempt(what: () => Promise<void>, failed: (p: Problem) => void): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (e) {
    if (!(e instanceof Problem)) throw e;
    failed(e);
    return false;
  }
}

/* Again and again, while somebody looks. To be called where a component begins. */
export function repeat(what: () => void, wait = every): () => void {
  const timer = setInterval(() => document.visibilityState === 'visible' && what(), wait);
  return () => clearInterval(timer);
}

/* A page at #/PATH, its one at #/PATH/NUMBER, and what to begin with. `id` is read again whenever
 * the address changes; what is no number is none of them. */
export class Shelf<One, Starter> {
  one = $state.raw<One | null>(null);
  starters = $state.raw<Starter[] | null>(null);
  problem = $state.raw<Problem | null>(null);

  constructor(path: string, id: () => string) {
    $effect(() => {
      const wanted = id();
      this.problem = null;
      void untrack(() => this.#load(`${path}/${wanted}`, wanted, id));
    });
    $effect(() => {
      void this.attempt(async () => {
        this.starters = (await get<{ starters: Starter[] }>(`${path}/starters`)).starters;
      });
    });
  }
  async #load(path: string, wanted: string, id: () => string): Promise<void> {
    this.one = null;
    if (!/^\d+$/.test(wanted)) return;
    await this.attempt(async () => {
      const told = await get<One>(path);
      if (wanted === id()) this.one = told;
    });
  }
  attempt(what: () => Promise<void>): Promise<boolean> {
    return attempt(what, (p) => (this.problem = p));
  }
}

/* One of them while it is written: what is kept, with its version, and what became of the last try. */
export class Desk<One> {
  kept = $state.raw<One | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  done = $state('');

  constructor(kept: One | null) {
    this.kept = kept;
  }
  /* Read or counted by the page itself: it does not hold up who writes. */
  quietly(what: () => Promise<void>): Promise<boolean> {
    return attempt(what, (p) => (this.problem = p));
  }
  async attempt(what: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.problem = null;
    const done = await this.quietly(what);
    this.busy = false;
    return done;
  }
}

/* Asks about what is written a moment after the last key, and tells the newest answer alone. To be
 * made where a component begins: nothing is told after its end. */
export class Asker<Answer> {
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private path: string,
    private tell: (answer: Answer) => void,
    private failed: (p: Problem) => void,
  ) {
    $effect(() => () => {
      clearTimeout(this.#timer);
      this.#turn++;
    });
  }
  async now(body: unknown): Promise<void> {
    const own = ++this.#turn;
    clearTimeout(this.#timer);
    await attempt(
      async () => {
        const told = await change<Answer>('POST', this.path, body);
        if (own === this.#turn) this.tell(told);
      },
      (p) => own === this.#turn && this.failed(p),
    );
  }
  soon(body: () => unknown, wait = 350): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(body()), wait);
  }
}

export interface Fault {
  line: number | null;
  text: string;
  hint: string;
}
