# The first run: the engine, the applications, the schedule, the first backup.

welcome-steps = Steps of the set-up
welcome-step-engine = Engine
welcome-step-applications = Applications
welcome-step-schedule = Schedule
welcome-step-backup = First backup
welcome-step-of = Step { $number } of { $all }: { $title }
welcome-later = Set up later
welcome-leave = Close the set-up
welcome-back = Back
welcome-next = Next
welcome-open = Set up…
welcome-open-hint = Choose applications, a schedule and take a first backup, as at the first start.

## The engine.

welcome-engine-title = Welcome to Lifeboat
welcome-engine-text = In four short steps the databases of your applications are backed up, proven to restore, and looked after from then on. Nothing is switched on before the last step.
welcome-engine-looking = Looking at the engine…
welcome-engine-looking-more = Every container’s volumes are looked through for SQLite databases. This can take a moment.
welcome-engine-found = The engine is found
welcome-engine-name = Name
welcome-engine-version = Version
welcome-engine-endpoint = Address
welcome-engine-origin = given by { $origin }
welcome-engine-other = Another engine is used by choosing a Docker context or setting DOCKER_HOST before Lifeboat is started.

## The applications.

welcome-applications-title = Which applications should be protected?
welcome-applications-text = Found by itself: every container’s volumes and bind mounts were looked through for SQLite databases.
welcome-applications-all = All applications
welcome-applications-sum = { $number ->
    [one] { $number } database, { $size }
   *[other] { $number } databases, { $size }
}
welcome-applications-more = { $number ->
    [one] and { $number } more
   *[other] and { $number } more
}
welcome-applications-protected = Protected already
welcome-applications-choose-one = Choose at least one application to go on, or set it up later.
welcome-applications-none-left = Every application with a database is protected already.
welcome-applications-none = No application with a database runs here
welcome-applications-none-text = No container on this engine has a SQLite database in a volume or bind mount. Start your application, then look again.
welcome-applications-others = { $number ->
    [one] { $number } application has no SQLite database, so there is nothing to protect in it.
   *[other] { $number } applications have no SQLite database, so there is nothing to protect in them.
}

## The schedule.

welcome-schedule-title = When, and how many to keep?
welcome-schedule-text = This suits most applications. It can be changed at any time in the settings of each.
welcome-schedule-interval = A backup every
welcome-schedule-interval-hint = Taken on the engine by a guardian, also while this window is closed.
welcome-schedule-interval-unit = hours
welcome-schedule-keep = Keep the newest
welcome-schedule-keep-hint = Older ones go after a good backup. Pinned and imported ones stay, and so does the newest that is known to be sound.
welcome-schedule-keep-unit = backups
welcome-schedule-start-up = Start-up backup
welcome-schedule-start-up-hint = Also back up when protection or the engine starts.
welcome-schedule-on = On
welcome-schedule-off = Off
welcome-schedule-fault = Allowed is a whole number from { $least } to { $most }.
welcome-schedule-env = What an application’s .env file says stays in force, unless it is changed here.
welcome-schedule-where = Where backups are kept
welcome-schedule-where-text = In a Docker volume for each application, its vault, on the same engine. “docker compose down -v” and “docker volume prune” leave it alone.
welcome-schedule-where-copy = The vault lies on the same disk as the data. Download a backup now and then to keep a copy elsewhere.
welcome-schedule-start = { $number ->
    [one] Protect and back up
   *[other] Protect and back up { $number } applications
}

## The first backup.

welcome-backup-title = Taking the first backup
welcome-backup-text = The applications keep running meanwhile.
welcome-backup-list = First backups
welcome-backup-safe = Your data is safe.
welcome-backup-safe-text = { $number ->
    [one] It is protected, and its first backup is proven to restore. The next ones come by themselves.
   *[other] { $number } applications are protected, and each first backup is proven to restore. The next ones come by themselves.
}
welcome-backup-open = Not everything is safe yet.
welcome-backup-open-text = { $all ->
    [one] There is no first backup that is proven to restore.
   *[other] { $good } of { $all } applications have a first backup that is proven to restore.
}
welcome-backup-waiting = Its turn comes.
welcome-backup-protecting = Protection starts…
welcome-backup-working = The first backup is taken and proven…
welcome-backup-held-up = It has to wait: { $reason }
welcome-backup-progress = Progress of { $app }
welcome-backup-sound = Protected. Backed up, and proven to restore.
welcome-backup-not-checked = Protected. Backed up, and not proven yet.
welcome-backup-not-checkable = Protected. Backed up; it holds something that cannot be checked.
welcome-backup-damaged = At risk: the check of the backup found damage.
welcome-backup-failed = At risk: the first backup failed. { $reason }
welcome-backup-failed-again = It is tried again by itself.
welcome-backup-troubled = At risk: { $reason }
welcome-backup-cancelled = Protected. The first backup was cancelled.
welcome-backup-next = Next backup { $when }
welcome-backup-to-overview = Go to the overview
welcome-backup-goes-on = Backups go on without this page.
