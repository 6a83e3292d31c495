# Was der Kern sagt, nach seinen Codes.

## Die Schritte der Vorgänge.

said-step-back = Zum alten Release und seinen Daten zurückkehren
said-step-backup = Sichern und die Sicherung beweisen
said-step-capture = Die Datenbanken kopieren
said-step-check = Nachsehen, was läuft
said-step-collect = Das Ersetzte als Sicherung aufheben
said-step-copy = Die Sicherungen kopieren und vergleichen
said-step-exchange = Die Dateien tauschen
said-step-fetch = Das neue Release holen
said-step-finish = Den Rückweg aufheben
said-step-gate = Warten, bis die Anwendung gesund ist
said-step-keep = Eine Kopie der ruhenden Datenbanken aufheben
said-step-prepare = Die Volumes durchsehen
said-step-read-back = Zurücklesen und vergleichen
said-step-receive = Die Datei der Engine übergeben
said-step-remove = Den Tresor entfernen und was ihn hält
said-step-seal = Das Archiv zurücklesen
said-step-import-seal = Die Datei streng prüfend lesen
said-step-send = Die Bytes kopieren
said-step-settle = Die jetzige Datenbank zu einer Datei machen
said-step-stage = Neben den benutzten Dateien auspacken
said-step-start = Die Anwendung starten
said-step-stop = Die Anwendung anhalten
said-step-swap = Das neue Release einsetzen
said-step-unpack = Das Archiv lesen und seine Datenbanken auspacken
said-step-verify = Durch probeweises Wiederherstellen beweisen
said-step-verify-verify = Die Datenbanken prüfen

## Was nach einem Fehler zu tun ist. In jedem Fall des Codes richtig; nichts als das Fenster wird vorausgesetzt.

said-advice-engine-not-installed = Eine Engine installieren, dann erneut versuchen.
said-advice-engine-stopped = Die Engine starten, dann erneut versuchen.
said-advice-engine-permission = Das Benutzerkonto in die Gruppe der Engine aufnehmen, dann ab- und wieder anmelden.
said-advice-engine-context = Eine Adresse oder einen Kontext wählen, der zu einer Engine führt.
said-advice-engine-too-old = Die Engine auf Docker 20.10 oder neuer aktualisieren.
said-advice-engine-windows-containers = Docker Desktop auf Linux-Container umstellen, dann erneut versuchen.
said-advice-engine-failed = Die Einzelheiten ansehen, dann erneut versuchen.
said-advice-helper-missing = Das Paket von Lifeboat installieren, das den Helfer für diesen Prozessor enthält.
said-advice-helper-lost = Erneut versuchen. Wenn es wieder geschieht, die Prüfung öffnen.
said-advice-app-not-found = Neu nachsehen, welche Anwendungen es gibt.
said-advice-no-database = Nachsehen, ob die Datenbank in einem Volume oder einem eingehängten Ordner liegt und nicht im Container selbst.
said-advice-backup-not-found = Neu nachsehen, welche Sicherungen es gibt.
said-advice-database-not-found = Neu nachsehen, welche Datenbanken es gibt.
said-advice-nothing-to-undo = Eine Sicherung auswählen und diese wiederherstellen.
said-advice-busy = Etwas warten, dann erneut versuchen.
said-advice-unfinished = Das Unterbrochene zu Ende bringen.
said-advice-database-locked = Gleich noch einmal versuchen. Wenn die Anwendung ihre Datenbank gesperrt hält, sie für die Dauer der Sicherung anhalten.
said-advice-unsupported = Das muss auf anderem Weg geschehen.
said-advice-no-space = Platz schaffen, dann erneut versuchen.
said-advice-damaged = Eine andere, bewiesene Sicherung verwenden.
said-advice-not-checkable = Nur die Anwendung selbst kann sagen, ob der Inhalt stimmt.
said-advice-import-refused = Nachsehen, ob es die richtige Datei ist und ob sie vollständig angekommen ist.
said-advice-too-new = Das neueste Lifeboat verwenden.
said-advice-output-failed = Eine neue Datei wählen, in einem Ordner, der Platz hat und beschreibbar ist.
said-advice-confirmation-needed = Den Plan noch einmal ansehen und bestätigen.
said-advice-pinned = Falls es so gemeint ist, erst die Anheftung aufheben.
said-advice-rolled-back = Ins Protokoll der Anwendung sehen.
said-advice-rolled-back-unhealthy = Ins Protokoll der Anwendung sehen. Alle Sicherungen sind noch da.
said-advice-needs-attention = Tun, was die Meldung sagt. Alle Sicherungen sind noch da.
said-advice-permission = Besitzer und Rechte dessen prüfen, was die Meldung nennt, dann erneut versuchen.
said-advice-cancelled = Bei Gelegenheit neu beginnen.
said-advice-invalid-input = Prüfen, was verlangt wurde, und es ändern.
said-advice-internal = Erneut versuchen. Wenn es wieder geschieht, ins Protokoll sehen und es melden.

