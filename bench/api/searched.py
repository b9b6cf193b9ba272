"""Words of a city's tickets that are common, rarer and rare, and the keys by which search has
them."""

from collections.abc import Sequence

import psycopg

from app.tickets.search import keys

WORDS = """
停车占道 暖气不热 物业收费 垃圾清运 路灯不亮 井盖松动 树枝折断 噪声扰民 违章搭建 电梯故障
漏水严重 网络中断 公交晚点 油烟扰民 犬只伤人 拖欠工资 预付退费 施工扬尘 河道污染 校车超载
"""
COMMON = WORDS.split()
"""Each in one ticket of twenty."""

RARER = 1_000
"""Words that each are in one ticket of so many."""

FIRST, SECOND = 0x4E00, 0x5E00
"""Codes of the characters of the first of them."""

TH = f"mod(m.n, {len(COMMON)})::int"
"""Of a ticket's common word, the place among them; and of its rarer one."""
RARER_TH = f"mod(m.n, {RARER})::int"
CONTENT = f"""
    t.content || '，' || ('{{{",".join(COMMON)}}}'::text[])[{TH} + 1] || '，'
    || chr({FIRST} + {RARER_TH}) || chr({SECOND} + {RARER_TH}) || '，编号' || m.n
"""
"""Of a copy: a common word, a rarer one, and a number that no other ticket has."""

FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION bench.hashed(text, kind bigint, bits bigint) RETURNS integer
    IMMUTABLE LANGUAGE sql
    RETURN ((kind | (crc32(convert_to($1, 'UTF8')) & bits)) - {2 * keys.SIGN})::integer;
CREATE OR REPLACE FUNCTION bench.fact(text) RETURNS integer IMMUTABLE LANGUAGE sql
    RETURN bench.hashed($1, {keys.FACTS}, {keys.FACT_BITS});
"""

MINUTE = "floor(extract(epoch FROM m.at) / 60)::bigint"
KEYS = f"""%(model)s::integer[] || common.keys::integer[] || ARRAY[
    ({FIRST} + {RARER_TH}) * 65536 + {SECOND} + {RARER_TH},
    bench.hashed(m.n::text, {keys.RUNS}, {keys.RUN_BITS}),
    bench.fact('office ' || m.office), bench.fact('office ' || m.district),
    bench.fact('end ' || right(m.number, 4)), bench.fact('end ' || right(m.number, 7)),
    {", ".join(f"bench.fact('minutes {span} ' || {MINUTE} / {span})" for span in keys.SPANS)}
] || CASE WHEN m.status IN ('closed', 'withdrawn') THEN '{{}}' ELSE ARRAY[{keys.OPEN}] END"""
ENTRIES = f"""
INSERT INTO search_entry (ticket_number, keys)
SELECT m.number, {KEYS} FROM bench.made m
JOIN unnest(%(words)s::text[]) WITH ORDINALITY AS common (keys, place)
    ON common.place = {TH} + 1
"""
UP_TO_NOW = """
INSERT INTO search_mark (id, at, number) VALUES (1, clock_timestamp(), '')
ON CONFLICT (id) DO UPDATE SET at = excluded.at
"""


def enter(connection: psycopg.Connection, model: Sequence[str]) -> None:
    """The keys of the tickets in `bench.made`; `model` are the texts that all of them have."""
    if connection.execute(THERE).fetchall() == [(None,)]:  # a tree of before
        return
    facts = (("type", "complaint"), ("channel", "phone"), ("urgency", "L3"))
    shared = [*keys.of_text("\n".join(model)), *(keys.fact(*fact) for fact in facts)]
    common = [f"{{{','.join(map(str, keys.of_text(word)))}}}" for word in COMMON]
    [(index,)] = connection.execute(INDEX).fetchall()
    connection.execute(FUNCTIONS)
    connection.execute("DROP INDEX ix_search_entry_keys")
    connection.execute(ENTRIES, {"model": shared, "words": common})
    connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
    connection.execute(index)
    connection.execute(UP_TO_NOW)


THERE = "SELECT to_regclass('search_entry')"
INDEX = "SELECT pg_get_indexdef('ix_search_entry_keys'::regclass)"
