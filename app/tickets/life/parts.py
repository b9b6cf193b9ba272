"""Parts: the ties of a caller to a ticket, and the actions of each (RULEBOOK D.2, D.6.2)."""

from enum import StrEnum

from app.kit.messages import worded
from app.tickets.life.lifecycle import Action, Status

A, S = Action, Status


@worded
class Part(StrEnum):
    """A desk of the city, or an office by its tie to the ticket."""

    OPERATOR = "operator"
    DISPATCHER = "dispatcher"
    CALLBACK = "callback"
    SUPERVISOR = "supervisor"
    PANEL = "panel"
    INTERIM = "interim"  # handler or chief of the first office, until another has acknowledged
    LEAD = "lead"  # handler or chief of the lead office
    JOINT = "joint"  # of a joint or informed office, or a district that only knows of it
    HELPER = "helper"  # of a joint office
    STREET = "street"  # chief of the street or township that leads (D.2, its four powers)
    COORDINATOR = "coordinator"  # the same, where other offices are joint
    CHIEF = "chief"  # chief of any office the ticket was dispatched to
    QUEUE = "queue"  # the district in whose queue it lies (D.5 R4)
    DISTRICT = "district"  # the district it lies in, or whose office leads it


P = Part

WHO: dict[Action, frozenset[Part]] = {
    A.ANSWER: frozenset({P.OPERATOR}),
    A.TRANSFER: frozenset({P.OPERATOR, P.DISPATCHER}),
    A.HAND_ON: frozenset({P.OPERATOR, P.DISPATCHER}),
    A.DECLINE: frozenset({P.OPERATOR, P.DISPATCHER, P.SUPERVISOR}),
    A.ASK: frozenset({P.OPERATOR, P.DISPATCHER}),
    A.ADD: frozenset({P.OPERATOR}),
    A.CORRECT: frozenset({P.OPERATOR, P.DISPATCHER, P.SUPERVISOR}),
    A.DISPATCH: frozenset({P.DISPATCHER, P.QUEUE, P.DISTRICT}),
    A.RETURN: frozenset({P.QUEUE, P.DISTRICT}),
    A.READ: frozenset({P.CHIEF}),
    A.ACKNOWLEDGE: frozenset({P.LEAD}),
    A.CONTACT: frozenset({P.LEAD, P.INTERIM, P.OPERATOR, P.DISPATCHER}),
    A.RELAY: frozenset({P.LEAD, P.INTERIM, P.OPERATOR, P.CALLBACK}),
    A.NOTE: frozenset(P) - {P.CHIEF, P.QUEUE, P.HELPER, P.STREET, P.COORDINATOR},
    A.REPLY: frozenset({P.LEAD}),
    A.REVIEW: frozenset({P.DISTRICT, P.SUPERVISOR}),
    A.CALLBACK: frozenset({P.CALLBACK}),
    A.VERIFICATION: frozenset({P.CALLBACK, P.SUPERVISOR}),
    A.WITHDRAW: frozenset({P.OPERATOR}),
    A.VOID: frozenset({P.SUPERVISOR}),
    A.REVEAL: frozenset({P.OPERATOR, P.CALLBACK, P.SUPERVISOR, P.LEAD, P.INTERIM}),
    A.CONCEAL: frozenset({P.OPERATOR, P.CALLBACK, P.SUPERVISOR}),
    A.ERASE: frozenset({P.SUPERVISOR}),
    A.GRADE: frozenset({P.OPERATOR, P.DISPATCHER, P.SUPERVISOR, P.DISTRICT}),
    A.OBJECT: frozenset({P.LEAD}),
    A.RULE_OBJECTION: frozenset({P.DISPATCHER, P.DISTRICT, P.SUPERVISOR}),
    A.CONCLUDE: frozenset({P.PANEL}),
    A.REQUEST_EXTENSION: frozenset({P.LEAD}),
    A.DECIDE_EXTENSION: frozenset({P.DISTRICT, P.SUPERVISOR}),
    A.REQUEST_HOLD: frozenset({P.LEAD}),
    A.DECIDE_HOLD: frozenset({P.DISTRICT, P.SUPERVISOR}),
    A.RESUME: frozenset({P.SUPERVISOR}),
    A.URGE: frozenset({P.OPERATOR}),
    A.FEED_BACK: frozenset({P.HELPER}),
    A.SUPERVISE: frozenset({P.DISTRICT, P.SUPERVISOR, P.COORDINATOR}),
    A.ADVISE: frozenset({P.STREET}),
    A.ANSWER_ADVICE: frozenset({P.DISTRICT, P.JOINT, P.LEAD}),
    A.MERGE: frozenset({P.DISPATCHER}),
    A.UNMERGE: frozenset({P.SUPERVISOR}),
}
"""Actions not named here are the system's own, or have a path and roles of their own."""
