/** Everything the window can ask for. Two files implement it: the real one and the demo world. */

import type {
  AppList,
  AuditLog,
  Backup,
  BackupList,
  BackupOptions,
  Comparison,
  DemoReport,
  DoctorReport,
  DownloadForm,
  DropEvent,
  Health,
  DownloadPlan,
  JobEvent,
  JobView,
  PlannedDelete,
  PlannedLeave,
  PlannedPrune,
  PlannedRestore,
  PlannedUpdate,
  Preferences,
  PreferencesView,
  Protection,
  PruneReport,
  RestoreSelection,
  SettingsReport,
  UpdateOptions,
} from '../bindings/api';

/** Told of a job: first all that led to its present state, then everything that happens. */
export type JobListener = (event: JobEvent) => void;

/** Told of files that are dragged onto the window. */
export type DropListener = (event: DropEvent) => void;

/** A setting to choose; `null` takes the choice back. */
export type SettingChange = [key: string, value: string | null];

/** The calls. Each rejects with `Error` of `bindings/api.ts`. */
export interface Backend {
  listApps(): Promise<AppList>;
  /** Rejects if the engine does not answer; costs nearly nothing. */
  pingEngine(): Promise<void>;
  cachedApps(): Promise<AppList | null>;
  databaseHealth(app: string, deep: boolean): Promise<Health>;
  listBackups(app: string): Promise<BackupList>;
  showBackup(app: string, backup: string): Promise<Backup>;
  compareBackup(app: string, backup: string): Promise<Comparison>;
  compareBackups(app: string, backup: string, other: string): Promise<Comparison>;
  createBackup(app: string, options: BackupOptions): Promise<string>;
  verifyBackup(app: string, backup: string): Promise<string>;
  planDownload(app: string, backup: string, form: DownloadForm): Promise<DownloadPlan>;
  downloadBackup(app: string, backup: string, form: DownloadForm, to: string): Promise<string>;
  chooseSavePath(suggestedName: string): Promise<string | null>;
  chooseOpenPath(): Promise<string | null>;
  chooseFolder(): Promise<string | null>;
  importBackup(file: string, app: string | null): Promise<string>;
  planRestore(app: string, backup: string, selection: RestoreSelection): Promise<PlannedRestore>;
  restoreBackup(token: string, typedName: string): Promise<string>;
  planUndo(app: string): Promise<PlannedRestore>;
  undoRestore(token: string, typedName: string): Promise<string>;
  planUpdate(app: string, options: UpdateOptions): Promise<PlannedUpdate>;
  update(token: string): Promise<string>;
  planDelete(app: string, backup: string): Promise<PlannedDelete>;
  deleteBackup(token: string): Promise<Backup>;
  startDemo(): Promise<DemoReport>;
  planLeave(app: string): Promise<PlannedLeave>;
  leaveApp(token: string, typedName: string, copiesTo: string | null): Promise<string>;
  setPinned(app: string, backup: string, pinned: boolean): Promise<Backup>;
  protection(app: string): Promise<Protection>;
  guardOn(app: string): Promise<Protection>;
  guardOff(app: string): Promise<Protection>;
  settings(app: string): Promise<SettingsReport>;
  changeSettings(app: string, changes: SettingChange[]): Promise<SettingsReport>;
  planPrune(app: string, changes: SettingChange[]): Promise<PlannedPrune>;
  prune(token: string): Promise<PruneReport>;
  readAudit(app: string, verify: boolean): Promise<AuditLog>;
  runDoctor(): Promise<DoctorReport>;
  recover(app: string | null): Promise<string>;
  listJobs(): Promise<JobView[]>;
  watchJob(id: string, listener: JobListener): Promise<void>;
  jobResult(id: string): Promise<unknown>;
  cancelJob(id: string): Promise<void>;
  revealPath(path: string): Promise<void>;
  openLogFolder(): Promise<void>;
  preferences(): Promise<PreferencesView>;
  setPreferences(preferences: Preferences, startAtLogin: boolean): Promise<PreferencesView>;
  closeWindow(): Promise<void>;
  watchDrops(listener: DropListener): Promise<void>;
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
