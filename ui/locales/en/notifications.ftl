# What the desktop shows in passing. Read by the program itself.

notifications-open = Open
notifications-well-again = { $app }: well again
notifications-guardian = { $app }: no backups are taken
notifications-backup-failed = { $app }: a backup failed
notifications-overdue = { $app }: a backup is overdue
notifications-backup-damaged = { $app }: a backup is damaged
notifications-rolled-back = { $app }: the old state is back
notifications-needs-attention = { $app }: needs attention
notifications-backed-up = { $app } was backed up
notifications-backed-up-sound = The backup was restored on trial, and is sound.
notifications-backed-up-unchecked = The backup could not be checked.
notifications-backed-up-damaged = { $app }: the backup is damaged
notifications-backed-up-damaged-text = Look at its health before anything else.
notifications-not-backed-up = { $app } could not be backed up
notifications-guardian-gone = Its guardian was removed: no backups are taken.
notifications-guardian-silent = Its guardian runs and says nothing: nobody knows whether backups are taken.
notifications-guardian-well = Its guardian is there again and well.
notifications-failed = A backup that was to be taken by itself failed: { $reason }.
notifications-failed-well = Backups by itself are taken again.
notifications-due = A good backup was due at { $time }, and there is none.
notifications-overdue-well = There is a good backup of late again.
notifications-damaged = { $others ->
    [0] The backup { $backup } is damaged: { $reason }.
   *[other] The backup { $backup } is damaged: { $reason }. So are { $others } others.
}
notifications-damaged-well = No backup is damaged any more.
notifications-now-newest = The newest good backup is of { $time }.
notifications-now-none = There is no good backup.
notifications-now-again = It is tried again by itself.
notifications-now-protected = Backups are taken by themselves.
notifications-now-working = A backup is being taken.
notifications-now-old-state = What was before is back in its place.
notifications-now-unfinished = The application may be down; the backups are untouched.
