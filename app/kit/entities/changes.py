"""Changes of entities, written by statements made once for each set of columns."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.exc import StaleDataError

from app.kit.entities.columns import Form, Model, forms, key_of, table_of
from app.kit.entities.settled import settle
from app.kit.ready import DIALECT, Statement


class Change(NamedTuple):
    """Of one entity: the columns that are others than they were read."""

    state: InstanceState[Any]
    values: dict[str, Any]

    @property
    def model(self) -> Model:
        return self.state.mapper.class_

    @property
    def key(self) -> tuple[Any, ...]:
        assert self.state.identity is not None  # it was read
        return self.state.identity


def write_changed(session: Session, *_: object) -> None:
    """Before a flush: what was changed of entities that are there, of one of each table in one
    statement. What a savepoint may undo is left to the session, and what `is_plain` refuses."""
    if session.in_nested_transaction():
        return
    fresh = {table_of(type(entity)) for entity in session.new}
    every = (change_of(sa.inspect(entity), fresh) for entity in session.dirty)
    for changes in parted([change for change in every if change and change.values]):
        write(session, changes)


def change_of(state: InstanceState[Any], fresh: Collection[sa.Table]) -> Change | None:
    """None: it is not plain."""
    model: Model = state.mapper.class_
    values, known = {}, forms(model)
    for name in sorted(state.committed_state):
        value, former = state.dict.get(name), state.committed_state[name]
        if name not in known or not is_plain(known[name], value, fresh):
            return None
        if known[name].column.type.compare_values(value, former) is not True:
            values[name] = value
    return Change(state, values)


def is_plain(form: Form, value: Any, fresh: Collection[sa.Table]) -> bool:
    """Whether it is a value, and neither a key nor the name of a row in a table in which rows are
    yet to be inserted."""
    may_be_fresh = any(key.column.table in fresh for key in form.column.foreign_keys)
    return not (isinstance(value, sa.ClauseElement) or form.column.primary_key or may_be_fresh)


def parted(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Those together of which no two are of one table; of a table, in the order of its key."""
    nth: Counter[str] = Counter()
    parts: list[list[Change]] = []
    for change in sorted(changes, key=lambda change: (change.model.__name__, change.key)):
        name = change.model.__name__
        if nth[name] == len(parts):
            parts.append([])
        parts[nth[name]].append(change)
        nth[name] += 1
    yield from parts


def write(session: Session, changes: Sequence[Change]) -> None:
    values = {
        f"{name}_{place}": value
        for place, change in enumerate(changes)
        for name, value in parameters(change)
    }
    text = updates(tuple((change.model, tuple(change.values)) for change in changes))
    connection = session.connection()
    [[number]] = Statement(text, values).run(connection)
    if number != len(changes):
        raise StaleDataError(f"{number} of {len(changes)} rows were there")
    for change in changes:
        mapper, state = change.state.mapper, change.state
        mapper.dispatch.after_update(mapper, connection, state)
        settle(session, state)


def parameters(change: Change) -> Iterator[tuple[str, Any]]:
    yield from zip(key_of(change.model), change.key, strict=True)
    known = forms(change.model)
    for name, value in change.values.items():
        written = known[name].written
        yield name, written(value) if written else value


@cache
def updates(shape: tuple[tuple[Model, tuple[str, ...]], ...]) -> str:
    """One statement, which says how many rows it found."""
    parts = [
        f"part_{place} AS ({update(model, names, place)})"
        for place, (model, names) in enumerate(shape)
    ]
    numbers = " + ".join(f"(SELECT count(*) FROM part_{place})" for place in range(len(shape)))
    return f"WITH {', '.join(parts)} SELECT {numbers}"


def update(model: Model, names: Sequence[str], place: int) -> str:
    quoted = DIALECT.identifier_preparer.quote
    values = ", ".join(f"{quoted(name)} = %({name}_{place})s" for name in names)
    key = " AND ".join(f"{quoted(name)} = %({name}_{place})s" for name in key_of(model))
    return f"UPDATE {quoted(table_of(model).name)} SET {values} WHERE {key} RETURNING 1"
