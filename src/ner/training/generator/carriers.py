"""Real doctor-patient talk as the ground of texts: as it is (harmless), or with identifiers put in.

Turns that may hold a name, a date or a long number are dropped by rule; what is left is plain. Turns that are marked for measuring
(test/eval/dialogue-*.jsonl) are left out.
"""
import glob
import json
import os
import re
from collections import Counter

from . import dates, people, places, pools
from .chance import maybe, number, one

SETS = ('mts_train', 'aci_train', 'aci_train_virtscribe_asr')
MARKS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..', '..', 'test', 'eval')
_SUSPECT = re.compile(r"\b(january|february|april|june|july|august|september|october|november|december)\b|\b(may|march) (\d|first|second|third|fourth|fifth|"
                      r"sixth|seventh|eighth|ninth|tenth|twent|thirt|eleven|twelf|fift)|\d/\d|\b(19|20)\d\d\b.*\d|\d{4,}|\bninet|\b9\d\b|"
                      r"\b(street|avenue|county|hospital of|born|birthday|date of birth)\b")
_RELATIVE = re.compile(r"\b([Mm]y|[Hh]is|[Hh]er|[Yy]our) (wife|husband|mother|father|mom|dad|son|daughter|brother|sister|aunt|uncle|friend|neighbor|girlfriend|boyfriend|"
                       r"partner|grandmother|grandson|niece|nephew|cousin|boss|doctor|surgeon|cardiologist|primary care doctor|therapist|nurse)\b(?!')")
_WHEN = re.compile(r'\b(yesterday|last (?:week|month|year|night)|two weeks ago|a (?:week|month|year|few (?:weeks|months|days)) ago|today|tomorrow|next week|this morning)\b')
_WHERE = re.compile(r'\b(the|a) (hospital|clinic|emergency room|ER|E R|pharmacy|nursing home|urgent care)\b')
_DOCTOR = re.compile(r'\b([Dd]octor|[Dd]r\.?)(?=[,.?!]|$)')
_PRONOUN = re.compile(r"(?:^|(?<=[.?!] ))([Hh]e|[Ss]he)(?= (?:has|had|was|is|takes|took|said|says|needs|went|came|does|did|will|would|can|could|got|gets|feels|told|wants|lives|works|started|also)\b)")
# replaced by a name that nothing announces
_PERSON = re.compile(r"\b(?P<who>(?:[Tt]he|[Mm]y|[Yy]our|[Aa]n?|[Tt]his|[Tt]hat|[Hh]is|[Hh]er) (?:doctor|nurse|surgeon|patient|lady|guy|man|woman|cardiologist|neurologist|specialist|therapist|pharmacist|kid|baby|girl|boy|"
                     r"wife|husband|mother|father|mom|dad|son|daughter|brother|sister|friend|boss|neighbor))\b(?!')")
_OBJECT = re.compile(r"\b(?:told|call|tell|help|with|from|gave|took|about|know|have|seen|like|saw|see|let|for|ask) (?P<who>him|them|it|me|her(?=[,.?!]|$))(?![\w'])")
_SUBJECT = re.compile(r"(?:^|[.?!;] |, |\band |\bbut |\bthat |\bif |\bwhen )(?P<who>[Hh]e|[Ss]he|[Tt]hey|[Ss]omeone|[Ss]omebody)(?= )")
_OPENING = re.compile(r"^(?:(?:so|and|well|now|okay|alright|all right|but|yeah|yes|no|hi|hello|hey|um|uh)[, ]+)?(?=[A-Za-z])", re.I)
_CLOSING = re.compile(r"(?<=[a-z])(?=[.?!]*$)")
_SIR = re.compile(r"\b(sir|ma'am|miss|okay|alright|all right|well|hi|hello|hey|thanks|thank you)(?=[,.?!])", re.I)


def _measured() -> set:
    """Ids of the turns whose marks are kept for measuring."""
    found = set()
    for path in glob.glob(os.path.join(MARKS, 'dialogue-*.jsonl')):
        with open(path, encoding='utf-8') as file:
            found |= {json.loads(line)['id'] for line in file}
    return found


def _rows() -> list:
    rows, measured = [], _measured()
    for name in SETS:
        with open(pools.raw('dialogues', name + '.jsonl'), encoding='utf-8') as file:
            rows += [(name, row) for row in map(json.loads, file) if row['id'] not in measured]
    return rows


def _plain_turns() -> list:
    """[(text, dialogue)] without names, as far as rules can tell."""
    rows = _rows()
    lower = Counter()
    for name, row in rows:
        if name == 'mts_train':
            lower.update(re.findall(r'(?<![.?!] )(?<!^)\b[a-z]+\b', row['text']))
    common = {w for w, n in lower.items() if n >= 2}
    capitals = set("I I'm I've I'd I'll Doctor Okay Medicare Medicaid Tylenol Advil English Spanish".split())
    capitals |= {w for d in pools.words('drugs') for w in d.split()} | {w.removesuffix("'s") for e in pools.words('eponyms') for w in e.split()}
    names = {n.lower() for n in people.US_GIVEN.entries[:9000]} | {n.lower() for n in people.COMMON_SURNAMES.entries}
    turns = []
    for name, row in rows:
        text = re.sub(r'\s+', ' ', row['text']).strip()
        if len(text) < 3 or _SUSPECT.search(text.lower()):
            continue
        if not _has_name(text, name == 'mts_train', common, capitals, names):
            turns.append((text, row['id'].rsplit('-', 1)[0]))
    return turns


