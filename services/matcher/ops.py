"""``ops people`` of the matcher: request all people again."""

from services.chassis.service.ops.people import people_group
from services.matcher.use_cases.request_people import request_people_again

PEOPLE = people_group(request_people_again)
