"""The notifications service sends people messages in their language, outside quiet hours, as often as they wish."""
