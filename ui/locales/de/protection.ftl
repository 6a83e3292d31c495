# Der Schutz, der von selbst läuft.

protection-title = Schutz
protection-looking = Es wird nachgesehen, ob von selbst gesichert wird …
protection-off = Gesichert wird nur auf Wunsch. Was sich dazwischen ändert, ist verloren, wenn die Datenbank beschädigt oder gelöscht wird.
protection-protect = Schützen
protection-protecting = Der Schutz beginnt. Das dauert einige Sekunden …
protection-mend = In Ordnung bringen
protection-mending = Wird in Ordnung gebracht. Das dauert einige Sekunden …
protection-open-settings = Einstellungen öffnen
protection-settings = Einstellungen
protection-switch-off = Ausschalten …
protection-switching-off = Wird ausgeschaltet …
protection-next = Nächste Sicherung
protection-last = Letzte automatische Sicherung
protection-kept = Aufbewahrte Sicherungen
protection-none = Noch keine
protection-not-planned = Nicht geplant
protection-last-exact = { $verdict ->
    [sound] { $time }, bewiesen
    [not-checkable] { $time }, nicht prüfbar
    [damaged] { $time }, beschädigt
   *[not-checked] { $time }, nicht bewiesen
}
protection-removed = { $number ->
    [0] beim letzten Mal keine entfernt
   *[other] beim letzten Mal { $number } entfernt
}
protection-suspended = zurzeit wird keine entfernt
protection-failed = { $number ->
    [one] { $number } Versuch ist seit der letzten guten Sicherung gescheitert: { $failure }
   *[other] { $number } Versuche sind seit der letzten guten Sicherung gescheitert: { $failure }
}
protection-settings-problem = Die Einstellungen lassen sich nicht lesen, wie sie sind: { $problem }

## Wie es um ihn steht, als Plakette.

protection-badge-off = Aus
protection-badge-starting = Startet
protection-badge-on = Ein
protection-badge-working = Sichert gerade
protection-badge-held-up = Muss warten
protection-badge-switched-off = In den Einstellungen pausiert
protection-badge-refusing = Verweigert die Arbeit
protection-badge-outdated = Ältere Version
protection-badge-silent = Kein Lebenszeichen
protection-badge-stopped = Angehalten
protection-badge-gone = Verschwunden
protection-badge-failing = Sicherungen scheitern
protection-badge-left-out = Nicht alles

## Warum die Daten gefährdet sind. Jeder Satz folgt auf „Gefährdet:“.

protection-risk-switched-off = Automatische Sicherungen sind in den Einstellungen ausgeschaltet.
protection-risk-refusing = Der Wächter verweigert die Arbeit.
protection-risk-silent = Der Wächter gibt kein Lebenszeichen.
protection-risk-stopped = Der Wächter ist angehalten.
protection-risk-gone = Der Wächter ist verschwunden.
protection-risk-failing = Automatische Sicherungen scheitern.
protection-risk-left-out = { $number ->
    [one] { $names } enthält eine Datenbank und ist in keiner automatischen Sicherung.
   *[other] { $names } enthalten Datenbanken und sind in keiner automatischen Sicherung.
}

## Was die Karte dazu sagt.

protection-message-switched-off = Der Wächter ist da, doch laut den Einstellungen sichert er nicht.
protection-message-silent = Der Wächter läuft und meldet nichts: Niemand weiß, ob gesichert wird. „In Ordnung bringen“ startet einen neuen.
protection-message-gone = Der Wächter wurde entfernt: Es wird nicht gesichert. „In Ordnung bringen“ startet einen neuen.
protection-message-left-out = { $number ->
    [one] { protection-risk-left-out } „In Ordnung bringen“ nimmt es auf.
   *[other] { protection-risk-left-out } „In Ordnung bringen“ nimmt sie auf.
}
protection-mended-refusing = „In Ordnung bringen“ schützt, was jetzt da ist.
protection-mended-outdated = „In Ordnung bringen“ startet einen dieser Version.
protection-mended-stopped = „In Ordnung bringen“ startet einen neuen.

## Was das Ausschalten fragt.

protection-end-title = Den Schutz von { $app } ausschalten?
protection-end-ends = Es wird nicht mehr von selbst gesichert, und keine Sicherung wird erneut bewiesen.
protection-end-volumes = Der Container des Wächters geht, und mit ihm sein Halt an den Volumes: docker compose down -v kann sie wieder löschen.
protection-end-stays = Alle Sicherungen bleiben, und der Schutz lässt sich jederzeit wieder einschalten.
protection-end-yes = Ausschalten
protection-end-no = Eingeschaltet lassen

## Wann die nächste Sicherung fällig ist, und warum dann.

protection-due-now = Jetzt fällig
protection-due-within-a-minute = Innerhalb einer Minute
protection-due-first = { $time }, die erste
protection-due-start-up = { $time }, zu Beginn des Schutzes
protection-due-missed = { $time }, da eine ausgefallen ist
protection-due-again = { $time }, da der letzte Versuch gescheitert ist
protection-due-clock-set-back = { $time }, da die Uhr zurückgestellt wurde
