"""The record of a whistle as it is shown."""

from app.kit.web.wire import At, Number, View
from app.whistles.evaluation.score import RecordStatus
from app.whistles.life.loop import WhistleAction


class RecordItemsView(View):
    """Points; those of the chief are null where he gave none, or an appeal set them aside."""

    arrive: Number
    stay: Number
    feedback: Number
    settled: Number
    effect: Number | None
    attitude: Number | None


class RecordView(View):
    """`total` is of 100, and null while the chief may mark."""

    status: RecordStatus
    items: RecordItemsView
    total: Number | None
    total_exact: str | None


class EvaluationView(RecordView):
    """One department's record; `street_code` evaluates it. `rough`: 简单粗暴执法."""

    office_code: str
    street_code: str
    rough: bool
    marked_at: At | None
    appealed_at: At | None
    set_aside: bool | None
    """The district's decision on the appeal: approved, the record stands alone."""
    allowed: list[WhistleAction]
