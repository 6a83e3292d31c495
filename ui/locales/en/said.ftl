# What the core says, by its codes. In English the core is quoted, so nothing of this is shown; it is here for
# those who translate it.

## The steps of jobs.

said-step-back = Go back to the old release and its data
said-step-backup = Back up, and prove it
said-step-capture = Copy the databases
said-step-check = Look at what runs
said-step-collect = Keep what was replaced as a backup
said-step-copy = Copy the backups and compare
said-step-exchange = Exchange the files
said-step-fetch = Get the new release
said-step-finish = Keep the way back
said-step-gate = Wait until it is healthy
said-step-keep = Keep a copy of the quiet databases
said-step-prepare = Look through the volumes
said-step-read-back = Read them back and compare
said-step-receive = Hand the file to the engine
said-step-remove = Remove the vault and what keeps it
said-step-seal = Read the archive back
said-step-import-seal = Read it strictly
said-step-send = Copy the bytes
said-step-settle = Make the present database one file
said-step-stage = Unpack beside the live files
said-step-start = Start the application
said-step-stop = Stop the application
said-step-swap = Put the new release in place
said-step-unpack = Read the archive and unpack its databases
said-step-verify = Prove it by restoring to scratch
said-step-verify-verify = Check the databases

## What to do next after an error. True in every case of its code; nothing but the window is assumed.

said-advice-engine-not-installed = Install an engine, then try again.
said-advice-engine-stopped = Start the engine, then try again.
said-advice-engine-permission = Add your user to the engine’s group, then log out and in again.
said-advice-engine-context = Choose an address or a context that leads to an engine.
said-advice-engine-too-old = Update the engine to Docker 20.10 or newer.
said-advice-engine-windows-containers = Switch Docker Desktop to Linux containers, then try again.
said-advice-engine-failed = Look at the details, then try again.
said-advice-helper-missing = Install the package of Lifeboat that has the helper for this processor.
said-advice-helper-lost = Try again. If it happens again, open the check-up.
said-advice-app-not-found = Look again which applications there are.
said-advice-no-database = Check that the database lies in a volume or a bind mount, not inside the container.
said-advice-backup-not-found = Look again which backups there are.
said-advice-database-not-found = Look again which databases there are.
said-advice-nothing-to-undo = Choose a backup and restore that.
said-advice-busy = Wait a moment, then try again.
said-advice-unfinished = Finish what was interrupted.
said-advice-database-locked = Try again in a moment. If the application keeps its database locked, stop it for the time of the backup.
said-advice-unsupported = It has to be done in another way.
said-advice-no-space = Make room, then try again.
said-advice-damaged = Use another backup that is proven.
said-advice-not-checkable = Only the application itself can tell whether the content is right.
said-advice-import-refused = Check that it is the right file, and that it came over whole.
said-advice-too-new = Use the newest Lifeboat.
said-advice-output-failed = Choose a new file in a folder that has room and may be written.
said-advice-confirmation-needed = Look at the plan again, and confirm it.
said-advice-pinned = Unpin it first, if you mean it.
said-advice-rolled-back = Look at the application’s log.
said-advice-rolled-back-unhealthy = Look at the application’s log. Every backup is still there.
said-advice-needs-attention = Do what the message says. Every backup is still there.
said-advice-permission = Check owner and mode of what the message names, then try again.
said-advice-cancelled = Start it again when you are ready.
said-advice-invalid-input = Look at what was asked for, and change it.
said-advice-internal = Try again. If it happens again, look at the log and report it.

## Findings. Where they are is shown with them.

