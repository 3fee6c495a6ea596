"""Claims as tables of HTML: the sentence, the paper's figure, ours, and the verdict in a word."""

from collections.abc import Sequence
from html import escape

from book.ledger.claims import PAPERS, Judged
from book.shared.page import CARD_STYLE, card_table
from lib.evaluation.intervals import alike, alone
from lib.evaluation.verdicts import FAILS, HOLDS, NO_RUN, OPEN, SYMBOLS, UNTESTABLE
from lib.tools.papers import look_up

COLUMNS = ("claim", "in the paper", "ours, 95 % interval", "measured on", "verdict, on our data")
COLOURS = {HOLDS: "#00694b", FAILS: "#a33b00", OPEN: "#1f5f8b", UNTESTABLE: "#555555", NO_RUN: "#555555"}
BADGE = "display:inline-block; padding:.1em .5em; border-radius:.4em; color:#fff; white-space:nowrap;"


def claims_html(judged: Sequence[Judged], caption: str) -> str:
    """One table of these claims, with the style that it needs."""
    rows = [_row(one) for one in judged]
    return CARD_STYLE + "\n" + card_table(COLUMNS, rows, caption, [f"claim-{one.claim.id}" for one in judged])


def by_paper(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """The claims of each paper, by its title."""
    return {title: [one for one in judged if one.claim.source == name] for name, title in PAPERS.items()}


def _row(one: Judged) -> tuple[str, ...]:
    claim, place = one.claim, one.ours.place if one.ours else ""
    other = one.filmed if one.filmed and one.filmed.ours else None
    rule_first = f"rule of commit {claim.rule_commit[:7]}, before the run" if claim.rule_commit else ""
    return (
        _with_small(escape(claim.says), "" if claim.problem else claim.place),
        escape(theirs(one)),
        _with_small(escape(ours(one)), f"through a film: {ours(other)}: {other.verdict}" if other else ""),
        _with_small(escape(claim.on), place),
        _with_small(badge(one.verdict), "; ".join(filter(None, (one.reason, rule_first)))),
    )


def _with_small(html: str, text: str) -> str:
    return f"{html}<br><small>{escape(text)}</small>" if text else html


def badge(verdict: str) -> str:
    """A verdict as symbol and word; colour says nothing that they do not."""
    return f'<span style="{BADGE} background:{COLOURS[verdict]}">{SYMBOLS[verdict]} {verdict}</span>'


def theirs(one: Judged) -> str:
    """The paper's figure; a difference with its two parts."""
    if one.claim.problem:
        return "–"
    said = one.claim.said
    if said.number is None:
        return "no figure"
    parts = [look_up(name).number for name in said.of]
    if len(parts) == 2 and parts[0] - parts[1] == said.number:
        return f"{_minus(f'{said.number:+}')} {said.unit} ({parts[0]} less {parts[1]})"
    return f"{_minus(said.printed if said.printed[0] in '+-' else f'{said.number:,}')} {said.unit}".strip()


def ours(one: Judged) -> str:
    """Our figure with its interval and what it was counted over."""
    answer, unit = one.ours, one.claim.unit
    if answer is None:
        return "none"
    if answer.low is None or answer.high is None:
        text = f"{_minus(alone(answer.value))} {unit}".strip()
    else:
        value, low, high = map(_minus, alike(answer.value, answer.low, answer.high))
        text = f"{value} {unit}".strip() + f" ({low} to {high})"
    return text + (f", n\u00a0=\u00a0{answer.n:,} {answer.of}".rstrip() if answer.n else "")


def _minus(text: str) -> str:
    return text.replace("-", "−")
