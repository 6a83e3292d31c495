// @vitest-environment node
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, describe, expect, it } from 'vitest';

import { DEMO_MARKER } from '../src/backend/demo-world';

const ROOT = join(import.meta.dirname, '..');
const made: string[] = [];
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

function filesBelow(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(js|css|html|svelte|ts)$/.test(name))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')]);
}

function build(backend: string): [string, string][] {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-ui-'));
  made.push(folder);
  const { VITEST: _vitest, NODE_ENV: _mode, ...env } = process.env;
  execFileSync(process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--outDir', folder], {
    cwd: ROOT,
    env: { ...env, VITE_BACKEND: backend },
    stdio: 'pipe',
  });
  return filesBelow(folder);
}

describe('a release', () => {
  it('has no demo world in it', { timeout: 60_000 }, () => {
    const withMarker = (files: [string, string][]) =>
      files.filter(([, text]) => text.includes(DEMO_MARKER)).map(([name]) => name);
    expect(withMarker(build('tauri'))).toEqual([]);
    expect(withMarker(build('demo'))).not.toEqual([]);
  });

  it('runs under its content security policy', { timeout: 60_000 }, () => {
    for (const [name, text] of build('tauri')) {
      if (name.endsWith('.html'))
        expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=/);
      if (name.endsWith('.js')) expect(text, name).not.toMatch(/\beval\(|new Function\(/);
    }
  });
});

describe('the sources', () => {
  const sources = filesBelow(join(ROOT, 'src'));

  it('were read', () => expect(sources.length).toBeGreaterThan(40));

  it('know Tauri in one file', () => {
    const knowing = sources.filter(([, text]) => text.includes('@tauri-apps/'));
    expect(knowing.map(([name]) => name)).toEqual(['backend/tauri.ts']);
  });

  it('never show a string as markup, and set no style in markup', () => {
    const bad = sources.filter(([, text]) => /\{@html|innerHTML|\sstyle="/.test(text));
    expect(bad.map(([name]) => name)).toEqual([]);
  });
});
