# Die eine Antwort auf die Frage, ob die Daten sicher sind: ein Titel und die Sätze, die ihm folgen.

status-needs-attention = Braucht Aufmerksamkeit.
status-unfinished = Eine Wiederherstellung oder ein Update wurde unterbrochen. Vor allem anderen muss das abgeschlossen werden.
status-not-known = Sicherungen unbekannt.
status-nothing-to-protect = Nichts zu schützen.
status-no-database = Es wurde keine SQLite-Datenbank darin gefunden.
status-not-yet = Noch nicht gesichert.
status-first-backup = Die erste Sicherung entsteht gerade.
status-never = Nie gesichert.
status-no-copy = { $number ->
    [one] Von { $number } Datenbank
   *[other] Von { $number } Datenbanken
} ({ $size }) gibt es nirgends eine Kopie.
status-backed-up = Gesichert.
status-unprotected = Ungeschützt.
status-protected = Geschützt.

## Nach „Gefährdet:“.

status-at-risk = Gefährdet:
status-damaged = Die Datenbank der Anwendung ist beschädigt.
status-damaged-no-backup = Die Datenbank der Anwendung ist beschädigt. Es gibt keine Sicherung, zu der es zurückgehen könnte.
status-damaged-proven = Die Datenbank der Anwendung ist beschädigt. Die letzte bewiesene Sicherung entstand { $when }.
status-damaged-unproven = Die Datenbank der Anwendung ist beschädigt. Die letzte Sicherung entstand { $when }.
status-backup-damaged = Die letzte Sicherung ({ $when }) ist beschädigt.
status-risk = { $risk } Letzte Sicherung { $when }.
status-overdue-alone = Die letzte Sicherung ist { $age } alt. Von selbst schützt die Anwendung nichts.
status-overdue-held-up = Die letzte Sicherung ist { $age } alt, und die nächste muss warten.

## Die letzte Sicherung, und was danach noch zu sagen ist.

status-unknown-time = zu unbekannter Zeit
status-last-backup = { $verdict ->
    [sound] Letzte Sicherung { $when }, durch Wiederherstellen bewiesen.
    [not-checkable] Letzte Sicherung { $when }; sie lässt sich nicht prüfen.
   *[not-checked] Letzte Sicherung { $when }, noch nicht bewiesen.
}
status-protection-not-known = { $backup } Ob die Anwendung geschützt ist, ist nicht bekannt.
status-alone = { $backup } Von selbst schützt die Anwendung nichts.
status-held-up = { $backup } Die nächste muss warten.
status-outdated = { $backup } Der Wächter stammt aus einer älteren Version.

## Eine Anwendung, die nicht mehr auf der Engine ist.

status-gone = Anwendung verschwunden.
status-gone-empty = Ihr Tresor ist leer.
status-gone-held = { $number ->
    [one] { $number } Sicherung ist noch da.
   *[other] { $number } Sicherungen sind noch da.
}
status-gone-newest = { $number ->
    [one] { $number } Sicherung ist noch da; sie entstand { $when }.
   *[other] { $number } Sicherungen sind noch da; die neueste entstand { $when }.
}

## Alle Anwendungen zusammen.

status-all-nothing = Noch nichts zu schützen.
status-all-safe = { $number ->
    [1] Die Daten sind sicher.
    [2] Beide Anwendungen sind geschützt.
   *[other] Alle { $number } Anwendungen sind geschützt.
}
status-all-safe-more = Jede letzte Sicherung wurde durch Wiederherstellen bewiesen.
status-all-open = { $number ->
    [one] Eine Anwendung braucht Aufmerksamkeit.
   *[other] { $number } Anwendungen brauchen Aufmerksamkeit.
}
status-all-open-more = { $good } von { $all } { $good ->
    [one] ist
   *[other] sind
} geschützt, mit einer letzten Sicherung, die durch Wiederherstellen bewiesen ist.
