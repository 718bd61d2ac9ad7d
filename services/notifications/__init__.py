"""Notifications tells people what happened, in their language, at a kind hour, exactly as often as they wish."""
