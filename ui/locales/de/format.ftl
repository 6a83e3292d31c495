# Größen, Zeiten und Zeitspannen.

size-exact = { $bytes ->
    [one] { $bytes } Byte
   *[other] { $bytes } Byte
}
time-just-now = gerade eben
span-milliseconds = { $number ->
    [one] { $number } Millisekunde
   *[other] { $number } Millisekunden
}
span-seconds = { $number ->
    [one] { $number } Sekunde
   *[other] { $number } Sekunden
}
span-minutes = { $number ->
    [one] { $number } Minute
   *[other] { $number } Minuten
}
span-hours = { $number ->
    [one] { $number } Stunde
   *[other] { $number } Stunden
}
span-days = { $number ->
    [one] { $number } Tag
   *[other] { $number } Tage
}
