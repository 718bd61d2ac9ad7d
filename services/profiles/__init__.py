"""The profiles service owns people: their facts, contact details, consents, and their erasure."""
