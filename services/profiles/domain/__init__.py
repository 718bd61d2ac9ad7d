"""The decisions of profiles as pure functions: values in, ``(new value, events)`` out; no storage, mail or logs."""
