"""Cairn's services: profiles, matcher and notifications, on a shared chassis, speaking in shared events."""
