# Sizes, times and lengths of time.

size-exact = { $bytes ->
    [one] { $bytes } byte
   *[other] { $bytes } bytes
}
time-just-now = just now
span-milliseconds = { $number ->
    [one] { $number } millisecond
   *[other] { $number } milliseconds
}
span-seconds = { $number ->
    [one] { $number } second
   *[other] { $number } seconds
}
span-minutes = { $number ->
    [one] { $number } minute
   *[other] { $number } minutes
}
span-hours = { $number ->
    [one] { $number } hour
   *[other] { $number } hours
}
span-days = { $number ->
    [one] { $number } day
   *[other] { $number } days
}
