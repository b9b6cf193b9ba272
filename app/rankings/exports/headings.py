"""Headings of a ranking's workbook, in Chinese; in English they are the members' own names."""

from collections.abc import Iterable

LEAGUES = {
    "streets": "街道排名",
    "districts": "各区排名",
    "city_departments": "市级部门排名",
    "district_departments": "区级部门排名",
    "industries": "行业排名",
    "enterprises": "企业排名",
}

PLAIN = {
    "office_code": "单位代码",
    "office_name": "单位",
    "district_code": "区划代码",
    "status": "状态",
    "rank": "名次",
    "previous_rank": "上期名次",
    "assessed": "考核件数",
    "composite": "综合得分",
    "composite_exact": "综合得分（精确）",
    "volume": "诉求量",
    "per_10k": "万人诉求比",
    "excluded": "剔除件数",
    "not_assessed": "不考核件数",
    "on_hold": "挂账件数",
    "overdue": "超期件数",
    "classes": "类别",
    "primary_class": "主类别",
    "grade": "等级",
    "group": "组别",
    "group_rank": "组内名次",
}
RATES = {"response": "响应率", "resolution": "解决率", "satisfaction": "满意率"}
PARTS = {
    "percent": "",
    "numerator": "分子",
    "denominator": "分母",
    "low": "下限",
    "high": "上限",
}

CHINESE = PLAIN | {
    f"{rate}_{part}": f"{name}{suffix}"
    for rate, name in RATES.items()
    for part, suffix in PARTS.items()
}


def chinese(columns: Iterable[str]) -> list[str]:
    return [CHINESE[column] for column in columns]
