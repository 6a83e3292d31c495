/** Files that are dragged onto the window: shown while they are held over it, imported when they are dropped. */

import { backend } from '../backend/backend';
import type { DropEvent, DroppedFile, Error as ApiError } from '../bindings/api';
import { DROPS, type Reason } from '../text/drops';
import { toError } from '../text/errors';
import { importFile } from './actions';
import { announce } from './announce.svelte';
import { apps } from './apps.svelte';
import { jobs } from './jobs.svelte';
import { router } from './route.svelte';

/** An import that could not even begin. */
interface Failure {
  name: string;
  error: ApiError;
}

/** What it is imported for: an application, or the one that the backup itself names. */
export type Goal = { app: string } | 'named';

/** A file that was dropped where no application's page is open. */
export interface Asked {
  file: DroppedFile;
  /** `null` as long as nobody knows. */
  goal: Goal | null;
}

/** How backups are named; anything else is a plain database. */
const ARCHIVE = /\.tar(\.gz|\.zst)?$/i;

/** Whether it is a backup by its name: a plain database names no application. */
export const isArchive = (name: string): boolean => ARCHIVE.test(name);

/** The application that a file is named after, as downloads are; the longest name that fits. */
export function namedAfter(file: string, apps: readonly string[]): string | null {
  const fits = (app: string) => file.startsWith(app) && /^[-_.]/.test(file.slice(app.length));
  return apps.filter(fits).sort((a, b) => b.length - a.length)[0] ?? null;
}

function firstGoal(file: string): Goal | null {
  const names = apps.protectable.map((one) => one.name);
  const app = namedAfter(file, names);
  if (app !== null) return { app };
  return isArchive(file) ? 'named' : null;
}

class Drops {
  /** The names of what is held over the window. */
  hovering = $state<string[] | null>(null);
  /** What was dropped last and is not imported. */
  refused = $state<{ name: string; why: Reason }[]>([]);
  failure = $state<Failure | null>(null);
  /** What was dropped, while it is asked what it is for. */
  asked = $state<Asked[]>([]);
  /** Imports of one drop and the next come one after the other. */
  #queue: Promise<void> = Promise.resolve();

  /** The application whose page is open: what is dropped is imported for it. */
  get app(): string | null {
    return 'app' in router.route ? router.route.app : null;
  }

  /** Listens until the returned function is called. */
  start(): () => void {
    let listens = true;
    this.#queue = Promise.resolve();
    void backend()
      .watchDrops((event) => {
        if (listens) this.#happen(event);
      })
      .catch((thrown: unknown) => (this.failure = { name: '', error: toError(thrown) }));
    return () => {
      listens = false;
      this.clear();
      this.asked = [];
    };
  }

  /** Takes away what was said of the last drop. */
  clear(): void {
    this.hovering = null;
    this.refused = [];
    this.failure = null;
  }

  /** Imports what was asked about, as it was answered. */
  answer(): void {
    const answered = this.asked;
    this.asked = [];
    for (const { file, goal } of answered) {
      if (goal !== null) this.#enqueue(file, goal === 'named' ? null : goal.app);
    }
  }

  #take(files: DroppedFile[], app: string | null): void {
    if (app !== null) for (const file of files) this.#enqueue(file, app);
    else if (files.length > 0)
      this.asked = files.map((file) => ({ file, goal: firstGoal(file.name) }));
  }

  #enqueue(file: DroppedFile, app: string | null): void {
    this.#queue = this.#queue.then(() => this.#import(file, app));
  }

  #happen(event: DropEvent): void {
    if (event.event === 'left') {
      this.hovering = null;
    } else if (event.event === 'hovering') {
      if (isQuestionOpen()) return;
      this.hovering = event.names;
      announce(DROPS.title(this.app));
    } else {
      this.clear();
      const files = isQuestionOpen() ? [] : event.files;
      const kept = event.files
        .slice(files.length)
        .map(({ name }) => ({ name, why: 'question' }) as const);
      this.refused = [...event.refused, ...kept];
      this.#take(files, this.app);
    }
  }

  async #import(file: DroppedFile, app: string | null): Promise<void> {
    try {
      announce(DROPS.importing(file.name));
      await jobs.ended(await importFile(file.path, app));
    } catch (thrown) {
      this.failure = { name: file.name, error: toError(thrown) };
    }
  }
}

/** A question is above everything else, and is answered first. */
const isQuestionOpen = () => document.querySelector('dialog[open]') !== null;

export const drops = new Drops();
