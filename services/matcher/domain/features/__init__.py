"""From words to numbers: criteria coded as tables and bits, rules as masks, people as rows."""

from services.matcher.domain.features.pool import Pool
from services.matcher.domain.features.priority import lane, priority, promised_by
from services.matcher.domain.features.problem import Problem, build
from services.matcher.domain.features.reading import Reading, read

__all__ = ["Pool", "Problem", "Reading", "build", "lane", "priority", "promised_by", "read"]
