"""What people do in WeCom, as the platform writes it down."""

import contextlib
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.wecom.errors import Malformed
from bot.wecom.messages import Incoming, parse

HEAD = "<ToUserName><![CDATA[wwcorp]]></ToUserName><FromUserName><![CDATA[LiSi]]></FromUserName>"
TAIL = "<AgentID>1000002</AgentID>"


def xml(rest: str, created: str = "1700000000") -> bytes:
    return f"<xml>{HEAD}<CreateTime>{created}</CreateTime>{rest}{TAIL}</xml>".encode()


def message(kind: str, rest: str = "", msg_id: str = "4561255354251345929") -> bytes:
    return xml(f"<MsgType><![CDATA[{kind}]]></MsgType>{rest}<MsgId>{msg_id}</MsgId>")


def event(name: str, rest: str = "", created: str = "1700000000") -> bytes:
    return xml(f"<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[{name}]]></Event>{rest}", created)


BASE = Incoming("text", "LiSi", 1700000000, 1000002, "4561255354251345929")


class TestMessages:
    def test_text(self) -> None:
        content = "<Content><![CDATA[完成 34 https://www.dianjiang.gov.cn/a?b=1&c=<!DOCTYPE html>]]></Content>"
        assert parse(message("text", content)) == replace(
            BASE, text="完成 34 https://www.dianjiang.gov.cn/a?b=1&c=<!DOCTYPE html>"
        )

    def test_text_with_nothing_in_it(self) -> None:
        assert parse(message("text", "<Content><![CDATA[]]></Content>")) == BASE

    @pytest.mark.parametrize(("kind", "ours"), [("image", "image"), ("voice", "voice"), ("shortvideo", "video")])
    def test_media(self, kind: str, ours: str) -> None:
        incoming = parse(message(kind, "<MediaId><![CDATA[m-1]]></MediaId>"))
        assert (incoming.kind, incoming.media_id) == (ours, "m-1")

    @pytest.mark.parametrize("name_field", ["FileName", "Title"])
    def test_file(self, name_field: str) -> None:
        rest = f"<MediaId><![CDATA[m-2]]></MediaId><{name_field}><![CDATA[预算公开.xlsx]]></{name_field}>"
        incoming = parse(message("file", rest))
        assert (incoming.kind, incoming.media_id, incoming.file_name) == ("file", "m-2", "预算公开.xlsx")

    def test_link(self) -> None:
        rest = "<Title><![CDATA[公开]]></Title><Description/><Url><![CDATA[https://a.cn/?x=1&y=2]]></Url>"
        incoming = parse(message("link", rest))
        assert (incoming.kind, incoming.link_title, incoming.link_url) == ("link", "公开", "https://a.cn/?x=1&y=2")

    def test_location(self) -> None:
        assert parse(message("location", "<Location_X>23</Location_X><Label>某处</Label>")).kind == "location"

    def test_a_kind_of_the_future(self) -> None:
        incoming = parse(message("hologram", "<Body><Part>1</Part><Part>2</Part></Body>"))
        assert (incoming.kind, incoming.sender) == ("unknown", "LiSi")

    def test_the_official_sample(self) -> None:
        incoming = parse(
            b"<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName>\n<FromUserName><![CDATA[mycreate]]>"
            b"</FromUserName>\n<CreateTime>1409659813</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n<Content>"
            b"<![CDATA[hello]]></Content>\n<MsgId>4561255354251345929</MsgId>\n<AgentID>218</AgentID>\n</xml>"
        )
        assert incoming == Incoming("text", "mycreate", 1409659813, 218, "4561255354251345929", text="hello")
        assert incoming.key == "msg-4561255354251345929"


CARD = (
    "<EventKey><![CDATA[approve:34]]></EventKey><TaskId><![CDATA[task-1]]></TaskId>"
    "<CardType><![CDATA[button_interaction]]></CardType><ResponseCode><![CDATA[code-1]]></ResponseCode>"
)