## Hinweise. Wo sie sind, steht bei ihnen.

said-finding-application-gone = Die Anwendung hat auf dieser Engine keinen Container mehr; ihre Sicherungen sind hier.
said-finding-changed-while-read = Die Datei änderte sich, während ihre Bytes gelesen wurden: Die Kopie kann zerrissen sein.
said-finding-dotfile-locks = Neben dieser Datenbank liegt eine Sperrdatei anderer Art.
said-finding-file-changed = Die Datei änderte ihre Größe, während sie gelesen wurde; sie ist keine Datenbank, und ihre Kopie kann zwei Zeitpunkte vermischen.
said-finding-hard-linked = Diese Datenbank hat mehr als einen Namen.
said-finding-hard-links = Die Datei der Datenbank hat mehrere Namen; SQLite führt für jeden ein eigenes Log, daher darf sie nur unter einem Namen benutzt werden. Eine Wiederherstellung macht für jeden Namen eine eigene Datei.
said-finding-journal-committed = Ihr Journal gehört zu einer abgeschlossenen Transaktion über mehrere Datenbanken; es wurde nicht zurückgespielt.
said-finding-link-leaves-volume = Ein Verweis, der wie eine Datenbank heißt, führt aus dem Volume hinaus.
said-finding-log-not-merged = Daneben liegt ein Write-Ahead-Log, das sich nicht einarbeiten ließ.
said-finding-nested-mount = Dort ist etwas anderes eingehängt; es wurde nicht angesehen.
said-finding-not-checked = Diese Sicherung wurde nie bewiesen; falls Zeit ist, sollte sie erst geprüft werden.
said-finding-owner-locked-out = Der Besitzer der Datenbank darf sie dort, wo sie liegt, nicht öffnen; sie wurde mit dem Recht gelesen, das darüber hinwegsieht, und nicht zum Schreiben geöffnet.
said-finding-single-file = Nur diese eine Datei ist eingehängt: Was ein abgestürzter Container in seinem eigenen Log zurückließ, ist nicht zu sehen.
said-finding-single-file-mount = Diese Datei ist für sich allein eingehängt: Was SQLite neben ihr ablegt, liegt anderswo.
said-finding-volume-created = Das Volume ist nicht da und wird angelegt.
said-finding-wal-large = Das Write-Ahead-Log ist größer als die Datenbank selbst: Vielleicht bringt die Anwendung nie einen Checkpoint zu Ende.

## Hinweise, zu denen der Kern das Nähere sagt.

