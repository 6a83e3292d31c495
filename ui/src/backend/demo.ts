/** The demo world at work: the same calls as the real backend, jobs that move, errors on request. */

import type {
  App,
  Backup,
  Code,
  DoctorReport,
  DropEvent,
  JobKind,
  LanguageChoice,
  LeavePlan,
  PruneReport,
  RestorePlan,
  RestoreSelection,
  Step,
  UpdateOptions,
  UpdateOutcome,
  UpdatePlan,
  UpdateReport,
  Preferences,
  PreferencesView,
} from '../bindings/api';
import { LANGUAGES } from '../text/language';
import type { Backend, DropListener, JobListener, SettingChange } from './backend';
import { fault } from './demo-faults';
import { enter, type AuditSeed } from './demo-history';
import { DemoJobs, RESTORE_STEPS } from './demo-jobs';
import { DemoProtection, NotAllowed } from './demo-protection';
import { outcomeOf, updatePlan, updateReport, walkOf } from './demo-updates';
import {
  addGuestBook,
  buildBackup,
  buildWorld,
  DEMO_MARKER,
  ENGINE,
  imageId,
  seeded,
  type World,
} from './demo-world';

/** Worlds in which the engine cannot be used. */
const BLOCKED: Record<string, Code> = {
  'not-installed': 'engine-not-installed',
  stopped: 'engine-stopped',
  permission: 'engine-permission',
  context: 'engine-context',
  'too-old': 'engine-too-old',
  windows: 'engine-windows-containers',
  refused: 'engine-failed',
  'no-helper': 'helper-missing',
};

/** How it behaves; tests make it quick. */
export interface DemoOptions {
  world: string;
  now: number;
  /** How long each call takes, and each tick of a job. */
  callMs: number;
  tickMs: number;
  ticks: number;
  language: LanguageChoice;
  /** Keeps the language where it is found when the window is loaded anew. */
  keepLanguage: (language: LanguageChoice) => void;
  /** The first run was there before. */
  welcomed: boolean;
  /** Files that are held over the window, or dropped onto it, from the start. */
  held: string[];
  dropped: string[];
}

/** From the address: `?world=stopped&theme=dark&speed=slow&held=a.db`. */
export function openDemo(query: URLSearchParams): Backend {
  const theme = query.get('theme');
  if (theme) document.documentElement.dataset.theme = theme;
  const slow = query.get('speed') === 'slow';
  return new Demo({
    world: query.get('world') ?? 'harbour',
    now: Date.now(),
    callMs: query.get('speed') === 'still' ? 0 : 180,
    tickMs: slow ? 700 : 120,
    ticks: slow ? 60 : 12,
    language: LANGUAGES.find((one) => one === query.get('language')) ?? 'system',
    keepLanguage: (language) => {
      query.set('language', language);
      history.replaceState(null, '', `?${query}${location.hash}`);
    },
    welcomed: !query.has('welcome'),
    held: query.getAll('held'),
    dropped: query.getAll('dropped'),
  });
}

