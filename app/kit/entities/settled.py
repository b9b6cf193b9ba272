"""Entities that are as their rows: nothing of them is left to be written."""

from typing import Any

from sqlalchemy.orm import InstanceState, Session


def settle(session: Session, state: InstanceState[Any]) -> None:
    """As a flush leaves what it has written."""
    state._commit_all(state.dict, session.identity_map)
