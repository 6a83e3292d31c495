# Comparing one backup with another.

compare = Compare with another backup
compare-table = Table
compare-difference = Difference
compare-absent = not there
compare-equal = same
compare-choose = The other backup
compare-none = Choose one…
compare-alone = There is no other backup of this application.
compare-comparing = Comparing…
compare-this = Rows in this one
compare-other = Rows in the other
compare-unchanged = { $number ->
    [one] { $number } table the same
   *[other] { $number } tables the same
}
compare-show-all = Show all tables
compare-show-changed = Show changed tables only
compare-schema = Changes of the schema

## How the other backup differs, in a sentence.

compare-same = Both have the same tables and as many rows in each.
compare-same-rows = Both have as many rows in each table.
compare-more = { $more ->
    [one] The other one has { $more } row more.
   *[other] The other one has { $more } rows more.
}
compare-less = { $less ->
    [one] The other one has { $less } row less.
   *[other] The other one has { $less } rows less.
}
compare-more-and-less = The other one has { $more ->
    [one] { $more } row
   *[other] { $more } rows
} more and { $less ->
    [one] { $less } row
   *[other] { $less } rows
} less.
