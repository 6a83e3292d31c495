# Das Symbol im Infobereich und sein Menü. Das Programm selbst liest diese Datei.

tray-looking = Die Engine wird angesehen …
tray-open = Lifeboat öffnen
tray-quit = Lifeboat beenden
tray-back-up = Jetzt sichern
tray-open-app = Öffnen
tray-app-protected = { $app } – geschützt
tray-app-unprotected = { $app } – ungeschützt
tray-app-at-risk = { $app } – gefährdet
tray-app-needs-attention = { $app } – braucht Aufmerksamkeit
tray-none = Keine Anwendung mit einer SQLite-Datenbank
tray-needs-attention = { $number ->
    [one] { $app } braucht Aufmerksamkeit
   *[other] { $number } Anwendungen brauchen Aufmerksamkeit
}
tray-at-risk = { $number ->
    [one] { $app } ist gefährdet
   *[other] { $number } Anwendungen sind gefährdet
}
tray-unprotected = { $number ->
    [one] { $app } ist ungeschützt
   *[other] { $number } Anwendungen sind ungeschützt
}
tray-protected = { $number ->
    [one] { $app } ist geschützt
   *[other] Alle { $number } Anwendungen sind geschützt
}
tray-next-now = Nächste Sicherung: jetzt
tray-next-today = Nächste Sicherung: heute, { $time }
tray-next-tomorrow = Nächste Sicherung: morgen, { $time }
tray-next-later = Nächste Sicherung: { $day }.{ $month }.{ $year }, { $time }
