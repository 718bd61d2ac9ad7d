"""``ops people`` of notifications: request all people again, list those who were erased."""

from services.chassis.service.ops.group import OpsCommand, Options
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import print_line
from services.chassis.service.ops.people import people_group
from services.notifications.use_cases.request_people import request_people_again


def _erased(operator: Operator, options: Options) -> int:
    del options
    with operator.uow.begin(read_only=True) as store:
        for person_id in store.erased_ids():
            print_line(person_id)
    return 0


PEOPLE = people_group(
    request_people_again,
    OpsCommand("erased", "list the ids of all people who were ever erased, one per line", _erased),
)
