"""What profiles decides, purely: values in, ``(new value, events)`` out; nothing is stored, sent or logged here."""
