import './styles/tokens.css';
import './styles/base.css';

import { mount } from 'svelte';

import App from './App.svelte';
import { useBackend } from './backend/backend';

if (import.meta.env.VITE_BACKEND === 'demo') {
  const { openDemo } = await import('./backend/demo');
  useBackend(openDemo(new URLSearchParams(location.search)));
} else {
  const { tauriBackend } = await import('./backend/tauri');
  useBackend(tauriBackend);
}

const target = document.getElementById('app');
if (target) mount(App, { target });
