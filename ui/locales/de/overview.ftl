# Die Übersicht.

overview-looking = Die Engine wird durchgesehen …
overview-looking-more = Die Volumes aller Container werden nach SQLite-Datenbanken durchsucht.
overview-remembered = So sah es beim letzten Mal aus. Es wird neu nachgesehen …
overview-others = { $number } ohne SQLite-Datenbank
overview-others-why = In ihren Volumes sieht nichts nach einer SQLite-Datenbank aus; zu schützen gibt es dort also nichts.
overview-findings = Nicht alles ließ sich durchsehen
overview-back-up = Jetzt sichern
overview-import = Importieren …
overview-restore = Wiederherstellen
overview-recover = Abschließen
overview-look-again = Neu nachsehen
overview-held = { $number ->
    [0] keine Sicherung
    [one] { $number } Sicherung
   *[other] { $number } Sicherungen
}
overview-held-unknown = Sicherungen unbekannt
overview-update = Sicheres Update
overview-next = nächste Sicherung { $when }
overview-next-due = nächste Sicherung jetzt fällig
overview-unprotected = Noch gibt es nichts zu schützen
overview-unprotected-more = Kein Container auf dieser Engine hat eine SQLite-Datenbank in einem Volume oder Bind-Mount. Zuerst die Anwendung starten, dann neu nachsehen.

## Der Zustand einer Anwendung, und was in ihr nicht gesund ist.

overview-state-running = Läuft
overview-state-partial = Läuft teilweise
overview-state-paused = Pausiert
overview-state-stopped = Gestoppt
overview-state-gone = Nicht auf dieser Engine
overview-state-unhealthy = { $state }, nicht gesund: { $services }
