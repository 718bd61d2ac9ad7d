"""Choose signposts that fit a mentee's facts, as codes; ``wording`` has their sentences."""

from services.events.facts import MenteeFacts

_STUDENT = {"student", "leaving_home", "moving_to_adult_care"}
_PREGNANCY = {"planning_pregnancy", "pregnant", "postpartum"}


def signposts_for(facts: MenteeFacts) -> tuple[str, ...]:
    """Return the codes of signposts for a mentee, the most urgent first; emergency and care team always."""
    stages = {stage.code for stage in facts.life_stages}
    signposts = ["emergency", "care_team"]
    if stages & _PREGNANCY or facts.diabetes_type == "gdm":
        signposts.append("pregnancy_care")
    if stages & _STUDENT:
        signposts.append("student_networks")
    if facts.devices:
        signposts.append("device_team")
    if facts.digital_comfort == "new_to_it":
        signposts.append("getting_ready_online")
    return (*signposts, "communities")
