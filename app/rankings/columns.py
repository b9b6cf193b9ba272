"""What of an assessment is kept under a seal and handed out: every column that counts or explains,
in this order, and of no person any; and what was decided about it later."""

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
