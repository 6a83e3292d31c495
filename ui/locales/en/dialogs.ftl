# The system's own dialogs, and what is asked when the window is closed. Read by the program itself.

dialogs-save-file = Save File
dialogs-open-file = Open File
dialogs-choose-folder = Choose Folder
dialogs-importable = Backups and databases
dialogs-keep-title = Keep Lifeboat running?
dialogs-keep-text =
    In the tray it goes on watching: it backs up an application that was started, and tells you when something is wrong. Scheduled backups are taken in any case.

    This can be changed in the preferences.
dialogs-keep = Keep running
dialogs-quit = Quit
dialogs-cancel = Cancel
dialogs-close-title = Close Lifeboat?
dialogs-close-text = “{ $work }” is not finished. Closing Lifeboat cancels it.
dialogs-close = Cancel it and close
dialogs-close-not = Keep open
dialogs-work-backup = Back up { $app }
dialogs-work-verify = Verify a backup of { $app }
dialogs-work-download = Download a backup of { $app }
dialogs-work-import = Import { $file }
dialogs-work-restore = Restore { $app }
dialogs-work-undo-restore = Undo the last restore of { $app }
dialogs-work-undo-update = Undo the last update of { $app }
dialogs-work-update = Update { $app }
dialogs-work-leave = Stop protecting { $app }
dialogs-work-recover = Recover
dialogs-work-recover-app = Recover { $app }

## The menu above all windows, where the system has one.

dialogs-menu-about = About Lifeboat
dialogs-menu-preferences = Preferences…
dialogs-menu-edit = Edit
dialogs-menu-view = View
dialogs-menu-overview = Overview
dialogs-menu-check-up = Check-up
dialogs-menu-window = Window
