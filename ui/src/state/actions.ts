/** What buttons do: start a job and let the job bar follow it. */

import { backend } from '../backend/backend';
import type { Backup, DownloadForm, RestoreSelection } from '../bindings/api';
import { JOB_TITLES } from '../text/jobs';
import { jobs, type Job } from './jobs.svelte';

/** Takes a backup. */
export async function startBackup(app: string, note: string | null = null): Promise<Job> {
  const id = await backend().createBackup(app, {
    trigger: 'manual',
    note,
    pinned: false,
    codec: null,
    scope: null,
    excludes: [],
    verify: true,
  });
  return jobs.follow(id, { app, kind: 'backup', title: JOB_TITLES.backup(app) });
}

/** Proves a backup again. */
export async function startVerify(backup: Backup): Promise<Job> {
  const id = await backend().verifyBackup(backup.app, backup.id);
  return jobs.follow(id, { app: backup.app, kind: 'verify', title: JOB_TITLES.verify(backup.app) });
}

/** Asks where to, then downloads; `null` if nothing was chosen. */
export async function startDownload(backup: Backup, form: DownloadForm): Promise<Job | null> {
  const { suggested_name } = await backend().planDownload(backup.app, backup.id, form);
  const to = await backend().chooseSavePath(suggested_name);
  if (to === null) return null;
  const id = await backend().downloadBackup(backup.app, backup.id, form, to);
  return jobs.follow(id, {
    app: backup.app,
    kind: 'download',
    title: JOB_TITLES.download(backup.app),
  });
}

/** Asks for a file, then takes it in; `null` if nothing was chosen. */
export async function startImport(app: string | null): Promise<Job | null> {
  const file = await backend().chooseOpenPath();
  return file === null ? null : importFile(file, app);
}

/** Takes in a file that was chosen or dropped. */
export async function importFile(file: string, app: string | null): Promise<Job> {
  const id = await backend().importBackup(file, app);
  return jobs.follow(id, { app, kind: 'import', title: JOB_TITLES.import(app) });
}

/** Ends what was interrupted. */
export async function startRecovery(app: string | null): Promise<Job> {
  const id = await backend().recover(app);
  return jobs.follow(id, { app, kind: 'recover', title: JOB_TITLES.recover(app) });
}

/** Runs a plan that was shown and confirmed. */
export async function startRestore(
  app: string,
  token: string,
  typedName: string,
  isUndo: boolean,
): Promise<Job> {
  const id = isUndo
    ? await backend().undoRestore(token, typedName)
    : await backend().restoreBackup(token, typedName);
  const kind = isUndo ? 'undo' : 'restore';
  return jobs.follow(id, { app, kind, title: JOB_TITLES[kind](app) });
}

/** Updates what was shown. */
export async function startUpdate(app: string, token: string): Promise<Job> {
  const id = await backend().update(token);
  return jobs.follow(id, { app, kind: 'update', title: JOB_TITLES.update(app) });
}

/** Removes what was shown and confirmed; with a folder, every backup is copied there first. */
export async function startLeave(
  app: string,
  token: string,
  typedName: string,
  copiesTo: string | null,
): Promise<Job> {
  const id = await backend().leaveApp(token, typedName, copiesTo);
  return jobs.follow(id, { app, kind: 'leave', title: JOB_TITLES.leave(app) });
}

/** Everything, for a start. */
export const EVERYTHING: RestoreSelection = { select: 'everything' };
