// SPDX-License-Identifier: AGPL-3.0-or-later
/* Light or dark: as the system has it until someone chooses. */
export type Theme = 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');

export function currentTheme(): Theme {
  const kept = localStorage.getItem('theme');
  if (kept === 'light' || kept === 'dark') return kept;
  return system.matches ? 'dark' : 'light';
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = currentTheme();
  dispatchEvent(new Event('themechange'));
}

export function chooseTheme(theme: Theme): void {
  localStorage.setItem('theme', theme);
  applyTheme();
}

system.addEventListener('change', applyTheme);