class TestEvents:
    def test_menu_click(self) -> None:
        incoming = parse(event("click", "<EventKey><![CDATA[任务]]></EventKey>"))
        assert (incoming.kind, incoming.event, incoming.event_key, incoming.msg_id) == ("event", "click", "任务", None)

    @pytest.mark.parametrize("name", ["subscribe", "unsubscribe", "enter_agent", "LOCATION", "view", "taskcard_click"])
    def test_others(self, name: str) -> None:
        assert parse(event(name, "<EventKey><![CDATA[]]></EventKey>")).event == name.lower()

    @pytest.mark.parametrize("name", ["template_card_event", "template_card_menu_event"])
    def test_card(self, name: str) -> None:
        incoming = parse(event(name, CARD))
        assert incoming == Incoming(
            "event",
            "LiSi",
            1700000000,
            1000002,
            event=name,
            event_key="approve:34",
            task_id="task-1",
            card_type="button_interaction",
            response_code="code-1",
        )

    def test_choices_on_a_card_one_or_several(self) -> None:
        def item(question: str, *options: str) -> str:
            ids = "".join(f"<OptionId><![CDATA[{option}]]></OptionId>" for option in options)
            return f"<SelectedItem><QuestionKey>{question}</QuestionKey><OptionIds>{ids}</OptionIds></SelectedItem>"

        one = parse(event("template_card_event", f"{CARD}<SelectedItems>{item('q', 'a')}</SelectedItems>"))
        assert one.selected == {"q": ("a",)}
        items = item("q", "a", "b") + item("r")
        several = parse(event("template_card_event", f"{CARD}<SelectedItems>{items}</SelectedItems>"))
        assert several.selected == {"q": ("a", "b"), "r": ()}

    def test_contacts(self) -> None:
        rest = "<ChangeType><![CDATA[update_user]]></ChangeType><UserID><![CDATA[zhangsan]]></UserID>"
        incoming = parse(event("change_contact", rest + "<ExtAttr><Item><Name>a</Name></Item></ExtAttr>"))
        assert (incoming.change_type, incoming.user_id) == ("update_user", "zhangsan")

    def test_without_an_application(self) -> None:
        body = event("change_contact", "<ChangeType>create_party</ChangeType><Id>7</Id>").replace(TAIL.encode(), b"")
        incoming = parse(body)
        assert (incoming.agent_id, incoming.user_id) == (None, "7")


class TestKey:
    def test_repetitions_are_one(self) -> None:
        assert parse(event("template_card_event", CARD)).key == parse(event("template_card_event", CARD)).key

    def test_a_message_is_its_id_whatever_else_differs(self) -> None:
        """The platform's repetition of one message carries its MsgId; nothing else is to be relied on."""
        assert replace(BASE, created=BASE.created + 5).key == BASE.key

    def test_two_things_within_a_second_are_two(self) -> None:
        click = parse(event("template_card_event", CARD))
        changed = [
            replace(click, created=1700000001),
            replace(click, agent_id=1000003),
            replace(click, sender="lisi2"),
            replace(click, event_key="return:34"),
            replace(click, event="template_card_menu_event"),
            replace(click, task_id="task-2"),
            replace(click, response_code="code-2"),
            replace(click, user_id="x"),
            replace(click, change_type="x"),
            replace(click, sender="LiSi\x1f", event_key=""),
        ]
        assert len({incoming.key for incoming in [click, *changed]}) == len(changed) + 1

    def test_an_id_of_zero_is_none(self) -> None:
        one, two = (
            parse(event("click", "<EventKey>a</EventKey><MsgId>0</MsgId>")),
            parse(event("click", "<MsgId>0</MsgId>")),
        )
        assert one.key != two.key

    @example("9" * 200, "")
    @given(st.text(max_size=300), st.text(max_size=300))
    def test_fits_a_column(self, msg_id: str, event_key: str) -> None:
        key = Incoming("event", "任" * 300, 1, msg_id=msg_id, event_key=event_key).key
        assert key.isascii()
        assert len(key) <= 128


class TestMalformed:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<xml/>",
            b"hello",
            b"<!DOCTYPE xml>" + message("text"),
            b"<xml>" + b"<a>" * 9000 + b"</a>" * 9000 + b"</xml>",
            message("text").replace(b"<![CDATA[text]]>", b""),
            message("event"),
            message("text").replace(b"1700000000", b"soon"),
            message("text").replace(b"1700000000", b"9" * 5000),
            message("text").replace(b"<CreateTime>1700000000</CreateTime>", b""),
            message("text").replace(b"1000002", b"app"),
            message("text").replace(b"<![CDATA[LiSi]]>", b""),
            message("text", "<Content><b>x</b></Content>"),
            message("text", "<Content>a</Content><Content>b</Content>"),
            message("text", '<Content lang="zh">a</Content>'),
            message("text", "<MsgType>event</MsgType>"),
        ],
    )
    def test_refused(self, body: bytes) -> None:
        with pytest.raises(Malformed):
            parse(body)

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["MsgType", "Event", "CreateTime", "AgentID", "FromUserName", "MsgId", "Content", "x"]),
                st.sampled_from(
                    ["", "text", "event", "LOCATION", "1", "-1", "<a/>", "<Content>1</Content>", "&#0;", "链接"]
                ),
            ),
            max_size=9,
        )
    )
    def test_nothing_else_is_raised(self, fields: list[tuple[str, str]]) -> None:
        body = "<xml>" + "".join(f"<{name}>{value}</{name}>" for name, value in fields) + "</xml>"
        with contextlib.suppress(Malformed):
            assert len(parse(body.encode()).key) <= 128
