#!/usr/bin/env python3
"""Hotline tickets as CSV for the ordinary import of the register hotline_order of the demonstration office.

    bench/tickets.py 100000 [--seed N] [--open N] [--year Y] [-o FILE]

The same arguments give the same file. The tickets spread over the year in order of their days; the last `--open` of them
wait, are signed or in work, all others are closed, one in fifty returned, one in seven hundred of a rare topic. Texts are sentences of real messages where the
shared data are at hand, else of the vocabulary below."""
import argparse
import csv
import datetime
import os
import random
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MESSAGES = os.path.join(os.path.dirname(ROOT), "shared", "data", "messages", "messages.csv")

HEADER = ["来源平台", "来源编号", "诉求概要", "工单来源", "诉求类型", "事项类别", "紧急程度", "派单日期", "来电人", "联系电话",
          "诉求内容", "地点", "所在社区", "疑难工单", "签收日期", "主办单位", "首次联系日期", "退单日期", "退单理由", "反馈日期",
          "解决情况", "答复内容", "回访日期", "回访评价", "阶段"]
PLATFORMS = ["市12345热线", "市12345热线", "市12345热线", "区平台", "110联动", "网格上报"]
KINDS = ["投诉", "投诉", "求助", "求助", "咨询", "举报", "建议"]
TOPICS = ["城市管理", "物业管理", "环境噪声", "房屋建筑", "市政设施", "交通停车", "劳动保障", "民生服务", "公共安全", "消费维权",
          "其他"]
COMMUNITIES = ["柳星", "紫薇园", "长林", "宏福", "温馨", "长风", "和兴园"]
DEPARTMENTS = ["综合行政执法队", "城市建设管理办公室", "公共服务办公室", "社区治理办公室", "平安法治办公室"]
RETURNS = ["不属于本单位职责", "重复工单", "应当通过法定途径解决", "诉求不明无法核实"]
SOLVED = ["已解决", "已解决", "已解决", "部分解决", "未解决", "不合理诉求"]
RATINGS = ["非常满意", "满意", "满意", "基本满意", "不满意"]
SURNAMES = "黄韦覃梁莫蒙陆陈李王张刘何罗廖农潘吴周杨"
GIVEN = "宏达惠兰金凤建国秀英志强美玲永福桂花小明丽华"
WHERE = ["小区", "路口", "菜市场门口", "学校对面", "停车场", "工地", "公交站旁", "公园", "广场", "巷内"]
PROBLEMS = ["夜间施工噪声扰民", "下水道堵塞外溢", "占道停车堵住通道", "路灯不亮", "垃圾多日没有清运", "油烟直排", "电梯反复停运",
            "楼道堆放杂物", "外墙瓷砖脱落", "广场舞音响太大", "物业收费没有公示", "拖欠工资", "自来水浑浊", "井盖破损",
            "违章搭建", "树枝遮挡窗户", "电动自行车进楼充电", "流浪犬伤人", "屋顶漏水", "暖气管道破裂", "商铺占道经营"]
DETAILS = ["已经持续{n}天，多次向物业反映都没有结果", "老人和孩子夜里无法入睡", "附近{n}户居民都受影响", "希望尽快派人到现场核查",
           "曾经处理过一次，过后又反复", "来电人要求书面答复", "存在安全隐患，请部门重视", "此前工单编号尾号{n}，至今没有人联系",
           "高峰时段车辆无法通行", "雨天积水约{n}厘米", "社区已经到场协调，没有达成一致", "希望公布处理时限和责任人"]
ANSWERS = ["当日到场核查，责令立即整改，{n}日后回查未再发生", "会同社区和物业现场协调，双方达成一致，{n}天内完成",
           "已向来电人说明政策依据，来电人表示理解", "已安排维修，费用由公共收益列支", "已列入巡查重点，每周巡查{n}次",
           "经查情况属实，已立案查处", "因涉及产权争议，已引导双方通过调解解决"]


