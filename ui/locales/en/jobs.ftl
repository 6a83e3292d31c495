# Jobs: titles, steps, what cancelling leaves, endings.

jobs-title-backup = Backing up { $app }
jobs-title-verify = Proving a backup of { $app }
jobs-title-download = Saving a backup of { $app }
jobs-title-import = Importing a backup for { $app }
jobs-title-import-any = Importing a backup
jobs-title-restore = Restoring { $app }
jobs-title-undo = Undoing the last change of { $app }
jobs-title-update = Updating { $app }
jobs-title-leave = Ending the protection of { $app }
jobs-title-recover = Finishing what was interrupted in { $app }
jobs-title-recover-any = Finishing what was interrupted

## A job that runs.

jobs-region = Jobs
jobs-stopping = Stopping…
jobs-waiting = Getting ready…
jobs-steps = Steps
jobs-notes = Notes
jobs-show-steps = Show steps
jobs-hide-steps = Hide steps
jobs-cancel = Cancel
jobs-dismiss = Dismiss
jobs-reveal = Show in folder
jobs-undo = Undo
jobs-show = Show
jobs-cannot-cancel = This step cannot be cancelled; it is short.
jobs-progress-of = Progress: { $title }
jobs-step-of = Step { $number } of { $all }
jobs-step-spoken = { $title }: step { $number } of { $all }, { $step }
jobs-bytes = { $done } of { $total }
jobs-rate = { $size }/s
jobs-left = about { $time } left

## Cancelling: the question, the answer, and what it leaves behind.

jobs-cancel-no = Keep going
jobs-cancel-title-backup = Cancel this backup?
jobs-cancel-title-verify = Cancel this check?
jobs-cancel-title-download = Cancel this download?
jobs-cancel-title-import = Cancel this import?
jobs-cancel-title-restore = Cancel this restore?
jobs-cancel-title-undo = Cancel this undo?
jobs-cancel-title-update = Cancel this update?
jobs-cancel-title-recover = Cancel this recovery?
jobs-cancel-title-leave = Cancel this removal?
jobs-cancel-yes-backup = Cancel the backup
jobs-cancel-yes-verify = Cancel the check
jobs-cancel-yes-download = Cancel the download
jobs-cancel-yes-import = Cancel the import
jobs-cancel-yes-restore = Cancel the restore
jobs-cancel-yes-undo = Cancel the undo
jobs-cancel-yes-update = Cancel the update
jobs-cancel-yes-recover = Cancel the recovery
jobs-cancel-yes-leave = Cancel the removal
jobs-cancel-leaves-backup = The half-made backup is removed. The application and all earlier backups stay as they are.
jobs-cancel-leaves-verify = The backup stays as it is and keeps the verdict it had.
jobs-cancel-leaves-download = The half-written file is removed. The backup itself stays where it is.
jobs-cancel-leaves-import = The half-taken file is removed from the vault. Your own file is not touched.
jobs-cancel-leaves-restore = Everything is put back as it was before, and the application is started again.
jobs-cancel-leaves-undo = Everything stays as it is now, and the application is started again.
jobs-cancel-leaves-update = The application was not stopped, and goes on with the release that runs. A finished backup stays.
jobs-cancel-leaves-recover = What was interrupted stays unfinished, and can be finished later.
jobs-cancel-leaves-leave = Nothing is removed: the vault stays with all its backups. Finished copies stay as well.

## How a job ended.

jobs-done-backup = Backed up.
jobs-done-backup-sound = Backed up, proven to restore.
jobs-done-backup-not-checked = Backed up, not proven yet.
jobs-done-backup-not-checkable = Backed up, but it cannot be checked.
jobs-done-backup-damaged = Backed up, but the check found damage.
jobs-done-verify = Checked.
jobs-done-verify-sound = Checked: proven to restore.
jobs-done-verify-not-checked = Checked: not proven yet.
jobs-done-verify-not-checkable = Checked: but it cannot be checked.
jobs-done-verify-damaged = Checked: but the check found damage.
jobs-done-download = Saved and verified: the copy was read back and is identical.
jobs-done-import = Imported.
jobs-done-restore = Restored.
jobs-done-undo = Undone: what was there before is back.
jobs-done-update = The update came to its end.
jobs-done-recover = Finished.
jobs-done-leave = Lifeboat’s vault is removed. The application was not touched.
jobs-rotated = { $number ->
    [one] { $number } older backup removed: the newest { $kept } are kept, and no other rule keeps it.
   *[other] { $number } older backups removed: the newest { $kept } are kept, and no other rule keeps them.
}
# The reason follows.
jobs-not-rotated = No older backup is removed at present:
jobs-cancelled = Cancelled. Nothing is half-made.
jobs-unprotected = { $backups ->
    [one] The vault is removed with { $backups } backup. The application was not touched.
   *[other] The vault is removed with { $backups } backups. The application was not touched.
}
jobs-unprotected-copied = The vault is removed with { $backups ->
    [one] { $backups } backup
   *[other] { $backups } backups
}, { $copies ->
    [one] { $copies } copy
   *[other] { $copies } copies
} saved and compared. The application was not touched.
jobs-nothing-unfinished = Nothing was unfinished.
jobs-ended-as = { $title }: { $text }
jobs-ended-failed = { $title } failed: { $why }
jobs-ended-done = { $title }: done.
jobs-ended-cancelled = { $title }: cancelled.
