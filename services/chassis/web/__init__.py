"""HTTP: the app, JSON bodies, problems, access policy, pages and API documents of a service."""
