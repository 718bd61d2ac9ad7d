"""The command ``python -m services.<name> ops …``: look at what a service has put aside, and let it go on.

Each group of commands is a module with ``GROUP``; a service adds its own groups in ``Service.ops``.
"""
