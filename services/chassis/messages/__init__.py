"""Events as dataclasses, their JSON form and their envelope."""
