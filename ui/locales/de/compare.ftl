# Eine Sicherung mit einer anderen vergleichen.

compare = Mit einer anderen Sicherung vergleichen
compare-table = Tabelle
compare-difference = Unterschied
compare-absent = nicht da
compare-equal = gleich
compare-choose = Die andere Sicherung
compare-none = Eine auswählen …
compare-alone = Von dieser Anwendung gibt es keine andere Sicherung.
compare-comparing = Wird verglichen …
compare-this = Zeilen in dieser
compare-other = Zeilen in der anderen
compare-unchanged = { $number ->
    [one] { $number } Tabelle gleich
   *[other] { $number } Tabellen gleich
}
compare-show-all = Alle Tabellen zeigen
compare-show-changed = Nur geänderte Tabellen zeigen
compare-schema = Änderungen am Schema

## Worin sich die andere Sicherung unterscheidet, in einem Satz.

compare-same = Beide haben dieselben Tabellen und darin gleich viele Zeilen.
compare-same-rows = Beide haben in jeder Tabelle gleich viele Zeilen.
compare-more = { $more ->
    [one] Die andere hat { $more } Zeile mehr.
   *[other] Die andere hat { $more } Zeilen mehr.
}
compare-less = { $less ->
    [one] Die andere hat { $less } Zeile weniger.
   *[other] Die andere hat { $less } Zeilen weniger.
}
compare-more-and-less = Die andere hat { $more ->
    [one] { $more } Zeile
   *[other] { $more } Zeilen
} mehr und { $less ->
    [one] { $less } Zeile
   *[other] { $less } Zeilen
} weniger.
