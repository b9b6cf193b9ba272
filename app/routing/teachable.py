"""Names that may be learned as a place: no generic noun, no building, no filler, no person.

`大门口`, `3号楼`, `不详`, `淘宝店` are said of every place and of none: one case would teach them to
a street for good. A name is generic where it is made of such words alone. Nor is anything learned
that tells of a person: a surname's house, a plate, a run of digits.
"""

import re
from functools import lru_cache

GENERIC = frozenset(
    # of a building and around it
    "大门口 大门 小门 正门 前门口 后门 侧门 东门 西门 南门 北门 门口 门前 门外 门里 门 家门口 家门 入口 出口 出入口 通道 "
    "单元门 单元 号楼 号院 楼栋 栋 楼 层 室 户 楼道 楼梯 楼梯间 楼下 楼上 楼顶 楼前 楼后 楼内 楼里 顶层 底商 地下室 地下 "
    "地库 车库 电梯 电梯间 走廊 过道 大厅 大堂 院子 院 院里 院内 大院 花坛 绿地 草坪 围墙 墙 屋顶 天台 阳台 厨房 厕所 "
    "卫生间 公厕 洗手间 客厅 卧室 房间 房子 屋里 屋 家里 家中 家 自家 我家 老家 住处 住所 住宅 宿舍 出租房 出租屋 群租房 "
    "小区 本小区 某小区 社区 本社区 园区 片区 院区 校区 新区 老区 区里 村里 村内 村口 村边 村东 村西 村南 村北 村 本村 "
    "全村 屯里 街里 胡同 胡同口 胡同里 巷子 巷口 弄堂 里弄 街道 街 街上 街边 马路 马路上 马路边 路 路上 路边 路口 路段 "
    "路旁 道路 道边 大路 小路 主路 辅路 人行道 便道 车道 自行车道 盲道 高速 高速路 环路 立交桥 天桥 过街天桥 地下通道 桥 "
    "桥上 桥下 桥头 桥洞 桥边 隧道 涵洞 十字路口 丁字路口 红绿灯 河 河边 河道 河里 河岸 沟 沟边 水渠 湖边 水库 山上 山下 "
    "地里 田里 农田 大棚 空地 荒地 拆迁地 工地 施工现场 现场 工厂 厂房 厂 厂区 仓库 库房 院墙 停车场 停车位 车位 广场 "
    "公园 绿化带 垃圾站 垃圾桶 垃圾楼 垃圾房 配电室 配电箱 变电站 泵房 锅炉房 热力站 换热站 充电桩 充电站 基站 信号塔 "
    # of a town
    "医院 诊所 药店 社区医院 卫生站 卫生院 学校 小学 中学 大学 幼儿园 托儿所 培训班 补习班 银行 邮局 加油站 超市 商店 "
    "商场 便利店 小卖部 菜市场 市场 早市 夜市 集市 饭店 饭馆 餐馆 餐厅 食堂 酒店 宾馆 旅馆 网吧 酒吧 歌厅 健身房 理发店 "
    "美容院 洗车店 修车店 快递站 快递柜 驿站 彩票店 棋牌室 公司 单位 本单位 企业 写字楼 办公楼 办公室 大厦 大楼 商铺 门面 "
    "门店 店铺 店 店里 地铁站 地铁 地铁口 地铁里 火车站 车站 公交站 公交车站 公交车 公交车上 公交 站台 站 机场 客运站 "
    "派出所 居委会 村委会 物业 物业公司 业委会 街道办 街道办事处 办事处 镇政府 乡政府 区政府 市政府 政府 法院 社保中心 "
    "政务大厅 办事大厅 服务大厅 大队 养老院 敬老院 殡仪馆 寺庙 教堂 电影院 体育馆 图书馆 工作室 中介 中介公司 门诊 "
    # directions and the like
    "东 西 南 北 中 东边 西边 南边 北边 东侧 西侧 南侧 北侧 东面 西面 南面 北面 东头 西头 南头 北头 东北角 西北角 东南角 "
    "西南角 东口 西口 南口 北口 东北 西北 东南 西南 左边 右边 左侧 右侧 前面 后面 前边 后边 对面 对过 斜对面 旁边 旁 边 边上 附近 周边 周围 一带 "
    "1带 里 里面 里边 内 内部 外 外面 外边 上 上面 下 下面 口 角 中间 中部 之间 交叉口 交汇处 拐弯处 拐角 转角 隔壁 邻居 "
    "楼上邻居 邻居家 这里 那里 这边 那边 此处 某处 各处 到处 处 地方 原地 一个 1个 某 各 每 整个 全 的 和 与 及 在 有 号 第 "
    # fillers, channels, the whole
    "不详 不清楚 不知道 不明 不便透露 不愿透露 不方便 未知 未提供 未告知 未说明 未填 没有 没 无 暂无 无地址 没地址 保密 匿名 同上 "
    "如上 见上 见内容 见正文 见附件 详见 略 空 其他 其它 地址 详细地址 地点 位置 家庭住址 网上 网络 线上 网站 网店 微信 微信群 "
    "朋友圈 公众号 小程序 抖音 快手 微博 淘宝 淘宝店 天猫 京东 拼多多 美团 饿了么 闲鱼 支付宝 手机 电话 短信 直播间 APP "
    "平台 快递 外卖 全市 全区 全国 全城 本市 本区 各区 外地 市里 市区 城里 城区 郊区 农村 北京 北京市 中国 首都 "
    # people in general
    "居民 业主 住户 租户 房东 老人 孩子 市民 群众 家属 员工 本人 自己 他家 她家 别人家 人家 他们家 谁家".split()
)
LONGEST_WORD = max(map(len, GENERIC))

UNIT = re.compile(r"[0-9A-Z\-~#_第]+(?:号[楼院门]?|楼|单元|层|室|门|[栋幢座户排期]|$)")
"""A number of a building or a room; 3里河 and 8角 are names."""
DIGITS = re.compile(r"[0-9][0-9\-]{4,}")
"""Longer than the number of a house: a telephone, an identity, an account."""
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][0-9A-Z]{4,6}")
SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马胡朱郭何罗高林郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭"
    "陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
PERSON = re.compile(
    f"[{SURNAMES}].{{0,2}}(?:先生|女士|小姐|太太|师傅|大爷|大妈|大娘|阿姨|叔叔|奶奶|爷爷|老师|经理|主任|老板|同志|某)"
    f"|[{SURNAMES}].{{0,2}}(?<!之)家(?:里|中|门口)?$|身份证|手机号|车牌|电话"
)
LEAST = 2


def is_place(name: str) -> bool:
    """Whether a name, written as `text.read` writes it, can be a place of its own."""
    if DIGITS.search(name) or PLATE.search(name) or PERSON.search(name):
        return False
    return len(name) >= LEAST and not is_generic(name)


@lru_cache(10_000)
def is_generic(words: str) -> bool:
    """Whether a name is made of generic words alone."""
    reached = {0}
    for start in range(len(words)):
        if start in reached:
            if unit := UNIT.match(words, start):
                reached.add(unit.end())
            ends = range(start + 1, min(start + LONGEST_WORD, len(words)) + 1)
            reached.update(end for end in ends if words[start:end] in GENERIC)
    return len(words) in reached