export class Demo implements Backend {
  readonly marker = DEMO_MARKER;
  readonly options: DemoOptions;
  /** What was revealed and where folders were opened, for tests. */
  readonly opened: string[] = [];
  /** The files that were imported, for which application. */
  readonly imported: { file: string; app: string | null }[] = [];
  #dropListener: DropListener | null = null;
  #world: World;
  #jobs: DemoJobs;
  #preferences: PreferencesView = {
    preferences: {
      on_close: 'ask',
      watch: true,
      notifications: true,
      language: 'system',
      welcomed: true,
    },
    start_at_login: false,
    has_tray: true,
    version: '0.1.0',
  };
  #plans = new Map<string, { plan: RestorePlan; kind: 'restore' | 'undo' }>();
  #deletions = new Map<string, Backup>();
  readonly guardians: DemoProtection;
  #leaving = new Map<string, LeavePlan>();
  #prunes = new Map<string, PruneReport>();
  #updates = new Map<string, UpdatePlan>();
  #next = 1;

  constructor(options: Partial<DemoOptions> = {}) {
    this.options = {
      world: 'harbour',
      now: Date.now(),
      callMs: 0,
      tickMs: 0,
      ticks: 3,
      language: 'system',
      keepLanguage: () => undefined,
      welcomed: true,
      held: [],
      dropped: [],
      ...options,
    };
    this.#preferences.preferences.language = this.options.language;
    this.#jobs = new DemoJobs(this.options);
    this.#world = buildWorld(this.options.world, this.options.now);
    this.guardians = new DemoProtection(this.options.world);
    this.#preferences.preferences.welcomed = this.options.welcomed;
  }

  async #answer<T>(value: T): Promise<T> {
    await new Promise((done) => setTimeout(done, this.options.callMs));
    return structuredClone(value);
  }

  #engine(): void {
    const code = BLOCKED[this.options.world];
    if (code) {
      throw fault(
        code,
        'The engine at unix:///var/run/docker.sock could not be used.',
        'Mend it as described, then try again.',
        'connect unix:///var/run/docker.sock: no such file or connection refused',
      );
    }
  }

  #app(name: string): App {
    const app = this.#world.apps.find((one) => one.name === name);
    if (app) return app;
    throw fault('app-not-found', `There is no application called ${name}.`, 'Refresh the list.');
  }

  #backup(app: string, id: string): Backup {
    const found = this.#world.backups.get(app)?.find((one) => one.id === id);
    if (found) return found;
    throw fault('backup-not-found', 'That backup is not in the vault.', 'Refresh the list.');
  }

  async listApps() {
    await this.#answer(null);
    this.#engine();
    if (this.options.world === 'slow') await new Promise((done) => setTimeout(done, 60_000));
    const apps = this.#world.apps.map((app) => ({
      ...app,
      protection:
        app.databases.length > 0 && !app.vault_problem ? this.guardians.summary(app.name) : null,
    }));
    return this.#answer({ engine: ENGINE, apps, findings: [] });
  }

  async pingEngine() {
    this.#engine();
  }

  async cachedApps() {
    if (this.options.world !== 'stopped') return null;
    return { engine: ENGINE, apps: buildWorld('harbour', this.options.now).apps, findings: [] };
  }

  async databaseHealth(app: string) {
    const health = this.#world.health.get(app);
    if (!health) throw fault('app-not-found', 'No such application.', 'Refresh the list.');
    if (this.options.world === 'failing') {
      throw fault(
        'database-locked',
        'The database stayed locked for 10 seconds.',
        'Try again when it is less busy.',
      );
    }
    const held = this.#world.backups.get(app)?.length ?? 0;
    return this.#answer({ ...health, backup_count: held });
  }

  async listBackups(app: string) {
    this.#app(app);
    const backups = this.#world.backups.get(app) ?? [];
    return this.#answer({
      app,
      backups,
      unreadable: [] as [string, string][],
      used_bytes: backups.reduce((sum, one) => sum + one.stored_bytes, 0),
      free_bytes: 84 * 1024 ** 3,
    });
  }

  async showBackup(app: string, backup: string) {
    return this.#answer(this.#backup(app, backup));
  }

  async compareBackups(app: string, id: string, other: string) {
    const [then, now] = [this.#backup(app, id), this.#backup(app, other)];
    const rowsOf = (backup: Backup, key: string) =>
      backup.databases
        .flatMap((db) =>
          db.tables.map((one) => [`${db.volume}:${db.path}:${one.name}`, one.rows] as const),
        )
        .find(([name]) => name === key)?.[1] ?? null;
    const tables = then.databases.flatMap((db) =>
      db.tables.map((table) => ({
        volume: db.volume,
        path: db.path,
        name: table.name,
        rows_now: rowsOf(now, `${db.volume}:${db.path}:${table.name}`),
        rows_in_backup: table.rows,
      })),
    );
    return this.#answer({
      app,
      backup_id: id,
      backup_at: then.created_at,
      with: { id: other, at: now.created_at },
      releases_then: then.releases,
      releases_now: now.releases,
      tables,
      schema_changes: [],
      same: tables.every((one) => one.rows_now === one.rows_in_backup),
    });
  }

  async compareBackup(app: string, id: string) {
    const backup = this.#backup(app, id);
    const health = this.#world.health.get(app);
    const live = new Map(
      (health?.databases ?? []).flatMap((db) =>
        db.tables.map((table) => [`${db.volume}:${db.path}:${table.name}`, table.rows] as const),
      ),
    );
    await new Promise((done) => setTimeout(done, this.options.callMs * 4));
    const tables = backup.databases.flatMap((db) =>
      db.tables.map((table) => ({
        volume: db.volume,
        path: db.path,
        name: table.name,
        rows_now: live.get(`${db.volume}:${db.path}:${table.name}`) ?? null,
        rows_in_backup: table.rows,
      })),
    );
    return this.#answer({
      app,
      backup_id: id,
      backup_at: backup.created_at,
      releases_then: backup.releases,
      releases_now: this.#app(app).services.map((one) => ({
        service: one.name,
        image: one.image,
        image_id: 'sha256:0',
      })),
      tables,
      schema_changes: [],
      same: tables.every((one) => one.rows_now === one.rows_in_backup),
    });
  }

  async createBackup(app: string, options: { note: string | null }) {
    return this.#start('backup', app, () => this.#taken(app, 'manual', options.note));
  }

  #taken(app: string, trigger: Backup['trigger'], note: string | null): Backup {
    const found = this.#app(app);
    const health = this.#world.health.get(app);
    const made = buildBackup(
      {
        name: app,
        services: found.services.map((one) => [one.name, one.image]),
        databases: (health?.databases ?? []).map((db) => [
          db.volume,
          db.path,
          db.size_bytes,
          db.tables,
        ]),
      },
      { agoMs: this.options.now - Date.now(), trigger, ...(note ? { note } : {}) },
      this.options.now,
      seeded(this.#next * 977),
    );
    this.#put(made);
    return made;
  }

  #put(backup: Backup): void {
    const all = [backup, ...(this.#world.backups.get(backup.app) ?? [])];
    this.#world.backups.set(backup.app, all);
    const app = this.#app(backup.app);
    app.vault = {
      volume: `lifeboat-${app.name}`,
      free_bytes: 84 * 1024 ** 3,
      unfinished: false,
      undo: app.vault?.undo ?? null,
      backup_count: all.length,
      last_backup_at: backup.created_at,
      last_verdict: backup.verification.verdict,
      used_bytes: all.reduce((sum, one) => sum + one.stored_bytes, 0),
    };
  }

  async verifyBackup(app: string, id: string) {
    const backup = this.#backup(app, id);
    return this.#start('verify', app, () => {
      backup.verification = {
        ...backup.verification,
        verdict: 'sound',
        reason: null,
        at: new Date().toISOString(),
        restore_ms: 900,
      };
      const summary = this.#app(app).vault;
      if (summary && this.#world.backups.get(app)?.[0] === backup) summary.last_verdict = 'sound';
      return backup;
    });
  }

  async planDownload(app: string, id: string, form: { as: string }) {
    const name = this.#backup(app, id).file_name;
    return this.#answer({
      suggested_name: form.as === 'archive' ? name : name.replace(/\.tar.*/, '.db'),
    });
  }

  async downloadBackup(app: string, id: string, _form: unknown, to: string) {
    const backup = this.#backup(app, id);
    return this.#start('download', app, () => ({
      path: to,
      companions: [`${to}.sha256`, `${to}.json`],
      size_bytes: backup.stored_bytes,
      sha256: backup.sha256,
    }));
  }

  async chooseSavePath(suggestedName: string) {
    return this.#answer<string | null>(`/media/anna/BACKUP/${suggestedName}`);
  }

  async chooseOpenPath() {
    return this.#answer<string | null>('/media/anna/BACKUP/bookshelf.tar.gz');
  }

  async chooseFolder() {
    return this.#answer<string | null>('/media/anna/BACKUP');
  }

  async importBackup(file: string, app: string | null) {
    this.imported.push({ file, app });
    const name = app ?? this.#world.apps[0]?.name ?? '';
    return this.#start('import', name, () => {
      const [newest] = this.#world.backups.get(name) ?? [];
      if (!newest) return null;
      const made: Backup = {
        ...structuredClone(newest),
        id: `import-${this.#next++}`,
        trigger: 'import',
        created_at: new Date().toISOString(),
      };
      this.#put(made);
      return made;
    });
  }

  #plan(app: App, backup: Backup, selection: RestoreSelection, isUndo: boolean) {
    const token = `plan-${this.#next++}`;
    const plan: RestorePlan = {
      app: app.name,
      backup,
      selection,
      databases: backup.databases.map((one) => ({ volume: one.volume, path: one.path })),
      containers: app.services.map((one) => one.container),
      volumes_to_create: app.kind === 'vault-only' ? [`${app.name}_data`] : [],
      steps: RESTORE_STEPS,
      warnings:
        backup.verification.verdict === 'sound'
          ? []
          : [
              {
                code: 'not-proven',
                message:
                  'This backup is not proven to restore. It is checked before anything is touched.',
              },
            ],
      releases: isUndo && app.vault?.undo?.startsWith('the update') ? this.#changes(app) : [],
      is_undo: isUndo,
    };
    this.#plans.set(token, { plan, kind: isUndo ? 'undo' : 'restore' });
    return this.#answer({ token, plan });
  }

  async planRestore(app: string, id: string, selection: RestoreSelection) {
    return this.#plan(this.#app(app), this.#backup(app, id), selection, false);
  }

  async planUndo(app: string) {
    const found = this.#app(app);
    const kept = this.#world.backups
      .get(app)
      ?.find((one) => one.trigger === 'pre-restore' || one.trigger === 'pre-update');
    if (!found.vault?.undo || !kept) {
      throw fault(
        'nothing-to-undo',
        'There is no restore that could be undone.',
        'Choose a backup to restore instead.',
      );
    }
    return this.#plan(found, kept, { select: 'everything' }, true);
  }

  restoreBackup = (token: string, typedName: string) => this.#run(token, typedName);
  undoRestore = (token: string, typedName: string) => this.#run(token, typedName);

  async #run(token: string, typedName: string) {
    const planned = this.#plans.get(token);
    if (!planned || planned.plan.app !== typedName) {
      throw fault(
        'confirmation-needed',
        'The name does not fit.',
        'Type the name of the application.',
      );
    }
    this.#plans.delete(token);
    const { plan, kind } = planned;
    return this.#start(kind, plan.app, () => {
      const kept: Backup = {
        ...structuredClone(plan.backup),
        id: `kept-${this.#next++}`,
        trigger: 'pre-restore',
        created_at: new Date().toISOString(),
        file_name: plan.backup.file_name.replace(/-[a-z-]+(\.tar.*)$/, '-pre-restore$1'),
      };
      this.#put(kept);
      const app = this.#app(plan.app);
      if (app.vault)
        app.vault.undo =
          kind === 'restore'
            ? `the restore of ${plan.backup.id}: back to what was there before, kept as ${kept.id}`
            : null;
      this.#enter(plan.app, { operation: kind, target: plan.backup.id });
      return {
        app: plan.app,
        backup_id: plan.backup.id,
        safety_backup: kept,
        downtime_ms: 2_140,
        application: 'healthy',
        findings: [],
      };
    });
  }

  #changes(app: App) {
    return app.services.map((one) => ({
      service: one.name,
      from: `${one.image} (${one.image_id.slice(7, 19)})`,
      to: `${one.image} (${imageId(`${one.image} before`).slice(7, 19)})`,
    }));
  }

  async planUpdate(name: string, options: UpdateOptions) {
    const token = `update-${this.#next++}`;
    const plan = updatePlan(this.#app(name), this.#world.health.get(name), options);
    this.#updates.set(token, plan);
    return this.#answer({ token, plan });
  }

  async update(token: string) {
    const plan = this.#updates.get(token);
    if (!plan) throw fault('confirmation-needed', 'This was not confirmed.', 'Look at it again.');
    this.#updates.delete(token);
    const outcome = outcomeOf(plan.app);
    const finish = () => this.#updated(this.#app(plan.app), outcome);
    return this.#start('update', plan.app, finish, walkOf(outcome));
  }

  #updated(app: App, outcome: UpdateOutcome): UpdateReport {
    const [newest] = this.#world.backups.get(app.name) ?? [];
    const report = updateReport(app, outcome, (trigger) => this.#copy(newest, trigger)?.id ?? null);
    const entry = { operation: 'update', target: `${report.from} → ${report.to}` };
    if (outcome === 'updated') {
      const { image } = app.services[0] ?? { image: '' };
      for (const service of app.services) service.image_id = imageId(`${image} new`);
      if (app.vault)
        app.vault.undo = `the update to ${report.to}: back to what was there before, kept as ${report.rollback_point}`;
      this.#enter(app.name, entry);
    } else if (outcome === 'rolled-back') {
      const reason = `The update of ${app.name} was rolled back: ${report.reason}.`;
      this.#enter(app.name, { ...entry, outcome, reason });
    }
    return report;
  }

  #enter(app: string, seed: Omit<AuditSeed, 'at'>): void {
    const log = this.#world.audit.get(app) ?? [];
    enter(log, { ...seed, at: new Date().toISOString() });
    this.#world.audit.set(app, log);
  }

  #copy(backup: Backup | undefined, trigger: Backup['trigger']): Backup | null {
    if (!backup) return null;
    const made: Backup = {
      ...structuredClone(backup),
      id: `${trigger}-${this.#next++}`,
      trigger,
      created_at: new Date().toISOString(),
    };
    this.#put(made);
    return made;
  }

  async planDelete(app: string, id: string) {
    const backup = this.#backup(app, id);
    if (backup.pinned) throw fault('pinned', 'A pinned backup is not deleted.', 'Unpin it first.');
    const token = `delete-${this.#next++}`;
    this.#deletions.set(token, backup);
    return this.#answer({ token, backup });
  }

  async deleteBackup(token: string) {
    const backup = this.#deletions.get(token);
    if (!backup) throw fault('confirmation-needed', 'This was not confirmed.', 'Try again.');
    const left = (this.#world.backups.get(backup.app) ?? []).filter((one) => one.id !== backup.id);
    this.#world.backups.set(backup.app, left);
    const summary = this.#app(backup.app).vault;
    if (summary) {
      summary.backup_count = left.length;
      summary.last_backup_at = left[0]?.created_at ?? null;
      summary.last_verdict = left[0]?.verification.verdict ?? null;
    }
    return this.#answer(backup);
  }

  async startDemo() {
    const isNew = addGuestBook(this.#world, Date.now());
    const app = 'lifeboat-demo';
    return this.#answer({ app, address: 'http://127.0.0.1:8737', is_new: isNew, release: null });
  }

  async planLeave(app: string) {
    const found = this.#app(app);
    const backups = this.#world.backups.get(app) ?? [];
    const token = `leave-${this.#next++}`;
    const plan: LeavePlan = {
      app: found.name,
      vault_volume: found.vault?.volume ?? null,
      backup_count: backups.length,
      used_bytes: backups.reduce((sum, one) => sum + one.stored_bytes, 0),
      last_backup: backups[0] ?? null,
      containers: [
        ...(found.vault ? [`lifeboat-keeper-${app}`] : []),
        ...(found.is_demo ? [app] : []),
      ],
      images: found.is_demo ? ['lifeboat-demo:0.1.0'] : [],
      demo_volume: found.is_demo ? `${app}-data` : null,
    };
    this.#leaving.set(token, plan);
    return this.#answer({ token, plan });
  }

  async leaveApp(token: string, typedName: string, copiesTo: string | null) {
    const plan = this.#leaving.get(token);
    if (!plan || plan.app !== typedName) {
      throw fault(
        'confirmation-needed',
        'The name does not fit.',
        'Type the name of the application.',
      );
    }
    this.#leaving.delete(token);
    return this.#start('leave', plan.app, () => {
      const gone = this.#world.backups.get(plan.app) ?? [];
      this.#world.backups.delete(plan.app);
      this.#app(plan.app).vault = null;
      if (plan.demo_volume) {
        this.#world.apps = this.#world.apps.filter((one) => one.name !== plan.app);
      }
      const copies = copiesTo === null ? [] : gone;
      return {
        left: plan,
        copies: copies.map((one) => ({
          path: `${copiesTo}/${one.file_name}`,
          companions: [],
          size_bytes: one.stored_bytes,
          sha256: one.sha256,
        })),
      };
    });
  }

  async setPinned(app: string, id: string, pinned: boolean) {
    const backup = this.#backup(app, id);
    backup.pinned = pinned;
    return this.#answer(backup);
  }

  #backupsOf = (app: string) => this.#world.backups.get(this.#app(app).name) ?? [];

  async protection(app: string) {
    return this.#answer(this.guardians.look(app, this.#backupsOf(app), Date.now()));
  }

  async guardOn(app: string) {
    await this.#answer(null);
    this.guardians.set(app, 'waiting', 'Backups are taken by themselves.');
    this.#taken(app, 'start-up', null);
    return this.protection(app);
  }

  async guardOff(app: string) {
    await this.#answer(null);
    this.guardians.off(app);
    return this.protection(app);
  }

  /** Refuses what the settings do not allow, as the real one does. */
  async #allowed<T>(work: () => T): Promise<T> {
    try {
      return await this.#answer(work());
    } catch (thrown) {
      if (!(thrown instanceof NotAllowed)) throw thrown;
      throw fault(
        'invalid-input',
        `${thrown.key} cannot be “${thrown.value}”. What was in force stays in force.`,
        `Allowed is ${thrown.allowed}.`,
      );
    }
  }

  settings = (app: string) => this.#allowed(() => this.guardians.settings(this.#app(app).name));

  changeSettings = (app: string, changes: SettingChange[]) =>
    this.#allowed(() => this.guardians.change(app, changes));

  async planPrune(app: string, changes: SettingChange[]) {
    const backups = this.#backupsOf(app);
    if (backups.length === 0)
      throw fault('backup-not-found', 'There is no backup.', 'Take one first.');
    const plan = await this.#allowed(() => this.guardians.plan(app, backups, changes));
    const token = changes.length === 0 ? `prune-${this.#next++}` : null;
    if (token !== null) this.#prunes.set(token, plan);
    return { token, plan };
  }

  async prune(token: string) {
    const plan = this.#prunes.get(token);
    if (!plan) throw fault('confirmation-needed', 'This was not confirmed.', 'Look at it again.');
    this.#prunes.delete(token);
    const removed = plan.decisions.filter((one) => one.goes).map((one) => one.id);
    const left = this.#backupsOf(plan.app).filter((one) => !removed.includes(one.id));
    this.#world.backups.set(plan.app, left);
    return this.#answer({ ...plan, dry_run: false, removed });
  }

  async readAudit(app: string, verify: boolean) {
    if (this.options.world === 'failing') {
      throw fault('engine-failed', 'The audit log could not be read.', 'Look again in a moment.');
    }
    return this.#answer({
      app,
      entries: this.#world.audit.get(app) ?? [],
      chain: verify ? { intact: true, broken_at: null, problem: null, torn_end: false } : null,
    });
  }

  async runDoctor(): Promise<DoctorReport> {
    const blocked = BLOCKED[this.options.world];
    const engine = blocked
      ? {
          status: 'failed',
          message: 'No engine answers at unix:///var/run/docker.sock.',
          advice: 'Start the engine.',
          command: 'sudo systemctl start docker',
        }
      : {
          status: 'ok',
          message: 'harbour answers, version 29.0.1, API 1.52.',
          advice: null,
          command: null,
        };
    return this.#answer({
      version: '0.1.0',
      checks: [
        { id: 'engine', title: 'Container engine', ...engine },
        {
          id: 'helper',
          title: 'Helper',
          status: 'ok',
          message: 'There is a helper for x86_64.',
          advice: null,
          command: null,
        },
        {
          id: 'space',
          title: 'Room on the engine’s disk',
          status: 'ok',
          message: '84 GiB are free.',
          advice: null,
          command: null,
        },
        {
          id: 'leftovers',
          title: 'Leftovers of killed runs',
          status: 'warning',
          message: 'One stopped helper container was found.',
          advice: 'It is removed at the next backup.',
          command: null,
        },
      ],
      log_directory: '/home/anna/.local/state/lifeboat',
      other_engines: blocked ? ['unix:///run/user/1000/podman/podman.sock'] : [],
    });
  }

  async recover(app: string | null) {
    return this.#start('recover', app ?? '', () => {
      const found = this.#world.apps.find((one) => one.name === app);
      if (found?.vault) found.vault.unfinished = false;
      return {
        recovered: [
          {
            app,
            operation: 'restore',
            ending: 'old',
            message: 'The data from before the restore is there again.',
          },
        ],
      };
    });
  }

  async listJobs() {
    return this.#answer(this.#jobs.views);
  }

  async watchJob(id: string, listener: JobListener) {
    this.#jobs.watch(id, listener);
  }

  async jobResult(id: string) {
    return this.#jobs.result(id);
  }

  async cancelJob(id: string) {
    this.#jobs.cancel(id);
  }

  async revealPath(path: string) {
    this.opened.push(path);
  }

  async openLogFolder() {
    this.opened.push('log');
  }

  async preferences() {
    return structuredClone(this.#preferences);
  }

  async setPreferences(preferences: Preferences, startAtLogin: boolean) {
    if (this.options.world === 'failing')
      throw fault('internal', 'The preferences could not be kept.', 'Do it by hand.');
    this.#preferences = { ...this.#preferences, preferences, start_at_login: startAtLogin };
    this.options.keepLanguage(preferences.language);
    return structuredClone(this.#preferences);
  }

  async closeWindow() {
    this.opened.push('closed');
  }

  async watchDrops(listener: DropListener) {
    this.#dropListener = listener;
    if (this.options.held.length > 0) listener({ event: 'hovering', names: this.options.held });
    const files = this.options.dropped.map((name) => ({
      path: `/media/anna/BACKUP/${name}`,
      name,
    }));
    if (files.length > 0) setTimeout(() => listener({ event: 'dropped', files, refused: [] }), 500);
  }

  /** Nobody drags anything here: tests say what happens. */
  drag(event: DropEvent): void {
    this.#dropListener?.(event);
  }

  async #start(kind: JobKind, app: string, finish: () => unknown, walk?: Step[]): Promise<string> {
    await this.#answer(null);
    const id = `job-${this.#next++}`;
    this.#jobs.start(id, kind, app, finish, walk);
    return id;
  }
}