def sentences():
    """Titles and sentences of real messages; None without the shared data."""
    if not os.path.exists(MESSAGES):
        return None
    titles, parts = [], []
    with open(MESSAGES, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            title = re.sub(r"\s+", "", row["title"])
            if 6 <= len(title) <= 28:
                titles.append(title)
            for part in re.split(r"[。！？；!?;\s]+", row["text"]):
                if 8 <= len(part) <= 70 and re.search("[\u4e00-\u9fff]", part):
                    parts.append(part)
    return titles, parts


RARE, RARELY = "优化营商", 700  # the topic of one ticket in so many


class Tickets:
    def __init__(self, count, seed=1, open_count=0, year=2025):
        self.count, self.open, self.year = count, min(open_count, count), year
        self.random = random.Random(seed)
        self.real = sentences()

    def pick(self, items):
        return items[int(self.random.random() * len(items))]

    def number(self, most):
        return 1 + int(self.random.random() * most)

    def told(self, templates):
        return self.pick(templates).replace("{n}", str(self.number(30)))

    def text(self, place):
        parts = 2 + int(self.random.random() * 3)
        if self.real:
            return self.pick(self.real[0]), place + "：" + "。".join(self.pick(self.real[1]) for _ in range(parts)) + "。"
        problem = self.pick(PROBLEMS)
        return place + problem, "%s%s。%s。" % (place, problem, "。".join(self.told(DETAILS) for _ in range(parts)))

    def day(self, i):
        first = datetime.date(self.year, 1, 1)
        days = (datetime.date(self.year + 1, 1, 1) - first).days
        return first + datetime.timedelta(days=i * days // self.count)

    def course(self, i, on):
        """The cells from 签收日期 on."""
        later = [on]
        for most in (2, 2, 6, 4):
            later.append(later[-1] + datetime.timedelta(days=int(self.random.random() * most)))
        signed, contacted, replied, visited = (day.isoformat() for day in later[1:])
        department = self.pick(DEPARTMENTS)
        if i >= self.count - self.open:
            return [["", "", "", "", "", "", "", "", "", "", "待签收"],
                    [signed, "", "", "", "", "", "", "", "", "", "已签收"],
                    [signed, department, contacted, "", "", "", "", "", "", "", "办理中"]][i % 3]
        if i % 50 == 0:
            return [signed, "", "", contacted, self.pick(RETURNS), "", "", "", "", "", "已退单"]
        return [signed, department, contacted, "", "", replied, self.pick(SOLVED), self.told(ANSWERS) + "。", visited,
                self.pick(RATINGS), "已办结"]

    def row(self, i):
        on = self.day(i)
        community = self.pick(COMMUNITIES)
        place = "%s%s%d号" % (community, self.pick(WHERE), self.number(200))
        subject, content = self.text(place)
        return ["柳州市12345热线", "LZ12345-%d%08d" % (self.year, i + 1), subject, self.pick(PLATFORMS), self.pick(KINDS),
                (self.pick(TOPICS), RARE)[i % RARELY == 5], "紧急" if i % 20 == 7 else "一般", on.isoformat(),
                self.pick(SURNAMES) + self.pick(GIVEN) + self.pick(GIVEN), "100%08d" % self.number(99999999), content,
                place, community + "社区居委会", "是" if i % 33 == 5 else "否"] + self.course(i, on)

    def write(self, file):
        out = csv.writer(file)
        out.writerow(HEADER)
        for i in range(self.count):
            out.writerow(self.row(i))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("count", type=int)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--open", type=int, default=500)
    p.add_argument("--year", type=int, default=2025)
    p.add_argument("-o", "--output")
    a = p.parse_args()
    file = open(a.output, "w", encoding="utf-8", newline="") if a.output else sys.stdout
    Tickets(a.count, a.seed, a.open, a.year).write(file)


if __name__ == "__main__":
    main()
