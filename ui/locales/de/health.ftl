# Die Karte zum Zustand und die Seite der Datenbanken.

health = Zustand
health-check = Neu prüfen
health-deep = Alle Seiten prüfen
health-checking = Die Datenbank wird geprüft. Die Anwendung läuft dabei weiter …
health-size = Datenbankgröße
health-tables = Tabellen
health-rows = Zeilen
health-backups = Sicherungen
health-checked = geprüft
health-now = jetzt
health-number-of-rows = { $number ->
    [one] { $number } Zeile
   *[other] { $number } Zeilen
}
health-findings = Hinweise
health-no-growth = Das Wachstum zeigt sich nach der nächsten Sicherung oder Prüfung.
health-growth-spoken = Größe im Lauf der Zeit: { $first-size } am { $first-time }, { $last-size } am { $last-time }

## Datenbanken und ihre Tabellen.

health-no-database = In dieser Anwendung wurde keine Datenbank gefunden.
health-tables-of = Tabellen von { $name }
health-table = Tabelle
health-not-counted = nicht gezählt
health-page-size = Seitengröße
health-write-ahead-log = Write-Ahead-Log
health-no-tables = Keine Tabellen.
health-number-of-tables = { $number ->
    [one] { $number } Tabelle
   *[other] { $number } Tabellen
}
