/** Files that are dragged onto the window: shown while they are held over it, imported when they are dropped. */

import { backend } from '../backend/backend';
import type { DropEvent, DroppedFile, Error as ApiError } from '../bindings/api';
import { DROPS, type Reason } from '../text/drops';
import { toError } from '../text/errors';
import { importFile } from './actions';
import { announce } from './announce.svelte';
import { jobs } from './jobs.svelte';
import { router } from './route.svelte';

/** An import that could not even begin. */
interface Failure {
  name: string;
  error: ApiError;
}

class Drops {
  /** The names of what is held over the window. */
  hovering = $state<string[] | null>(null);
  /** What was dropped last and is not imported. */
  refused = $state<{ name: string; why: Reason }[]>([]);
  failure = $state<Failure | null>(null);
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
    };
  }

  /** Takes away what was said of the last drop. */
  clear(): void {
    this.hovering = null;
    this.refused = [];
    this.failure = null;
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
      const question = isQuestionOpen();
      const files = question ? [] : event.files;
      const kept = event.files
        .slice(files.length)
        .map(({ name }) => ({ name, why: 'question' }) as const);
      this.refused = [...event.refused, ...kept];
      const { app } = this;
      for (const file of files) this.#queue = this.#queue.then(() => this.#import(file, app));
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
