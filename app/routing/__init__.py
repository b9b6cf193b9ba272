"""Address → office, and why.

The door of this room is a router, made once, that is asked as often as one likes:

>>> from app.offices.catalogue import compile_catalogue
>>> from app.offices.files import read_gazetteer
>>> from app.routing.decision import Query
>>> from app.routing.load import make_router
>>> router = make_router(read_gazetteer(), compile_catalogue([], []), {})
>>> decision = router.route(Query("朝阳区望京街道阜通东大街6号"))
>>> decision.decision.value, decision.office_code, decision.reason
('dispatch', '110105026', '望京街道 is named')
>>> router.route(Query("天坛公园东门")).ask.code
'which_street'
"""
