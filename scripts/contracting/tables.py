"""What the header cannot say of itself, and only that. Everything else is read."""

# Numbers whose names look like a vocabulary's, and are none of its words.
WORDLESS = {"HJ_CHOSEN_MAX", "HJ_FIGURES_OTHER", "HJ_FIGURES_UNKNOWN", "HJ_FIGURES_TABLE_FULL"}

# Statuses that are no failure; those that are one begin with HJ_E_.
RESULTS = {"HJ_OK", "HJ_EXISTS", "HJ_FULL", "HJ_MANUAL", "HJ_UNCHANGED", "HJ_PARTIAL", "HJ_TIME_BACKWARDS",
           "HJ_PASSED", "HJ_HELD"}

STRUCTS_SINCE = {}
