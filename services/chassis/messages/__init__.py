"""Events as dataclasses, as JSON, and their envelope."""
