# Words that belong to no topic.

product = Lifeboat
main = Main
applications = Applications
overview = Overview
check-up = Check-up
preferences = Preferences
skip = Skip to content
loading = Loading…
cancel = Cancel
close = Close
copy = Copy
copied = Copied.
copy-report = Copy report
details = Details
dismiss = Dismiss
refresh = Refresh
shortcuts = Keyboard shortcuts
type-name = To go on, type the application’s name: { $app }
copy-command = Copy the command { $command }
step-done = (done)
step-now = (now)
step-failed = (failed here)
number-of-backups = { $number ->
    [one] { $number } backup
   *[other] { $number } backups
}
number-of-databases = { $number ->
    [one] { $number } database
   *[other] { $number } databases
}
number-of-applications = { $number ->
    [one] { $number } application
   *[other] { $number } applications
}
number-of-files = { $number ->
    [one] { $number } file
   *[other] { $number } files
}

## The keys of a keyboard, as they are written on it.

key-control = Ctrl
key-shift = Shift
key-alt = Alt
key-space = Space
key-delete = Del
key-escape = Esc

## The shortcut sheet.

shortcut-back-up = Back up the application that is shown
shortcut-look-again = Look again
shortcut-import = Import a backup
shortcut-select = Select a backup in the list
shortcut-select-several = Select several backups
shortcut-select-all = Select all backups that are shown
shortcut-delete = Delete the selected backups
shortcut-back = Go back
shortcut-preferences = Preferences
shortcut-close-window = Close the window
shortcut-close-dialog = Close a dialog
shortcut-sheet = Show this list

## Why a backup was taken.

trigger-manual = By hand
trigger-scheduled = Scheduled
trigger-start-up = At start-up
trigger-pre-update = Before an update
trigger-pre-restore = Before a restore
trigger-import = Imported

## How a database keeps its changes until they are in it.

journal-wal = write-ahead log
journal-rollback = rollback journal
journal-unknown = unknown

## A backup's verdict as a badge.

proof-sound = Proven
proof-sound-hint = Restored to scratch and checked: it can be restored.
proof-not-checked = Not proven
proof-not-checked-hint = Nobody has checked it yet.
proof-not-checkable = Cannot be checked
proof-not-checkable-hint = It holds something that cannot be checked.
proof-damaged = Damaged
proof-damaged-hint = The check found damage.

## A live database's verdict.

soundness-sound = Sound
soundness-not-checked = Not checked
soundness-not-checkable = Cannot be checked
soundness-damaged = Damaged