def _has_name(text: str, cased: bool, common: set, capitals: set, names: set) -> bool:
    for match in re.finditer(r"[A-Za-z][A-Za-z']*", text):
        word = match.group()
        stem = word.split("'")[0]
        known = stem.lower() in common
        if cased and match.start() > 0 and not re.search(r'[.?!]\s*$|["“]$', text[:match.start()]) and stem[:1].isupper() and len(stem) > 1 \
                and word not in capitals and stem not in capitals and not stem.isupper() and not known:
            return True
        if stem.lower() in names and not known:
            return True
        if not cased and len(stem) > 3 and not known and re.search(r'\b(mr|mrs|ms|dr|doctor|miss)\.? $', text[:match.start()].lower()):
            return True
    return False


TURNS = _plain_turns()


def passage(long: bool) -> str:
    """One turn, or several turns of one dialogue in a row."""
    i = number(0, len(TURNS) - 1)
    text, dialogue = TURNS[i]
    if long:
        words = number(40, 120)
        while len(text.split()) < words and i + 1 < len(TURNS) and TURNS[i + 1][1] == dialogue:
            i += 1
            text += ' ' + TURNS[i][0]
    limit = 125 if long else 45
    return ' '.join(text.split()[:limit])


def plain(style, long: bool = False) -> list:
    return [(passage(long), None)]


def with_identifiers(style, long: bool = False) -> list:
    """Names after "my wife" or for "my wife", "told him", "and she"; facilities for "the hospital", dates for "last week", a name after "okay, "."""
    segments = put_names([(passage(long), None)], style)
    for rule in (_RELATIVE, _DOCTOR, _WHERE, _WHEN, _SIR, _PRONOUN):
        segments = [piece for segment in segments for piece in _insert(segment, rule, style)]
    if maybe(0.3 if any(kind for _, kind in segments) else 0.85):
        segments = _address_by_name(segments, style)
    return segments


def _address_by_name(segments: list, style) -> list:
    """"So, martha, how are you", "how are you, martha?", "martha is ..."."""
    name = (people.full_name(style, one('first', 'first', 'first', 'full')), 'NAME')
    if maybe(0.5):
        text, kind = segments[0]
        opening = _OPENING.match(text)
        at = opening.end() if opening else 0
        return [(text[:at], None), name, (one(', ', ' ', ', ', ' is saying ', ' says ', ' here, ') + text[at:], kind)] + segments[1:] if kind is None else segments
    text, kind = segments[-1]
    match = _CLOSING.search(text) if kind is None else None
    if not match:
        return segments
    return segments[:-1] + [(text[:match.start()] + one(', ', ' ', ' with ', ' for ', ' from '), None), name, (text[match.start():], None)]


_REPLACED = (_PERSON, _OBJECT, _SUBJECT)


def put_names(segments: list, style) -> list:
    """Names in place of persons in plain text, at most one for each rule."""
    for rule in _REPLACED:
        if maybe(0.5):
            segments = [piece for segment in segments for piece in _replace(segment, rule, style)]
    return segments


def _replace(segment: tuple, rule, style) -> list:
    """The first words that the rule finds become a name of any origin, or any word as a name: what stands around it must tell."""
    text, kind = segment
    match = rule.search(text) if kind is None else None
    if not match:
        return [segment]
    name = people.full_name(style, one('first', 'first', 'last', 'last', 'full')) if maybe(0.85) else people.show(people.VOCABULARY.pick().capitalize(), style)
    return [(text[:match.start('who')], None), (name, 'NAME'), (text[match.end('who'):], None)]


def _insert(segment: tuple, rule, style) -> list:
    text, kind = segment
    match = rule.search(text) if kind is None else None
    if not match or maybe(0.25):
        return [segment]
    before, after = text[:match.start()], text[match.end():]
    if rule is _RELATIVE:
        return [(before + match.group() + one(' ', ', ', ' '), None), (people.full_name(style, one('first', 'full', 'first')), 'NAME'), (one('', ',', '') + after, None)]
    if rule is _DOCTOR:
        return [(before + one('Dr. ', 'Doctor ', 'doctor '), None), (people.full_name(style, one('last', 'last', 'full')), 'NAME'), (after, None)]
    if rule is _WHERE:
        return [(before, None), (places.facility(style), 'FACILITY'), (after, None)]
    if rule is _PRONOUN:
        return [(before, None), (people.full_name(style, one('first', 'first', 'full', 'first')), 'NAME'), (after, None)] if maybe(0.6) else [segment]
    if rule is _SIR:
        return [(before + match.group() + one(' ', ', ', ', '), None), (people.full_name(style, 'first'), 'NAME'), (after, None)] if maybe(0.4) else [segment]
    return [(before + one('on ', 'on ', ''), None), (dates.date(style), 'DATE'), (after, None)]
