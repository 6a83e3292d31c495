# The icon in the tray and its menu. Read by the program itself.

tray-looking = Looking at the engine…
tray-open = Open Lifeboat
tray-quit = Quit Lifeboat
tray-back-up = Back up now
tray-open-app = Open
tray-app-protected = { $app } – protected
tray-app-unprotected = { $app } – unprotected
tray-app-at-risk = { $app } – at risk
tray-app-needs-attention = { $app } – needs attention
tray-none = No application with a SQLite database
tray-needs-attention = { $number ->
    [one] { $app } needs attention
   *[other] { $number } applications need attention
}
tray-at-risk = { $number ->
    [one] { $app } is at risk
   *[other] { $number } applications are at risk
}
tray-unprotected = { $number ->
    [one] { $app } is unprotected
   *[other] { $number } applications are unprotected
}
tray-protected = { $number ->
    [one] { $app } is protected
   *[other] All { $number } applications are protected
}
tray-next-now = Next backup: now
tray-next-today = Next backup: today, { $time }
tray-next-tomorrow = Next backup: tomorrow, { $time }
tray-next-later = Next backup: { $year }-{ $month }-{ $day }, { $time }
