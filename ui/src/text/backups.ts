/** Words of the backups table, its dialogs and the details of a backup. */
import type { Backup, LeftOut } from '../bindings/api';
import { exactTime, plain, savedPercent, size, span } from './format';
import { t } from './language';
import { CODECS } from './words';

const fileOf = (backup: Backup) => ({ file: plain(backup.file_name) });

export const BACKUPS = {
  title: t('backups-title'),
  create: t('backups-create'),
  refresh: t('backups-refresh'),
  import: t('backups-import'),
  undo: t('backups-undo'),
  filter: t('backups-filter'),
  loading: t('backups-loading'),
  noMatch: t('backups-no-match'),
  file: t('backups-file'),
  created: t('backups-created'),
  size: t('backups-size'),
  compression: t('backups-compression'),
  proof: t('backups-proof'),
  actions: t('backups-actions'),
  pinned: t('backups-pinned'),
  restore: (backup: Backup) => t('backups-restore', fileOf(backup)),
  download: (backup: Backup) => t('backups-download', fileOf(backup)),
  verify: (backup: Backup) => t('backups-verify', fileOf(backup)),
  pin: (backup: Backup) => t('backups-pin', fileOf(backup)),
  unpin: (backup: Backup) => t('backups-unpin', fileOf(backup)),
  remove: (backup: Backup) => t('backups-remove', fileOf(backup)),
  restoreShort: t('backups-restore-short'),
  hints: {
    download: t('backups-hint-download'),
    verify: t('backups-hint-verify'),
    pin: t('backups-hint-pin'),
    unpin: t('backups-hint-unpin'),
    remove: t('backups-hint-remove'),
    pinnedRemove: t('backups-hint-pinned-remove'),
  },
  checking: t('backups-checking'),
  storage: (number: number, used: number, free: number) =>
    t('backups-storage', { number, used: size(used), free: size(free) }),
  unreadable: (number: number) => t('backups-unreadable', { number }),
  empty: {
    title: t('backups-empty-title'),
    text: t('backups-empty-text'),
    orphan: t('backups-empty-orphan'),
  },
  compressionOf: (backup: Backup) => {
    const saved = savedPercent(backup.raw_bytes, backup.stored_bytes);
    const codec = CODECS[backup.codec];
    if (backup.codec === 'none') return t('backups-compression-none');
    return saved === null ? codec : t('backups-compression-saved', { codec, saved });
  },
  pinDone: (backup: Backup) =>
    backup.pinned ? t('backups-pin-done', fileOf(backup)) : t('backups-unpin-done', fileOf(backup)),
};

const sizeOf = (backups: Backup[]) => size(backups.reduce((sum, one) => sum + one.stored_bytes, 0));

/** Of one backup, or of several. */
export const DELETE = {
  title: (number: number) => t('backups-delete-title', { number }),
  yes: (number: number) => t('backups-delete-yes', { number }),
  no: (number: number) => t('backups-delete-no', { number }),
  text: (backup: Backup) =>
    t('backups-delete-text', {
      ...fileOf(backup),
      size: size(backup.stored_bytes),
      time: exactTime(backup.created_at),
    }),
  sum: (backups: Backup[]) =>
    t('backups-delete-sum', { number: backups.length, size: sizeOf(backups) }),
  forGood: (number: number) => t('backups-delete-for-good', { number }),
  last: (proven: number) => t('backups-delete-last', { proven }),
  done: (backup: Backup) => t('backups-delete-done', fileOf(backup)),
  doneSeveral: (gone: number, asked: number) =>
    gone === asked
      ? t('backups-delete-done-all', { gone })
      : t('backups-delete-done-some', { gone, asked }),
  kept: (kept: number, tried: number) => t('backups-delete-kept', { kept, tried }),
};

/** Backups that were chosen in the table. */
export const CHOSEN = {
  all: t('backups-chosen-all'),
  one: (backup: Backup) => t('backups-chosen-one', fileOf(backup)),
  pinned: t('backups-chosen-pinned'),
  sum: (backups: Backup[]) =>
    t('backups-chosen-sum', { number: backups.length, size: sizeOf(backups) }),
  clear: t('backups-chosen-clear'),
  busy: t('backups-chosen-busy'),
  deleting: (number: number, of: number) => t('backups-chosen-deleting', { number, of }),
  stop: t('backups-chosen-stop'),
  stopping: t('backups-chosen-stopping'),
};

export const DOWNLOAD = {
  title: t('backups-download-title'),
  as: t('backups-download-as'),
  archive: t('backups-download-archive'),
  archiveMore: (backup: Backup) =>
    t('backups-download-archive-more', { size: size(backup.stored_bytes) }),
  database: t('backups-download-database'),
  databaseMore: t('backups-download-database-more'),
  which: t('backups-download-which'),
  choose: t('backups-download-choose'),
  note: t('backups-download-note'),
};

const SAFE = {
  sound: t('backups-safe-sound'),
  damaged: t('backups-safe-damaged'),
  'not-checkable': t('backups-safe-not-checkable'),
  'not-checked': t('backups-safe-not-checked'),
};

export const DETAILS = {
  restore: t('backups-details-restore'),
  created: t('backups-details-created'),
  trigger: t('backups-details-trigger'),
  note: t('backups-details-note'),
  size: t('backups-details-size'),
  sizes: (backup: Backup) =>
    t('backups-details-sizes', {
      stored: size(backup.stored_bytes),
      raw: size(backup.raw_bytes),
      compression: BACKUPS.compressionOf(backup),
    }),
  proof: t('backups-details-proof'),
  provenAt: t('backups-details-proven-at'),
  restoreTime: (milliseconds: number) =>
    t('backups-details-restore-time', { time: span(milliseconds) }),
  content: t('backups-details-content'),
  contentOf: (backup: Backup) =>
    t('backups-details-content-of', {
      databases: backup.databases.length,
      files: backup.file_count,
    }),
  leftOut: t('backups-details-left-out'),
  leftOutOf: ({ patterns, file_count, size_bytes }: LeftOut) => {
    const named = patterns.map(plain).join(', ');
    return file_count === 0
      ? t('backups-details-left-out-nothing', { patterns: named })
      : t('backups-details-left-out-files', {
          number: file_count,
          size: size(size_bytes),
          patterns: named,
        });
  },
  scope: {
    whole: t('backups-details-scope-whole'),
    'databases-only': t('backups-details-scope-databases'),
  },
  checksum: t('backups-details-checksum'),
  releases: t('backups-details-releases'),
  databases: t('backups-details-databases'),
  tools: t('backups-details-tools'),
  toolsOf: (backup: Backup) =>
    t('backups-details-tools-of', {
      lifeboat: plain(backup.tool_version),
      sqlite: plain(backup.sqlite_version),
    }),
  findings: t('backups-details-findings'),
  safe: (backup: Backup) => SAFE[backup.verification.verdict],
};
