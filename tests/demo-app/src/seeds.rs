//! What the guest book holds when it is new.

/// Name, home port, message.
pub(crate) const ENTRIES: [(&str, &str, &str); 24] = [
    (
        "Marit and Ole",
        "Tromsø",
        "Came in behind the mole at dusk, last berth but one. Thank you for the light you left on.",
    ),
    (
        "Crew of the Anneliese",
        "Flensburg",
        "The harbour master's coffee deserves its own chart symbol.",
    ),
    (
        "João Pires",
        "Viana do Castelo",
        "Two days waiting for the wind to turn, and I did not mind one hour of it.",
    ),
    (
        "Sigrún",
        "Ísafjörður",
        "Clean showers, honest prices, a seal in berth 12.",
    ),
    (
        "The Whitlock family",
        "Falmouth",
        "The children have decided that we live here now.",
    ),
    (
        "Henk de Boer",
        "Harlingen",
        "Mended my sprayhood in the sail loft, nobody would take money. There will be cheese.",
    ),
    (
        "Solo sailor, S/Y Tern",
        "Oban",
        "Arrived tired, left with a jar of rhubarb jam.",
    ),
    (
        "Ines and Rui",
        "Lagos",
        "Best weather notice board between here and home: hand-written, and right.",
    ),
    (
        "Kapitänin Brandt",
        "Wismar",
        "Depth at the visitors' pontoon is 2.4 m at springs, not 2.1. Corrected with thanks.",
    ),
    (
        "Aoife Ní Bhriain",
        "Dingle",
        "Heard the choir practise across the water. We stopped talking and listened.",
    ),
    (
        "Tuomas",
        "Hanko",
        "Sauna at the end of the pier: recommended. Water afterwards: also recommended, briefly.",
    ),
    (
        "Les Kerdoncuff",
        "Douarnenez",
        "Merci pour le pilotage dans la brume, on vous doit une caisse de cidre.",
    ),
    (
        "M/V Petrel",
        "Lerwick",
        "Diesel at six in the morning with a smile. Unheard of.",
    ),
    (
        "Dorothea",
        "Stralsund",
        "My father signed the paper book in 1987. I found his page.",
    ),
    (
        "Emil, age 7",
        "Svendborg",
        "I caugt 31 crabs and let them all go.",
    ),
    (
        "Yevhen and Olha",
        "Odesa",
        "A quiet place. We needed a quiet place.",
    ),
    (
        "The rowing club",
        "Cork",
        "Four oars, three songs, one puncture in the trailer. See you next year.",
    ),
    (
        "Pilar",
        "Ribadeo",
        "The lifeboat crew drilled on Sunday; the whole quay came to watch and clap.",
    ),
    (
        "Nils-Petter",
        "Bodø",
        "Left a spare 10 mm shackle at the office for whoever needs it.",
    ),
    (
        "Gwen & Tomos",
        "Aberdyfi",
        "Dog approves. Cat remains below, considering.",
    ),
    (
        "Crew of the Havørn",
        "Ålesund",
        "Rode out the gale on your moorings without a chafe mark.",
    ),
    (
        "Captain (ret.) Adeyemi",
        "Lagos, Nigeria",
        "Forty years at sea, and still pleased by a well-kept harbour.",
    ),
    (
        "Lotte",
        "Terschelling",
        "Tide tables, tea and a tow, all before breakfast.",
    ),
    (
        "Beatrix and the twins",
        "Heiligenhafen",
        "If this book ever gets lost, we shall come back and write it all again.",
    ),
];
