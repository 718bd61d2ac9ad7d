"""The matcher's database, brought to the present schema."""

from pathlib import Path

from services.chassis import migrations

SCRIPTS = Path(__file__).parent / "migrations"


def migrate(url: str) -> None:
    """Bring the database at this address to the newest schema; a second time changes nothing."""
    migrations.migrate(url, SCRIPTS)
