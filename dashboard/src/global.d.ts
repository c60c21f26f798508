// SPDX-License-Identifier: AGPL-3.0-or-later
import 'svelte/elements';

declare module 'svelte/elements' {
  interface SvelteWindowAttributes {
    onthemechange?: () => void;
  }
}
