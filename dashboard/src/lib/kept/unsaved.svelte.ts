// SPDX-License-Identifier: AGPL-3.0-or-later
/* What is written and not saved yet is not lost: leaving the page asks first, and what was there when
 * the server ended the session is there again for the same person after the next log-in. It is kept in
 * the page's memory alone. */
import { mailOf } from '../api';
import { guard, session } from '../session.svelte';
import type { Desk } from './shelf.svelte';

interface Kept {
  version?: string | undefined;
  text?: string | undefined;
}
interface Draft {
  who: string;
  values: string[];
  kept: Kept | null; /* what it was written over */
}
const drafts = new Map<string, Draft>(); /* by the page's address */

const whoIs = (): string => mailOf(session.who);
function take(): Draft | null {
  const draft = drafts.get(session.route);
  if (!draft || draft.who !== whoIs()) return null;
  drafts.delete(session.route);
  return draft;
}
/* Whether something waits for somebody's log-in. */
export const waits = (): boolean => drafts.size > 0;

/* To be made where a component begins. `now`: what is written; `put` puts that in its place again. */
export class Unsaved<One extends Kept> {
  #kept = $state('');
  #back = $state(false);

  constructor(
    private desk: Desk<One>,
    private now: () => string[],
    put: (values: string[]) => void,
  ) {
    this.keep();
    const draft = take();
    if (draft) {
      put(draft.values);
      /* Saved over what it was written over: what somebody else changed meanwhile is not lost. */
      if (desk.kept && draft.kept) desk.kept = { ...desk.kept, ...draft.kept };
      this.#back = true;
    }
    $effect(() => guard({ there: () => this.there, rescue: () => this.#rescue() }));
  }
  get there(): boolean {
    return JSON.stringify(this.now()) !== this.#kept;
  }
  /* What is there was written before the log-in. */
  get back(): boolean {
    return this.#back && this.there;
  }
  /* This is saved; what was written since is not. */
  keep(saved = this.now()): void {
    this.#kept = JSON.stringify(saved);
    this.#back = false;
  }
  #rescue(): void {
    const { kept } = this.desk;
    drafts.set(session.route, { who: whoIs(), values: this.now(), kept: kept && { version: kept.version, text: kept.text } });
  }
}

addEventListener('beforeunload', (event) => {
  const who = whoIs();
  if ([...drafts.values()].some((d) => !who || d.who === who)) event.preventDefault();
});
