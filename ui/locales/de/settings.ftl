# Die Einstellungen einer Anwendung. Was jede bedeutet und erlaubt, sagt die Tabelle der Einstellungen im Kern.

settings-looking = Die Einstellungen werden gelesen …
settings-intro = Was hier gewählt wird, steht über der .env des Projekts, und diese über der Umgebung des Containers.
settings-on = Ein
settings-off = Aus
settings-allowed = Erlaubt: { $allowed }.
settings-fault = Erlaubt ist { $allowed }.
settings-default = Vorgabe: { $value }.
settings-default-not-set = nicht gesetzt
settings-default-on = ein
settings-default-off = aus
settings-back = Zurück zu .env oder Vorgabe
settings-back-of = { $label }: zurück zu .env oder Vorgabe
settings-taken-back = Was die .env oder die Vorgabe sagt
settings-keep-choice = Meine Wahl behalten
settings-cron-stands = Gilt nicht, solange es einen Cron-Ausdruck gibt.
settings-changes = { $number ->
    [one] { $number } Änderung nicht gespeichert
   *[other] { $number } Änderungen nicht gespeichert
}
settings-save = Speichern
settings-saved = Gespeichert. Sie sind in Kraft.
settings-discard = Verwerfen
settings-refused = { $number ->
    [one] Ein Wert ist nicht erlaubt
   *[other] { $number } Werte sind nicht erlaubt
}
settings-in-force = In Kraft ist { $value }.
settings-in-force-nothing = In Kraft ist kein Wert.
settings-pending = Noch nicht in Kraft
settings-pending-more = Ein Vorgang läuft. Sie treten beim nächsten Nachsehen in Kraft.

## Woher ein Wert kommt.

settings-origin-lifeboat = In Lifeboat gewählt
settings-origin-dot-env = Aus der .env
settings-origin-environment = Aus dem Container
settings-origin-last-good = Letzter gültiger Wert
settings-origin-default = Vorgabe

## Die Gruppen.

settings-group-schedule = Zeitplan
settings-group-keep = Was aufbewahrt wird
settings-group-how = Wie gesichert wird
settings-group-health = Wenn sie wieder startet
settings-group-notices = Wer benachrichtigt wird
settings-group-others = Weitere

## Was hinter dem Feld einer Zahl steht.

settings-unit-hours = Stunden
settings-unit-minutes = Minuten
settings-unit-seconds = Sekunden
settings-unit-days = Tage
settings-unit-weeks = Wochen
settings-unit-months = Monate
settings-unit-backups = Sicherungen
settings-unit-of-each = je Art

## Was erlaubt ist, als Ende eines Satzes.

