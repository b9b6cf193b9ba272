"""The codes of bulletins that have Chinese words, on the pages and in the sheets."""

from typing import get_args

from app.kit.messages import Vocabulary
from app.policy.keys import Class

LISTED = Vocabulary(
    "bulletin list",
    (
        *get_args(Class),
        *("excluded", "on_hold", "overdue", "rose", "fell", "ranking", "districts", "streets"),
        *("departments", "district_departments", "enterprises", "matters", "praise", "lanes"),
        *("city", "total", "escalations", "supervisions", "hold_reviews"),
        *("whistles", "open_whistles"),
    ),
)
"""The lists of a bulletin."""

TALLIES = Vocabulary(
    "bulletin tally",
    (
        *("overdue-chief", "overdue-district", "overdue-supervisor", "objection", "consulting"),
        *("problem", "unsigned", "uncontacted", "undispatched", "unplaced", "not-handed-on"),
        *("unreviewed", "uncalled", "unrelayed", "supervision", "unanswered-advice"),
        "possible-danger",
        *("answered", "answered_late", "unanswered", "done", "undone", "renewed"),
        *("blown", "settled", "ruled_false", "raised", "absent", "left_early"),
    ),
)
"""What an office is counted for: a warning, an answer, a reviewed hold, a whistle."""
