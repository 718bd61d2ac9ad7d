"""``ops people`` of notifications: request all people again, list those who were erased."""

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import print_line
from services.notifications.use_cases.request_people import request_people_again


def _request(operator: Operator, options: Options) -> int:
    programme = operator.parts.settings.programme
    request_people_again(operator.uow, programme, by=BY, reason=options.reason)
    print_line(f"Requested: profiles publishes everyone of {programme} again.")
    return 0


def _erased(operator: Operator, options: Options) -> int:
    del options
    with operator.uow.begin(read_only=True) as store:
        for person_id in store.erased_ids():
            print_line(person_id)
    return 0


PEOPLE = OpsGroup(
    "people",
    "the people of the programme",
    (
        OpsCommand("request", "let profiles publish all people and erasures again", _request, reason_option),
        OpsCommand("erased", "list the ids of all people who were ever erased, one per line", _erased),
    ),
)
