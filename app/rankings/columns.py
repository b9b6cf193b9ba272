"""Columns of an assessment that a seal keeps and the export shows, in this order; none is of a
person. `LATER` are the later decisions."""

COLUMNS = (
    "ticket_number",
    "assessed_at",
    "recorded_at",
    "office_code",
    "district_code",
    "industry_office",
    "category",
    "type",
    "channel",
    "urgency",
    "anonymous",
    "merge_group",
    "reach",
    "contacted",
    "resolved",
    "satisfied",
    "contact_ok",
    "late",
)

HEARD = ("reach", "contacted", "resolved", "satisfied")
"""What a second hearing (D.9) puts in place of these."""

LATER = ("excluded", *(f"heard_{name}" for name in HEARD))
