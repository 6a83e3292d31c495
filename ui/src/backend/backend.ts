/** Everything the window can ask for. Two files implement it: the real one and the demo world. */

import type {
  AppList,
  AuditLog,
  Backup,
  BackupList,
  BackupOptions,
  Comparison,
  DoctorReport,
  DownloadForm,
  Health,
  JobEvent,
  Outcome,
  RestorePlan,
  RestoreSelection,
  Step,
} from '../bindings/api';

/** What a job works on. */
export type JobKind = 'backup' | 'verify' | 'download' | 'import' | 'restore' | 'undo' | 'recover';

/** A job as a whole, as it is now. */
export interface JobView {
  id: string;
  app: string | null;
  kind: JobKind;
  title: string;
  steps: Step[];
  current_step: string | null;
  done_bytes: number;
  total_bytes: number | null;
  notes: string[];
  outcome: Outcome | null;
  result: unknown;
}

/** A plan that was shown, and the token that running it consumes. */
export interface Planned {
  token: string;
  plan: RestorePlan;
}

/** A deletion that was shown. */
export interface PlannedDelete {
  token: string;
  backup: Backup;
}

/** Told of a job: the state it is in, then everything that happens. */
export interface JobListener {
  state(job: JobView): void;
  event(event: JobEvent): void;
}

/** The calls. Each rejects with `Error` of `bindings/api.ts`. */
export interface Backend {
  listApps(): Promise<AppList>;
  cachedApps(): Promise<AppList | null>;
  databaseHealth(app: string, deep: boolean): Promise<Health>;
  listBackups(app: string): Promise<BackupList>;
  showBackup(app: string, backup: string): Promise<Backup>;
  compareBackup(app: string, backup: string): Promise<Comparison>;
  createBackup(app: string, options: BackupOptions): Promise<string>;
  verifyBackup(app: string, backup: string): Promise<string>;
  planDownload(
    app: string,
    backup: string,
    form: DownloadForm,
  ): Promise<{ suggested_name: string }>;
  downloadBackup(app: string, backup: string, form: DownloadForm, to: string): Promise<string>;
  chooseSavePath(suggestedName: string): Promise<string | null>;
  chooseOpenPath(): Promise<string | null>;
  importBackup(file: string, app: string | null): Promise<string>;
  planRestore(app: string, backup: string, selection: RestoreSelection): Promise<Planned>;
  restoreBackup(token: string, typedName: string): Promise<string>;
  planUndo(app: string): Promise<Planned>;
  undoRestore(token: string, typedName: string): Promise<string>;
  planDelete(app: string, backup: string): Promise<PlannedDelete>;
  deleteBackup(token: string): Promise<Backup>;
  setPinned(app: string, backup: string, pinned: boolean): Promise<Backup>;
  readAudit(app: string, verify: boolean): Promise<AuditLog>;
  runDoctor(): Promise<DoctorReport>;
  recover(app: string | null): Promise<string>;
  listJobs(): Promise<JobView[]>;
  watchJob(id: string, listener: JobListener): Promise<void>;
  jobResult(id: string): Promise<unknown>;
  cancelJob(id: string): Promise<void>;
  revealPath(path: string): Promise<void>;
  openLogFolder(): Promise<void>;
}

let present: Backend | null = null;

/** Chosen once, before anything is shown. */
export function useBackend(backend: Backend): void {
  present = backend;
}

/** The backend in use. */
export function backend(): Backend {
  if (!present) throw new Error('no backend was chosen');
  return present;
}
