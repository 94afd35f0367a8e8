"""The commands of DESIGN §6. Exit 0 done, 1 refused or failed with one clear line, 2 wrong usage."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer

from bot import exports, importing, operations
from bot.bench.command import bench
from bot.console import Refusal, load_settings_or_fail, log_to_stderr, run, say, until_stopped, with_store
from bot.settings import Settings
from bot.store.engine import DatabaseError, Store, first_line

log = structlog.get_logger()

app = typer.Typer(
    name="duban",
    help="督办：在企业微信里跑一张任务清单。",
    no_args_is_help=True,
    add_completion=False,
    # Local variables of a traceback could hold the secret.
    pretty_exceptions_enable=False,
)
audit_app = typer.Typer(help="审计记录。", no_args_is_help=True)
app.add_typer(audit_app, name="audit")


@app.callback()
def _start(verbose: Annotated[bool, typer.Option("--verbose", help="把日志打印成便于人看的样子")] = False) -> None:
    log_to_stderr(human=verbose)


@app.command()
def init(county: Annotated[str, typer.Option(help="县的数据：county/ 下的目录名")] = "dianjiang") -> None:
    """建立（或升级）数据库，导入县的单位、清单和策略，并交办。重复运行不会重复交办。"""
    run(_init(load_settings_or_fail(), county))


async def _init(settings: Settings, name: str) -> None:
    from sqlalchemy.exc import DBAPIError

    from bot.documents.county import load_county
    from bot.services import county as service
    from bot.services.work import Work
    from bot.start import make_clock
    from bot.store import migrate
    from bot.store.facts import remember_time

    data = load_county(name)
    settings.make_data_dir()
    store = Store(settings.duban_database_url)
    try:
        say("数据库：建立表结构……")
        await migrate.upgrade(store)
        clock = await make_clock(store, settings)
        if settings.duban_clock is not None:
            await remember_time(store, clock.now())
        say(f"清单：{data.task_list.title}，{len(data.task_list.tasks)} 行……")
        async with store.write() as session:
            loaded = await service.load(Work(session, clock.now(), settings.policy), data)
    except DBAPIError as error:
        raise DatabaseError(f"数据库用不了：{first_line(error.orig or error)}") from error
    finally:
        await store.close()
    if loaded.already:
        say("这份清单先前已经导入，没有重复交办。")
        return
    say(f"已交办 {loaded.dispatched} 项。")
    if loaded.unresolved:
        say(f"待明确责任单位的行：{'、'.join(map(str, loaded.unresolved))}（在聊天里回复：指定 编号 单位）")
    say("下一步：duban roster 人员名单.csv，然后 duban serve")


@app.command()
def roster(
    file: Annotated[Path | None, typer.Argument(help="CSV 或 XLSX，列：单位,姓名,账号,角色")] = None,
    sync: Annotated[bool, typer.Option("--sync", help="从企业微信通讯录读取")] = False,
) -> None:
    """导入人员名单。名单里出现的单位以名单为准；没出现的单位不动。"""
    if (file is None) == (not sync):
        typer.echo("请给一个文件，或用 --sync 从企业微信通讯录读取", err=True)
        raise typer.Exit(2)
    run(_roster(load_settings_or_fail(), file))


async def _roster(settings: Settings, file: Path | None) -> None:
    from bot.documents.roster import read_roster
    from bot.domain.people import OF_A_UNIT, Role
    from bot.services import roster as service
    from bot.services.work import Work

    async def apply(store: Store, now: datetime) -> None:
        if file is not None:
            read = read_roster(file).lines
            lines = [service.Line(line.unit, line.name, line.userid, line.role_label, line.line_no) for line in read]
        else:
            lines = await _from_contacts(settings, store)
        async with store.write() as session:
            work = Work(session, now, settings.policy)
            done = await service.apply(work, lines, OF_A_UNIT if file is None else frozenset(Role))
            gaps = await service.gaps(work)
        say(f"名单已导入：{done.units} 个单位，{done.people} 人；新增 {done.added} 条，去掉 {done.removed} 条。")
        for line in gap_lines(gaps.no_contact, gaps.no_reviewer):
            say(line)

    await with_store(settings, apply)


def gap_lines(no_contact: tuple[str, ...], no_reviewer: tuple[str, ...]) -> list[str]:
    lines = []
    if no_contact:
        lines.append(f"没有联络员的单位（收不到提醒）：{'、'.join(no_contact)}")
    if no_reviewer:
        lines.append(f"没有审核人的牵头单位（由县政府办公室审核）：{'、'.join(no_reviewer)}")
    return lines


async def _from_contacts(settings: Settings, store: Store) -> list[Any]:
    from bot.platform import platform_client
    from bot.services.contacts import lines_from
    from bot.store import people
    from bot.wecom.contacts import read_contacts
    from bot.wecom.errors import PlatformError, told

    try:
        async with platform_client(settings, store) as client:
            found = await read_contacts(client)
    except PlatformError as error:
        raise Refusal(f"读不了企业微信通讯录：{told(error)}") from None
    async with store.read() as session:
        directory = await people.directory(session)
    lines, problems = lines_from(found, directory)
    for problem in problems:
        say(problem)
    if not lines:
        raise Refusal("通讯录里没有读到可用的人员：请检查应用的可见范围，或改用 duban roster 文件")
    return lines


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，默认 DUBAN_HOST")] = None,
    port: Annotated[int | None, typer.Option(help="监听端口，默认 DUBAN_PORT")] = None,
) -> None:
    """运行服务。Ctrl-C 或 SIGTERM 停止。"""
    settings = load_settings_or_fail(
        **{k: v for k, v in {"duban_host": host, "duban_port": port}.items() if v is not None}
    )
    run(until_stopped(_serve(settings)))


async def _serve(settings: Settings) -> None:
    from bot.app import serve as serve_service

    if settings.roles == {"web"} and settings.duban_database_url.startswith("sqlite"):
        # On SQLite no second process may take what this one stores.
        log.warning("serve.web_alone", hint="收到的消息会存下但没人处理；SQLite 上 DUBAN_ROLES 请用默认的全部角色")
    await serve_service(settings, lambda address: say(f"督办服务已启动：{address}"))


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="聊天页面的端口")] = 8000,
    keep: Annotated[bool, typer.Option("--keep", help="接着上次的演示，不从头开始")] = False,
) -> None:
    """沙盒 + 服务 + 县的清单，虚拟时钟从 2021-05-25 开始。"""
    from bot.demo import run_demo

    run(until_stopped(run_demo(port, keep, say)))


@app.command()
def plan(
    at: Annotated[str, typer.Option("--at", help="时刻，如 2021-06-23T09:02")],
    explain: Annotated[bool, typer.Option("--explain", help="每一行依据哪条规则")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """某个时刻会给谁发什么、为什么；什么都不发。"""
    from bot.domain.calendar import SHANGHAI

    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        typer.echo("--at 应是时刻，如 2021-06-23T09:02", err=True)
        raise typer.Exit(2) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
    run(_plan(load_settings_or_fail(), moment, explain, as_json))


async def _plan(settings: Settings, moment: datetime, explain: bool, as_json: bool) -> None:
    from bot.planview import show

    async def look(store: Store, _now: datetime) -> None:
        say(await show(store, settings.policy, moment, explain, as_json))

    await with_store(settings, look)


@app.command()
def understand(
    text: Annotated[str, typer.Argument(help="一条消息")],
    who: Annotated[str, typer.Option("--as", help="谁说的：账号，或单位加角色，如 新民镇联络员")],
    explain: Annotated[bool, typer.Option("--explain", help="为什么这样读")] = False,
) -> None:
    """一条消息会怎样理解；什么都不改，什么都不发。"""
    run(_understand(load_settings_or_fail(), text, who, explain))


async def _understand(settings: Settings, text: str, who: str, explain: bool) -> None:
    from bot.explain import show

    async def look(store: Store, now: datetime) -> None:
        try:
            say(await show(store, settings.policy, now, text.replace("\\n", "\n"), who, explain))
        except LookupError as error:
            raise Refusal(str(error)) from None

    await with_store(settings, look)


@app.command()
def doctor() -> None:
    """检查设置、数据库、日历、平台和名单，每项一行。"""
    from bot.doctor import examine

    lines, ok = run(examine(load_settings_or_fail()))
    for line in lines:
        say(line)
    if not ok:
        raise typer.Exit(1)


@audit_app.command("verify")
def audit_verify() -> None:
    """从头核对审计记录的哈希链。"""
    run(_verify(load_settings_or_fail()))


async def _verify(settings: Settings) -> None:
    from bot.services import chain

    async def walk(store: Store, _now: datetime) -> None:
        await chain.seal(store)
        async with store.read() as session:
            verdict = await chain.verify(session)
        if verdict.broken is not None:
            raise Refusal(f"审计记录第 {verdict.broken} 条与封存时不符（此前 {verdict.sealed} 条完好）：可能被改动过")
        say(f"审计记录完好：{verdict.sealed} 条。")

    await with_store(settings, walk)


app.command()(exports.export)
app.command()(bench)
app.command("import")(importing.import_)
app.command()(operations.outbox)
app.command()(operations.rehearse)
app.command()(operations.backup)
app.command()(operations.restore)


def main() -> None:
    app()
