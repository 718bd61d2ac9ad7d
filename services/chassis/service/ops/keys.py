"""``ops keys``: which keys sealed texts use, and sealing them again with the current key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from services.chassis.identity.encryption import FieldCipher
from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import counted, print_line, print_table
from services.chassis.storage.sealed_columns import SealedColumns, count_by_key, reseal_batch

OpenCipher = Callable[[Any], FieldCipher]


def keys_group(sealed: Sequence[SealedColumns], open_cipher: OpenCipher, *more: OpsCommand) -> OpsGroup:
    """Return the commands for the sealed columns of a service, and ``more``; ``open_cipher`` takes its settings."""
    return OpsGroup(
        "keys",
        "the keys of sealed texts",
        (
            OpsCommand("status", "count sealed texts by key", partial(_status, sealed, open_cipher)),
            OpsCommand(
                "reseal",
                "seal texts of older keys again with the current one",
                partial(_reseal, sealed, open_cipher),
                reason_option,
            ),
            *more,
        ),
    )


def _status(sealed: Sequence[SealedColumns], open_cipher: OpenCipher, operator: Operator, options: Options) -> int:
    del options
    current = open_cipher(operator.parts.settings).current_key
    with operator.uow.begin(read_only=True):
        counts = count_by_key(operator.uow.transaction().connection, sealed)
    rows = [(key, str(counts[key]), "seals new texts" if key == current else "") for key in sorted({*counts, current})]
    print_table([("key", "texts", ""), *rows])
    return 0


def _reseal(sealed: Sequence[SealedColumns], open_cipher: OpenCipher, operator: Operator, options: Options) -> int:
    cipher = open_cipher(operator.parts.settings)
    rows = 0
    for part in sealed:
        while changed := _reseal_some(operator, part, cipher, options.reason):
            rows += changed
    print_line(f"{counted(rows, 'row', 'rows')} sealed again with {cipher.current_key}.")
    return 0


def _reseal_some(operator: Operator, part: SealedColumns, cipher: FieldCipher, reason: str | None) -> int:
    """Reseal one batch in one transaction, with its audit row; return the number of rows."""
    with operator.uow.begin():
        tx = operator.uow.transaction()
        rows = reseal_batch(tx.connection, part, cipher)
        if rows:
            detail = {"rows": rows, "key": cipher.current_key}
            tx.audit("reseal", part.table.name, by=BY, reason=reason, detail=detail)
    return rows
