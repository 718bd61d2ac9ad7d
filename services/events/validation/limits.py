"""The limits of a person's answers, shown in API descriptions and enforced for every input."""

LANGUAGES = 20
WINDOWS = 50
DEVICES_ASKED = 10
DEVICES_LIVED = 20
MUSTS = 8
MATTERS_MOST = 3
CAPACITY = (1, 10)  # people accompanied at the same time
HOURS_PER_MONTH = (1, 100)
