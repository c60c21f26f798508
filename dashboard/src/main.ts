// SPDX-License-Identifier: AGPL-3.0-or-later
import { mount } from 'svelte';
import App from './App.svelte';
import './app.css';
import { chooseLanguage, firstLanguage } from './lib/i18n/index.svelte';
import { begin } from './lib/session.svelte';
import { applyTheme } from './lib/theme';

applyTheme();
await chooseLanguage(firstLanguage());
mount(App, { target: document.getElementById('app') as HTMLElement });
await begin();
