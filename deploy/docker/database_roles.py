"""The SQL that creates a service's database and its two accounts, for an administrator of PostgreSQL.

``<name>_owner`` owns the tables and migrates, ``<name>`` runs the service. Nobody else can connect to the database, and
the accounts of other services cannot either. What ``<name>`` may do with each table is granted by ``migrate``
(``services.chassis.storage.rights``), which knows the tables.
"""

from psycopg import sql


def create_statements(name: str, *, password: str, owner_password: str) -> list[sql.Composed]:
    """Return the statements, to be run one by one outside a transaction."""
    names = {"name": sql.Identifier(name), "owner": sql.Identifier(f"{name}_owner")}
    secrets = {"password": sql.Literal(password), "owner_password": sql.Literal(owner_password)}
    return [
        sql.SQL(statement).format(**names, **secrets)
        for statement in (
            "CREATE ROLE {owner} LOGIN PASSWORD {owner_password}",
            "CREATE ROLE {name} LOGIN PASSWORD {password}",
            "CREATE DATABASE {name} OWNER {owner}",
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {name} TO {name}",
        )
    ]


def create_script(passwords: dict[str, tuple[str, str]]) -> str:
    """Return the script for ``psql``: name -> (password, password of the owner)."""
    statements = [
        statement.as_string(None)
        for name, (password, owner_password) in passwords.items()
        for statement in create_statements(name, password=password, owner_password=owner_password)
    ]
    return "".join(f"{statement};\n" for statement in statements)
