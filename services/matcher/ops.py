"""``ops people`` of the matcher: request all people again."""

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import print_line
from services.matcher.use_cases.request_people import request_people_again


def _request(operator: Operator, options: Options) -> int:
    programme = operator.parts.settings.programme
    request_people_again(operator.uow, programme, by=BY, reason=options.reason)
    print_line(f"Requested: profiles publishes everyone of {programme} again.")
    return 0


PEOPLE = OpsGroup(
    "people",
    "the people of the programme",
    (OpsCommand("request", "let profiles publish all people and erasures again", _request, reason_option),),
)
