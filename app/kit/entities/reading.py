"""Entities read by a statement made once."""

from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.orm import Session

from app.kit.entities.columns import forms, key_of, read_otherwise
from app.kit.entities.settled import settle
from app.kit.ready import Ready

E = TypeVar("E", bound=orm.DeclarativeBase)


class Entities(Generic[E]):
    """A query with all columns of an entity."""

    def __init__(self, model: type[E], query: sa.ClauseElement, anew: bool = False) -> None:
        """`anew`: what the session has already becomes what is read now."""
        self.model = model
        self.ready = Ready(query)
        self.anew = anew

    def read(self, session: Session, **values: Any) -> list[E]:
        session.flush()
        rows = self.ready.rows(session.connection(), **values)
        return [self.entity(session, row) for row in rows]

    def entity(self, session: Session, row: object) -> E:
        mapper: orm.Mapper[E] = sa.inspect(self.model)
        key = tuple(self.values(row, key_of(self.model)).values())
        known: E | None = session.identity_map.get(mapper.identity_key_from_primary_key(key))
        if known is None:
            values = self.values(row, forms(self.model))
            return added(session, mapper.class_manager.new_instance(), values)
        if self.anew:
            vars(known).update(self.values(row, forms(self.model)))
            settle(session, sa.inspect(known))
        return known

    def values(self, row: object, names: Iterable[str]) -> dict[str, Any]:
        values = {name: getattr(row, name) for name in names}
        for name, read in read_otherwise(self.model).items():
            if values.get(name) is not None:
                values[name] = read(values[name])
        return values


def added(session: Session, entity: E, values: Mapping[str, Any]) -> E:
    """As the session adds what it has loaded itself."""
    vars(entity).update(values)
    state: orm.InstanceState[E] = sa.inspect(entity)
    state.key = state.mapper.identity_key_from_instance(entity)
    state.session_id = session.hash_key
    session.identity_map.add(state)
    settle(session, state)
    return entity
