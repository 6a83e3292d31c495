import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import type { Error as ApiError, Finding } from '../src/bindings/api';
import type * as Errors from '../src/text/errors';
import type * as Jobs from '../src/text/jobs';
import type * as Said from '../src/text/said';

const CRATES = join(import.meta.dirname, '../../src-tauri/crates');

/** What the core's sources name where a pattern says, without the extraction of archives, which has no window. */
function namedInCore(pattern: RegExp): string[] {
  const names = new Set<string>();
  for (const crate of ['core', 'store']) {
    const folder = join(CRATES, crate, 'src');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.rs') || /tests?\.rs$|rescue/.test(file)) continue;
      const [source = ''] = readFileSync(join(folder, file), 'utf8').split('#[cfg(test)]');
      for (const [, name] of source.matchAll(pattern)) if (name) names.add(name);
    }
  }
  return [...names].sort();
}

const LOCKED: ApiError = {
  code: 'database-locked',
  message: 'The backup of demo could not be taken: it is locked.',
  advice: 'Try again in a moment.',
  aftermath: 'unchanged',
};

const SKIPPED: Finding = {
  code: 'file-skipped',
  volume: 'data',
  path: 'a.txt',
  message: 'a.txt is not in the backup: it could not be read.',
};

describe('what the core says, in English', () => {
  it('is quoted', async () => {
    const { errorSaid, findingSaid, spoken, stepTitle } = await import('../src/text/said');
    expect(spoken(findingSaid(SKIPPED))).toBe(SKIPPED.message);
    expect(spoken(errorSaid(LOCKED))).toBe(`${LOCKED.message} ${LOCKED.advice}`);
    expect(stepTitle({ id: 'stop', title: 'Whatever', interruptible: true })).toBe('Whatever');
  });
});

describe('what the core says, in German', () => {
  let said: typeof Said;
  let errors: typeof Errors;
  let jobs: typeof Jobs;
  let library: typeof import('@testing-library/svelte');

  beforeAll(async () => {
    // Words are looked up once, when their files are loaded.
    vi.resetModules();
    const { useLanguage } = await import('../src/text/language');
    useLanguage('de');
    said = await import('../src/text/said');
    errors = await import('../src/text/errors');
    jobs = await import('../src/text/jobs');
    library = await import('@testing-library/svelte');
  });

  afterEach(() => library.cleanup());

  it('has words for every step of every job', () => {
    const ids = namedInCore(/\bstep\(\s*"([a-z-]+)",\s*"/g);
    expect(ids).toContain('capture');
    for (const id of ids) {
      expect(said.stepTitle({ id, title: 'English', interruptible: true }), id).not.toBe('English');
    }
  });

  it('has words for every finding', () => {
    const codes = namedInCore(/(?:\bcode: |\b(?:finding|find|warn)\(\s*)"([a-z-]+)"/g);
    expect(codes).toEqual(expect.arrayContaining(['not-looked-at', 'hard-links', 'other-updater']));
    for (const code of codes) {
      expect(said.findingSaid({ code, message: 'English' }).own, code).toMatch(/\p{L}.*[.]$/u);
    }
  });

  it('keeps what has no words, and says that it is English', async () => {
    expect(said.findingSaid({ code: 'from-the-future', message: 'Something.' })).toEqual({
      own: null,
      core: 'Something.',
    });
    const { default: Findings } = await import('../src/components/Findings.svelte');
    library.render(Findings, { findings: [SKIPPED], label: 'Hinweise' });
    const quoted = library.screen.getByText(SKIPPED.message);
    expect(quoted.getAttribute('lang')).toBe('en');
    expect(quoted.parentElement?.textContent).toMatch(
      /^Diese Datei ist nicht in der Sicherung\. a\.txt/,
    );
  });

  it('tells an error by its code, and quotes the core below', async () => {
    const { default: ErrorNote } = await import('../src/components/ErrorNote.svelte');
    library.render(ErrorNote, { error: LOCKED });
    const note = library.screen.getByRole('alert');
    expect(note.textContent).toContain('Die Datenbank blieb gesperrt');
    expect(note.textContent).toContain('Nichts wurde geändert. Gleich noch einmal versuchen.');
    expect(library.screen.getByText(LOCKED.message).getAttribute('lang')).toBe('en');
    expect(library.screen.queryByText(LOCKED.advice)).toBeNull();
  });

  it('does not take the window’s own words for the core’s', () => {
    const error = errors.toError(new TypeError('boom'));
    expect(said.messageSaid(error)).toEqual({ own: 'Lifeboat konnte das nicht tun.', core: null });
  });

  it('names a step by the kind of its job, where that matters', () => {
    const seal = { id: 'seal', title: 'English', interruptible: true };
    expect(said.stepTitle(seal, 'import')).not.toBe(said.stepTitle(seal, 'backup'));
  });

  it('gives every job its title', () => {
    expect(jobs.jobTitle({ kind: 'backup', app: 'demo', title: 'Backup of demo' })).toBe(
      'demo wird gesichert',
    );
  });

  it('keeps the name of a volume in the title of a check, and what only the core names', () => {
    const check = { status: 'warning', message: 'English.', advice: null, command: null };
    const titleOf = (id: string, title: string) => said.checkTitle({ ...check, id, title });
    expect(titleOf('engine', 'Container engine').core).toBeNull();
    expect(titleOf('not-looked-at', 'data')).toEqual({ own: 'data', core: null });
    expect(titleOf('space', 'Space for vault-demo').core).toBe('Space for vault-demo');
    expect(titleOf('from-the-future', 'Something')).toEqual({ own: null, core: 'Something' });
  });

  it('says how what was interrupted ended', () => {
    const ended = { app: 'demo', operation: 'restore', ending: 'old', message: 'English.' };
    expect(said.recoverySaid(ended).core).toBeNull();
    expect(said.spoken(said.recoverySaid({ ...ended, ending: 'needs-attention' }))).toMatch(
      /^Bei demo .* English\.$/,
    );
  });
});
