/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_BACKEND: 'demo' | 'tauri';
}