settings-allowed-whole-number = eine ganze Zahl von { $from } bis { $to }
settings-allowed-time = eine Uhrzeit wie 03:30 oder nichts
settings-allowed-cron = ein Ausdruck aus fünf Feldern (Minute, Stunde, Tag des Monats, Monat, Wochentag) wie 30 3 * * 1-5 oder nichts
settings-allowed-zone = der Name einer Zeitzone wie Europe/Berlin oder UTC
settings-allowed-excludes = eine durch Kommas getrennte Liste von Pfaden in den Volumes wie cache, uploads/thumbs/** oder *.tmp, oder nichts
settings-allowed-probe = eine Adresse wie http://web:3000/health, mehrere durch Leerzeichen getrennt, oder nichts
settings-allowed-webhook = eine Adresse wie https://hooks.example.com/lifeboat ohne Namen und Passwort, oder nichts
settings-allowed-kinds = all (alle), none (keine) oder eine durch Kommas getrennte Auswahl aus guardian, backup-failed, overdue, backup-damaged, rolled-back und needs-attention

## Jede Einstellung: wie sie heißt und was sie tut.

settings-enabled = Automatische Sicherungen
settings-enabled-meaning = Von selbst sichern.
settings-interval = Abstand
settings-interval-meaning = Stunden von einer Sicherung bis zur nächsten.
settings-at = Uhrzeit
settings-at-meaning = Zu dieser Uhrzeit sichern. Ein Abstand von weniger als einem Tag zählt jeden Tag neu ab dieser Uhrzeit; ein längerer wird in ganzen Tagen genommen.
settings-zone = Zeitzone
settings-zone-meaning = Wo die Uhrzeit, der Cron-Ausdruck und die Tage der Aufbewahrungsregeln gezählt werden.
settings-cron = Cron-Ausdruck
settings-cron-meaning = Sichern, wann dieser Cron-Ausdruck es sagt, statt nach Abstand und Uhrzeit.
settings-jitter = Streuung
settings-jitter-meaning = Sicherungen, die zu einer Uhrzeit fällig sind, über so viele Minuten verteilen, damit nicht alle Anwendungen zugleich gelesen werden. Für eine Anwendung ist es jeden Tag dieselbe Minute.
settings-start-up = Sicherung beim Start
settings-start-up-meaning = Sichern, wenn der Schutz beginnt, also auch beim Start der Engine.
settings-newest = Neueste
settings-newest-meaning = So viele der neuesten Sicherungen aufbewahren. Angeheftete, importierte und die neueste, die als unversehrt bekannt ist, bleiben in jedem Fall.
settings-hourly = Stündlich
settings-hourly-meaning = Außerdem die neueste Sicherung jeder der letzten so vielen Stunden aufbewahren, in denen es eine gibt.
settings-daily = Täglich
settings-daily-meaning = Dasselbe für Tage.
settings-weekly = Wöchentlich
settings-weekly-meaning = Dasselbe für Wochen; sie beginnen am Montag.
settings-monthly = Monatlich
settings-monthly-meaning = Dasselbe für Monate.
settings-safety = Vor Änderungen
settings-safety-meaning = So viele der Sicherungen vor Updates aufbewahren, und ebenso viele derer vor Wiederherstellungen.
settings-scope = Was gesichert wird
settings-scope-meaning = Jedes Volume mit einer Datenbank als Ganzes sichern, oder nur die Datenbanken.
settings-scope-whole = Ganze Volumes
settings-scope-databases = Nur Datenbanken
settings-excludes = Ausgelassen
settings-excludes-meaning = Ganze Volumes ohne diese Pfade sichern, etwa ohne Caches und Vorschaubilder. Ein Pfad beginnt an der Wurzel des Volumes; ein Name ohne Schrägstrich gilt in jedem Verzeichnis. * steht für beliebige Zeichen eines Namens, ** für beliebige Verzeichnisse, und was in einem Verzeichnis liegt, geht mit ihm. Eine Datenbank wird nie ausgelassen.
settings-compress = Komprimierung
settings-compress-meaning = Sicherungen komprimieren.
settings-codec = Komprimiert mit
settings-codec-meaning = Wie Sicherungen komprimiert werden: gzip lässt sich überall öffnen, zstd ist schneller und kleiner.
settings-verify = Erneut bewiesen nach
settings-verify-meaning = Eine Sicherung erneut beweisen, wenn ihr letzter Beweis so viele Tage alt ist; 0 für nie.
settings-deadline = Wartet höchstens
settings-deadline-meaning = So viele Sekunden hat eine Anwendung, um nach einem Update oder einer Wiederherstellung hochzukommen, sonst wird die Änderung zurückgenommen. Eine, die sichtbar ihre Datenbank migriert, bekommt mehr.
settings-probe = Fragt hier
settings-probe-meaning = Neben ihrem eigenen Health-Check hier fragen, ob die Anwendung antwortet: Ein Status von 200 bis 399 ist eine gute Antwort. Der Host ist ein Compose-Dienst oder der Name eines Containers, der Port ist der im Container.
settings-lost-tables = Geleerte Tabellen
settings-lost-tables-meaning = Was aus einem Update wird, dessen neues Release eine Tabelle mit Zeilen entfernt oder leert.
settings-lost-tables-roll-back = Zurücknehmen
settings-lost-tables-warn = Warnen
settings-webhook = Webhook
settings-webhook-meaning = `lifeboat watch` sendet Benachrichtigungen hierhin, als JSON in einer POST-Anfrage: über eine gescheiterte oder überfällige Sicherung, eine beschädigte, einen verschwundenen Wächter. Gezeigt wird die Adresse ohne das, was nach dem Host kommt.
settings-kinds = Arten von Benachrichtigungen
settings-kinds-meaning = `lifeboat watch` meldet nur Benachrichtigungen dieser Arten. Eine nicht gewählte wird weder ausgegeben noch gesendet; wieder gewählt, meldet sie, was noch immer nicht stimmt.

## Was die nächste Rotation entfernt.

rotation-title = Was die nächste Rotation entfernt
rotation-when = Sicherungen werden nur entfernt, nachdem eine neue entstanden ist, nie ihres Alters wegen.
rotation-looking = Es wird nachgesehen, was diese Regeln aufbewahren …
rotation-nothing = Alle Sicherungen bleiben.
rotation-no-vault = Es gibt noch keine Sicherung.
rotation-goes = { $number ->
    [one] { $number } Sicherung wird entfernt, { $freed }.
   *[other] { $number } Sicherungen werden entfernt, { $freed }.
}
rotation-would-go = { $number ->
    [one] Mit diesen Regeln würde { $number } Sicherung entfernt, { $freed }.
   *[other] Mit diesen Regeln würden { $number } Sicherungen entfernt, { $freed }.
}
rotation-suspended = Zurzeit wird nichts entfernt: { $reason }
rotation-backup = Sicherung
rotation-size = Größe
rotation-reason = Warum
rotation-no-rule = Keine Regel bewahrt sie länger auf.
rotation-now = Jetzt entfernen …
rotation-save-first = Um sie jetzt zu entfernen, die Regeln speichern.
rotation-question = { $number ->
    [one] { $number } Sicherung endgültig entfernen?
   *[other] { $number } Sicherungen endgültig entfernen?
}
rotation-for-good = { $freed } werden frei. Das lässt sich nicht rückgängig machen.
rotation-yes = Endgültig entfernen
rotation-no = Behalten
rotation-done = { $number ->
    [one] { $number } Sicherung entfernt, { $freed } wieder frei.
   *[other] { $number } Sicherungen entfernt, { $freed } wieder frei.
}
rotation-show-staying = { $number ->
    [one] { $number } Sicherung zeigen, die bleibt, und warum
   *[other] { $number } Sicherungen zeigen, die bleiben, und warum
}