said-finding-application-gone = The application has no container on this engine any more; its backups are here.
said-finding-changed-while-read = The file changed while its bytes were read: the copy may be torn.
said-finding-dotfile-locks = A lock file of another kind lies beside this database.
said-finding-file-changed = The file changed its size while it was read; it is no database, and its copy may mix two moments.
said-finding-hard-linked = This database has more than one name.
said-finding-hard-links = The database file has several names; SQLite keeps a separate log for each, so it must be used under one name only. A restore makes a file of its own for each name.
said-finding-journal-committed = Its journal belongs to a transaction over several databases that was committed; it was not played back.
said-finding-link-leaves-volume = A link that is named like a database leads out of the volume.
said-finding-log-not-merged = A write-ahead log lies beside it that could not be merged.
said-finding-nested-mount = Something else is mounted there; it was not looked at.
said-finding-not-checked = This backup was never proven; verify it first if there is time.
said-finding-owner-locked-out = The database’s owner may not open it where it lies; it was read with the right to pass by that, and without being opened for writing.
said-finding-single-file = Only this one file is mounted: what a crashed container left in its own log cannot be seen.
said-finding-single-file-mount = This file is mounted by itself: what SQLite keeps beside it lies elsewhere.
said-finding-volume-created = The volume is not there and will be made.
said-finding-wal-large = The write-ahead log is larger than the database itself: the application may never finish a checkpoint.

## Findings whose particulars follow in the core’s words.

said-finding-checkout-newer = The checkout is still newer than what runs.
said-finding-cold-copy-touched = The new release touched the copy of the quiet database.
said-finding-compose-file-edited = The compose files were edited, and that was not applied.
said-finding-compose-file-newer = The compose files still say what was taken back.
said-finding-compose-not-asked = The compose files could not be looked at.
said-finding-container-gone = A container vanished meanwhile.
said-finding-database-damaged = SQLite calls the database damaged; it was read as it is.
said-finding-database-kept = A pattern of what is left out matches this database; it was backed up all the same.
said-finding-database-unread = This database could not be looked at.
said-finding-database-unreadable = SQLite cannot read the database; its bytes were taken as they are.
said-finding-evidence-pending = What the failed release left could not be put away yet.
said-finding-file-skipped = This file is not in the backup.
said-finding-health-probe-silent = The probe did not answer well before the stop, so the application is not judged by it.
said-finding-imported = This backup was imported.
said-finding-kept-as-found = The present database could not be recovered; it is kept as it was found.
said-finding-made-here = This image was made on this machine; there is nothing newer elsewhere.
said-finding-moment-of-its-own = The database is complete as of a moment of its own, not as of that of the others.
said-finding-not-checkable = This backup cannot be checked.
said-finding-not-looked-at = Not everything could be looked at here.
said-finding-not-rotated = The backup is good, but older ones were not rotated.
said-finding-only-in-backup = This database is in the backup only.
said-finding-only-now = This database is not in the backup.
said-finding-other-updater = Something else updates containers by itself.
said-finding-protection-not-known = How the application is protected is not known.
said-finding-release-differs = Another release ran when the backup was taken.
said-finding-rollback-point-pending = The way back could not be kept yet.
said-finding-rows-dropped = A table has far fewer rows than in the last backup.
said-finding-safety-backup-pending = What was replaced could not be kept as a backup yet.
said-finding-schema-differs = The schema is another one.
said-finding-service-without-container = A service of the compose files has no container.
said-finding-table-lost = With the new release a table was lost.
said-finding-table-vanished = A table of the last backup is gone.
said-finding-unhealthy-before = A container is unhealthy already.
said-finding-vault-not-looked-at = This vault could not be looked into.
said-finding-volume-mapped = The data goes to a volume of another name.

## The checks of the check-up.

said-check-engine = Container engine
said-check-helper = Helper
said-check-applications = Applications
said-check-logs = Logs
said-check-unfinished = Unfinished job
# The core’s title follows, which names the application or the vault.
said-check-notices = Notices:
said-check-space = Space:
said-check-advice-applications = Start your application, then look again.
said-check-advice-logs = Check its owner; everything else works without logs.
said-check-advice-notices = Look whether its address is right and its server answers.
said-check-advice-space = Free space on the engine’s disk, or delete old backups.
said-check-advice-unfinished = End it: everything needed for that is in the vault.

## How what was interrupted ended.

said-recovered-restore-old = The restore of { $app } was interrupted and taken back; the data from before is there.
said-recovered-restore-new = The restore of { $app } is finished.
said-recovered-undo-old = The undo of { $app } was interrupted and taken back; the data from before is there.
said-recovered-undo-new = The undo of { $app } is finished.
said-recovered-update-old = The update of { $app } was interrupted and taken back; the data from before is there.
said-recovered-update-new = The update of { $app } is finished.
said-recovered-needs-attention = Somebody has to look at { $app }: the application is not healthy.
