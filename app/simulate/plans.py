"""The plans: the main step of each status, the steps aside, and the steps that follow an action."""

from app.simulate import (
    appeals,
    attention,
    calling,
    desks,
    groups,
    months,
    photos,
    returns,
    whistles,
    work,
)
from app.simulate.life import Aside, Follow, Main
from app.tickets.life.lifecycle import Action, Status

MAIN: dict[Status, Main] = {
    Status.RECEIVED: desks.answer,
    Status.NEED_INFO: desks.tell_more,
    Status.TO_DISPATCH: desks.by_hand,
    Status.DISPATCHED: work.sign,
    Status.ACKNOWLEDGED: work.contact,
    Status.IN_PROGRESS: work.reply,
    Status.CONSULTING: returns.conclude,
    Status.REPLIED: work.review,
    Status.AWAITING_CALLBACK: calling.call_back,
    Status.REWORK: work.reply,
    Status.ON_HOLD: months.on_hold,
    Status.MERGED: groups.member,
}

AT_FIRST: tuple[Aside, ...] = (desks.void, attention.call_again, groups.merge, photos.of_matter)

ASIDES: dict[Status, tuple[Aside, ...]] = {
    Status.DISPATCHED: (
        returns.object_to,
        desks.redispatch,
        desks.take_back,
        desks.hand_on,
        desks.correct,
        work.read,
        attention.grade,
    ),
    Status.ACKNOWLEDGED: (work.reveal,),
    Status.OBJECTED: (work.meanwhile,),
    Status.IN_PROGRESS: (
        work.note,
        photos.of_work,
        months.ask_time,
        months.ask_hold,
        attention.harder,
        attention.supervise,
        attention.conceal,
        whistles.blow,
    ),
    Status.REWORK: (months.ask_hold,),
    Status.CLOSED: (attention.come_back,),
}

FOLLOWS: dict[Action, tuple[Follow, ...]] = {
    Action.OBJECT: (returns.rule,),
    Action.REQUEST_EXTENSION: (months.decide_time,),
    Action.DECIDE_EXTENSION: (months.tell,),
    Action.REQUEST_HOLD: (months.decide_hold,),
    Action.DECIDE_HOLD: (months.decide_hold,),
    Action.RELAY: (work.pass_on,),
    Action.URGE: (attention.and_again, attention.press),
    Action.SUPERVISE: (attention.answer,),
    Action.MERGE: (groups.unmerge,),
    Action.CALLBACK: (appeals.appeal,),
    Action.DISPUTE: (appeals.correct,),
    Action.REQUEST_EXCLUSION: (appeals.words_on,),
}
