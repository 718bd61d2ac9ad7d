"""Where else to turn: codes of signposts that fit what a person told; the doors have the words."""

from services.events.facts import MenteeFacts

_STUDENT = {"student", "leaving_home", "moving_to_adult_care"}
_PREGNANCY = {"planning_pregnancy", "pregnant", "postpartum"}


def signposts_for(facts: MenteeFacts) -> tuple[str, ...]:
    """Return signposts for a mentee, the most urgent first: emergency and care team always."""
    stages = {stage.code for stage in facts.life_stages}
    found = ["emergency", "care_team"]
    if stages & _PREGNANCY or facts.diabetes_type == "gdm":
        found.append("pregnancy_care")
    if stages & _STUDENT:
        found.append("student_networks")
    if facts.devices:
        found.append("device_team")
    if facts.digital_comfort == "new_to_it":
        found.append("getting_ready_online")
    return (*found, "communities")
