"""误报: a unit's head says that what was refused is no personal data, or must be public (rule 8)."""

import re

from bot.dialogue.intents import Command
from bot.dialogue.normalize import fold
from bot.dialogue.reasons import is_reason
from bot.handlers.context import Ctx, Refused
from bot.services import overrules
from bot.texts import answers

_CODE = re.compile(r"\d{6}(?!\d)")
_LABEL = re.compile(r"[\s,:;。、]*(?:(?:理由|原因) ?:)?\s*")


async def overrule(ctx: Ctx, command: Command) -> str:
    folded = fold(command.text)
    code = _CODE.match(folded.plain)
    if code is None:
        raise Refused(answers.OVERRULE_USAGE)
    label = _LABEL.match(folded.plain, code.end())
    reason = folded.said(label.end() if label else code.end())
    entry = await overrules.find(ctx.work, ctx.member, code.group())
    if entry is None:
        raise Refused(answers.NO_SUCH_CODE.format(code=code.group(), days=ctx.work.policy.raw_text_days))
    if not is_reason(reason, ctx.names):
        raise Refused(answers.OVERRULE_USAGE.replace("483920", code.group()))
    return await overrules.overrule(ctx.work, entry, reason)
