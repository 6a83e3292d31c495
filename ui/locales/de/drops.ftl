# Dateien, die auf das Fenster gezogen werden.

drops-title = Zum Importieren ablegen
drops-title-app = Zum Importieren für { $app } ablegen
drops-files = { $number ->
    [one] { $name }
   *[other] { $number } Dateien, eine nach der anderen
}
drops-accepted = Sicherungen (.tar.gz, .tar.zst, .tar) und SQLite-Datenbanken (.db, .sqlite, .sqlite3, auch mit gzip gepackt).
drops-where = Nach dem Ablegen wird gefragt, für welche Anwendung.
drops-ask-title = { $number ->
    [one] Für welche Anwendung?
   *[other] Für welche Anwendungen?
}
drops-ask-app = Anwendung für { $file }
drops-ask-named = Die in der Sicherung genannte
drops-ask-choose = Anwendung auswählen
drops-ask-yes = Importieren
drops-importing = { $name } wird importiert.
drops-refused = { $number ->
    [one] Eine Datei wurde nicht importiert
   *[other] { $number } Dateien wurden nicht importiert
}
drops-refused-folder = { $name } ist ein Ordner. Abzulegen ist die Sicherung oder die Datenbank selbst.
drops-refused-kind = { $name } ist dem Namen nach weder eine Sicherung noch eine SQLite-Datenbank.
drops-refused-unreadable = { $name } lässt sich nicht als Datei dieses Computers lesen.
drops-refused-too-many = { $name } war auf einmal zu viel. Sie kann danach allein abgelegt werden.
drops-refused-question = Im Fenster ist noch eine Frage offen. Erst wenn sie beantwortet ist, kann { $name } abgelegt werden.
