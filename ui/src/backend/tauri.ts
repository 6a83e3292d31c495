/** The real backend: one line for each command. The only file that knows Tauri. */

import { Channel, invoke } from '@tauri-apps/api/core';

import type { DropEvent, JobEvent } from '../bindings/api';
import type { Backend, DropListener, JobListener } from './backend';

async function watchJob(id: string, listener: JobListener): Promise<void> {
  const channel = new Channel<JobEvent>();
  channel.onmessage = listener;
  await invoke('watch_job', { id, channel });
}

async function watchDrops(listener: DropListener): Promise<void> {
  const channel = new Channel<DropEvent>();
  channel.onmessage = listener;
  await invoke('watch_drops', { channel });
}

/** Calls the commands of the desktop shell. */
export const tauriBackend: Backend = {
  listApps: () => invoke('list_apps'),
  pingEngine: () => invoke('ping_engine'),
  cachedApps: () => invoke('cached_apps'),
  databaseHealth: (app, deep) => invoke('database_health', { app, deep }),
  listBackups: (app) => invoke('list_backups', { app }),
  showBackup: (app, backup) => invoke('show_backup', { app, backup }),
  compareBackup: (app, backup) => invoke('compare_backup', { app, backup }),
  compareBackups: (app, backup, other) => invoke('compare_backups', { app, backup, with: other }),
  createBackup: (app, options) => invoke('create_backup', { app, options }),
  verifyBackup: (app, backup) => invoke('verify_backup', { app, backup }),
  planDownload: (app, backup, form) => invoke('plan_download', { app, backup, form }),
  downloadBackup: (app, backup, form, to) => invoke('download_backup', { app, backup, form, to }),
  chooseSavePath: (suggestedName) => invoke('choose_save_path', { suggestedName }),
  chooseOpenPath: () => invoke('choose_open_path'),
  chooseFolder: () => invoke('choose_folder'),
  importBackup: (file, app) => invoke('import_backup', { file, app }),
  planRestore: (app, backup, selection) => invoke('plan_restore', { app, backup, selection }),
  restoreBackup: (token, typedName) => invoke('restore_backup', { token, typedName }),
  planUndo: (app) => invoke('plan_undo', { app }),
  undoRestore: (token, typedName) => invoke('undo_restore', { token, typedName }),
  planUpdate: (app, options) => invoke('plan_update', { app, options }),
  update: (token) => invoke('update', { token }),
  planDelete: (app, backup) => invoke('plan_delete', { app, backup }),
  deleteBackup: (token) => invoke('delete_backup', { token }),
  startDemo: () => invoke('start_demo'),
  planLeave: (app) => invoke('plan_leave', { app }),
  leaveApp: (token, typedName, copiesTo) => invoke('leave_app', { token, typedName, copiesTo }),
  setPinned: (app, backup, pinned) => invoke('set_pinned', { app, backup, pinned }),
  protection: (app) => invoke('protection', { app }),
  guardOn: (app) => invoke('guard_on', { app }),
  guardOff: (app) => invoke('guard_off', { app }),
  settings: (app) => invoke('settings', { app }),
  changeSettings: (app, changes) => invoke('change_settings', { app, changes }),
  planPrune: (app, changes) => invoke('plan_prune', { app, changes }),
  prune: (token) => invoke('prune', { token }),
  readAudit: (app, verify) => invoke('read_audit', { app, verify }),
  runDoctor: () => invoke('run_doctor'),
  recover: (app) => invoke('recover', { app }),
  listJobs: () => invoke('list_jobs'),
  watchJob,
  jobResult: (id) => invoke('job_result', { id }),
  cancelJob: (id) => invoke('cancel_job', { id }),
  revealPath: (path) => invoke('reveal_path', { path }),
  openLogFolder: () => invoke('open_log_folder'),
  preferences: () => invoke('preferences'),
  setPreferences: (preferences, startAtLogin) =>
    invoke('set_preferences', { preferences, startAtLogin }),
  closeWindow: () => invoke('close_window'),
  watchDrops,
};
