"""Finds secrets in what was read on a picture. Runs in the reading process; what it found stays there, where it is
comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from grokdesk.model import Finding, Region
from grokdesk.pictures.read.page import Line
from grokdesk.pictures.read.reader import Code
from grokdesk.pictures.read.secret_rules import BY_LOOKS, OWN_WORD, Rule, rules
from grokdesk.pictures.read.secret_text import spellings, united, widened


@dataclass(frozen=True, slots=True)
class _Place:
    rule: str
    regions: tuple[Region, ...]


def scan(
    lines: Sequence[Line],
    codes: Sequence[Code],
    own_words: Sequence[str],
    whole: Region,
    second_look: Sequence[Line] = (),
) -> tuple[Finding, ...]:
    """Every secret once, from top to bottom; ``whole`` is the picture, ``second_look`` the same text read otherwise."""
    every = tuple(rules(own_words))
    spelled = (*spellings(lines), *(spellings(second_look) if second_look else ()))
    places: list[_Place] = []
    for rule in every:
        for each in spelled:
            places += [_Place(rule.name, each.regions_of(*span)) for span in rule.find(each.text)]
    for code in codes:
        if code.region is not None and (name := _first_rule(every, code.text)):
            places.append(_Place(name, (code.region,)))
    findings = [Finding(place.rule, widened(place.regions, whole)) for place in _telling(places)]
    return tuple(sorted((found for found in findings if found.regions), key=_from_the_top))


def rules_in(text: str, own_words: Sequence[str] = ()) -> tuple[str, ...]:
    """The names of the rules that find something in a text, each once."""
    return tuple(dict.fromkeys(rule.name for rule in rules(own_words) if any(True for _ in rule.find(text))))


def _first_rule(every: Sequence[Rule], text: str) -> str:
    return next((rule.name for rule in every if any(True for _ in rule.find(text))), "")


def _telling(places: Sequence[_Place]) -> list[_Place]:
    """Without what an earlier place covers already; the person's own words are named in any case."""
    kept: list[_Place] = []
    for place in places:
        others = [other for other in kept if other.rule == place.rule or other.rule != OWN_WORD]
        if not place.regions or all(_is_covered(region, others) for region in place.regions):
            continue
        # Another spelling of the same thing, or a less telling rule, may have found more of it.
        more_of = next((n for n, other in enumerate(kept) if _is_more_of(place, other)), None)
        if more_of is None:
            kept.append(place)
        else:
            kept[more_of] = _Place(kept[more_of].rule, _together(kept[more_of].regions, place.regions))
    return kept


def _is_more_of(place: _Place, other: _Place) -> bool:
    return (
        place.rule in (other.rule, *BY_LOOKS)
        and other.rule != OWN_WORD
        and any(not one.intersected(two).is_empty for one in place.regions for two in other.regions)
    )


def _together(regions: Sequence[Region], more: Sequence[Region]) -> tuple[Region, ...]:
    """Both, with those that overlap made one."""
    joined = list(regions)
    for region in more:
        touching = [other for other in joined if not other.intersected(region).is_empty]
        joined = [other for other in joined if other not in touching] + [reduce(united, touching, region)]
    return tuple(sorted(joined, key=lambda region: (region.y, region.x)))


def _is_covered(region: Region, places: Sequence[_Place]) -> bool:
    return any(_holds(hidden, region) for place in places for hidden in place.regions)


def _holds(outer: Region, inner: Region) -> bool:
    return inner.intersected(outer) == inner


def _from_the_top(finding: Finding) -> tuple[int, int]:
    return finding.regions[0].y, finding.regions[0].x
