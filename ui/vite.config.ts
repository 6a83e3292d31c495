import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const backend = process.env.VITE_BACKEND === 'demo' ? 'demo' : 'tauri';

export default defineConfig({
  plugins: [svelte()],
  base: './',
  clearScreen: false,
  // Replaced while building, so that the demo world is cut out of a release.
  define: { 'import.meta.env.VITE_BACKEND': JSON.stringify(backend) },
  server: { port: 5173, strictPort: true },
  build: {
    target: 'safari16',
    outDir: backend === 'demo' ? 'dist-demo' : 'dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : {},
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
