"""Ledger rows for the tests."""

from datetime import UTC, date, datetime

from bot.documents.ledger import HistoryEntry, LedgerRow
from bot.domain.states import Light, State

MADE_AT = datetime(2021, 12, 31, 8, 5, tzinfo=UTC)
LINK = "http://www.cqsdj.gov.cn/zwgk_157/t20211102_10000123.html"
EVENING = datetime(2021, 11, 2, 16, 30, 59, 900_000, tzinfo=UTC)  # already 11-03 in Shanghai

ROW = LedgerRow(
    code="31-1",
    part="三、紧扣强基础抓基层深化政务公开",
    aspect="(一)做好政务信息管理工作",
    item="更新县政府门户网站“履职依据”中“行政法规”“市政府规章”文本",
    leads=("县政府办公室", "县司法局"),
    unit="新民镇",
    due=date(2021, 6, 30),
    state=State.RETURNED.label,
    light=Light.RED.value,
    signed_at=EVENING,
    submitted_at=datetime(2021, 11, 3, 1, 0, tzinfo=UTC),
    closed_at=None,
    extensions=2,
    evidence=(LINK, "截图.png"),
    return_reason="链接打不开",
    node_title="行政法规文本",
    history=(
        HistoryEntry(EVENING, "张三", "签收", "收到"),
        HistoryEntry(datetime(2021, 11, 3, 2, 0, tzinfo=UTC), "李四", "退回", "链接打不开，\n请“重报”"),
    ),
)
UNRESOLVED = LedgerRow(
    code="13",
    part="一",
    aspect="二",
    item="三",
    leads=(),
    unit="",
    due=date(2021, 12, 31),
    state=State.UNRESOLVED.label,
    light=Light.GREY.value,
)