said-finding-checkout-newer = Der Checkout ist noch neuer als das, was läuft.
said-finding-cold-copy-touched = Das neue Release hat die Kopie der ruhenden Datenbank verändert.
said-finding-compose-file-edited = Die Compose-Dateien wurden bearbeitet, und das wurde nicht angewandt.
said-finding-compose-file-newer = In den Compose-Dateien steht noch, was zurückgenommen wurde.
said-finding-compose-not-asked = Die Compose-Dateien ließen sich nicht ansehen.
said-finding-container-gone = Ein Container verschwand währenddessen.
said-finding-database-damaged = SQLite nennt die Datenbank beschädigt; sie wurde gelesen, wie sie ist.
said-finding-database-kept = Ein Muster für das Ausgelassene trifft auf diese Datenbank zu; sie wurde trotzdem gesichert.
said-finding-database-unread = Diese Datenbank ließ sich nicht ansehen.
said-finding-database-unreadable = SQLite kann die Datenbank nicht lesen; ihre Bytes wurden übernommen, wie sie sind.
said-finding-evidence-pending = Was das gescheiterte Release zurückließ, ließ sich noch nicht aufheben.
said-finding-file-skipped = Diese Datei ist nicht in der Sicherung.
said-finding-health-probe-silent = Die Probeabfrage antwortete schon vor dem Anhalten nicht gut; die Anwendung wird nicht nach ihr beurteilt.
said-finding-imported = Diese Sicherung wurde importiert.
said-finding-kept-as-found = Die jetzige Datenbank ließ sich nicht aufarbeiten; sie wird aufgehoben, wie sie gefunden wurde.
said-finding-made-here = Dieses Image wurde auf diesem Rechner gebaut; anderswo gibt es kein neueres.
said-finding-moment-of-its-own = Die Datenbank ist vollständig, aber auf dem Stand eines eigenen Zeitpunkts, nicht auf dem der anderen.
said-finding-not-checkable = Diese Sicherung lässt sich nicht prüfen.
said-finding-not-looked-at = Hier ließ sich nicht alles ansehen.
said-finding-not-rotated = Die Sicherung ist gut, aber ältere wurden nicht durch Rotation entfernt.
said-finding-only-in-backup = Diese Datenbank ist nur in der Sicherung.
said-finding-only-now = Diese Datenbank ist nicht in der Sicherung.
said-finding-other-updater = Etwas anderes aktualisiert von sich aus Container.
said-finding-protection-not-known = Wie die Anwendung geschützt ist, ist nicht bekannt.
said-finding-release-differs = Als die Sicherung erstellt wurde, lief ein anderes Release.
said-finding-rollback-point-pending = Der Rückweg ließ sich noch nicht aufheben.
said-finding-rows-dropped = Eine Tabelle hat weit weniger Zeilen als in der letzten Sicherung.
said-finding-safety-backup-pending = Das Ersetzte ließ sich noch nicht als Sicherung aufheben.
said-finding-schema-differs = Das Schema ist ein anderes.
said-finding-service-without-container = Ein Dienst der Compose-Dateien hat keinen Container.
said-finding-table-lost = Mit dem neuen Release ging eine Tabelle verloren.
said-finding-table-vanished = Eine Tabelle der letzten Sicherung ist verschwunden.
said-finding-unhealthy-before = Ein Container ist schon jetzt nicht gesund.
said-finding-vault-not-looked-at = In diesen Tresor ließ sich nicht hineinsehen.
said-finding-volume-mapped = Die Daten kommen in ein Volume mit anderem Namen.

## Was die Prüfung ansieht.

said-check-engine = Container-Engine
said-check-helper = Helfer
said-check-applications = Anwendungen
said-check-logs = Protokolle
said-check-unfinished = Unfertiger Vorgang
# Der Titel des Kerns folgt; er nennt die Anwendung oder den Tresor.
said-check-notices = Benachrichtigungen:
said-check-space = Platz:
said-check-advice-applications = Die Anwendung starten, dann neu nachsehen.
said-check-advice-logs = Den Besitzer prüfen; alles andere funktioniert auch ohne Protokolle.
said-check-advice-notices = Nachsehen, ob die Adresse stimmt und der Server antwortet.
said-check-advice-space = Platz auf dem Datenträger der Engine schaffen oder alte Sicherungen löschen.
said-check-advice-unfinished = Zu Ende bringen: Alles dafür Nötige ist im Tresor.

## Wie das Unterbrochene endete.

said-recovered-restore-old = Die Wiederherstellung von { $app } war unterbrochen und wurde zurückgenommen; die Daten von vorher sind da.
said-recovered-restore-new = Die Wiederherstellung von { $app } ist zu Ende gebracht.
said-recovered-undo-old = Das Rückgängigmachen in { $app } war unterbrochen und wurde zurückgenommen; die Daten von vorher sind da.
said-recovered-undo-new = Das Rückgängigmachen in { $app } ist zu Ende gebracht.
said-recovered-update-old = Das Update von { $app } war unterbrochen und wurde zurückgenommen; die Daten von vorher sind da.
said-recovered-update-new = Das Update von { $app } ist zu Ende gebracht.
said-recovered-needs-attention = Bei { $app } muss jemand nachsehen: Die Anwendung ist nicht gesund.
