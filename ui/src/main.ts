import './styles/tokens.css';
import './styles/base.css';
import './styles/tables.css';

import { mount } from 'svelte';

import { useBackend, type Backend } from './backend/backend';
import { languageFor, languageInUse, useLanguage } from './text/language';

async function demoBackend(): Promise<Backend> {
  const options = new URLSearchParams(location.search);
  useLanguage(languageFor(options.get('language')));
  const { openDemo } = await import('./backend/demo');
  return openDemo(options);
}

async function realBackend(): Promise<Backend> {
  const { tauriBackend } = await import('./backend/tauri');
  const chosen = await tauriBackend.preferences().catch(() => null);
  useLanguage(languageFor(chosen?.preferences.language));
  return tauriBackend;
}

const backend = await (import.meta.env.VITE_BACKEND === 'demo' ? demoBackend() : realBackend());
useBackend(backend);
document.documentElement.lang = languageInUse();

// Everything that holds words is loaded once the language is known.
const { default: App } = await import('./App.svelte');
const target = document.getElementById('app');
if (target) mount(App, { target });
