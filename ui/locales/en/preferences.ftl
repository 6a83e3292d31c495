# The preferences of the program.

preferences-title = Preferences
preferences-text = How Lifeboat behaves on this computer. Schedules and rotation are settings of each application.
preferences-on = On
preferences-off = Off
preferences-background = In the background
preferences-watch = Watch applications
preferences-watch-hint = Backs up an application that was started, takes in edited .env files, and notices what is wrong. Switch it off where “lifeboat watch” runs as a service.
preferences-login = Start at login
preferences-login-hint = Begins without a window, and watches.
preferences-notifications = Notifications
preferences-notifications-hint = A backup that failed, is overdue or damaged, a guardian that is gone, and a release that was rolled back.
preferences-notifications-need-watch = Nothing is noticed while applications are not watched.
preferences-scheduled = Scheduled backups are taken by the guardian on the engine, whatever is chosen here.
preferences-closing = Closing the window
preferences-no-tray = This desktop shows no tray, so closing the window ends Lifeboat.
preferences-saved = Kept.
preferences-close-ask = Ask
preferences-close-ask-hint = At the next time.
preferences-close-keep-running = Keep running in the tray
preferences-close-keep-running-hint = The icon there brings the window back.
preferences-close-quit = Quit
preferences-close-quit-hint = Nothing is watched until it is started again.
preferences-language = Language
preferences-language-system = System
preferences-language-system-hint = As the desktop, or English where Lifeboat does not speak its language.

## About the program.

preferences-about = About
preferences-about-product = Product
preferences-about-version = Version
preferences-about-licence = Licence
preferences-about-logs = Open the folder of the logs
