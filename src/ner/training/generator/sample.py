"""One labelled text after another: which sort of text, in which register, with which question before it."""
from dataclasses import dataclass

from . import carriers, dictation, prompts, records
from .assemble import assemble, mistype
from .chance import maybe, number, one, pick, weighted
from .grammar import choose, expand, load, load_folder, pieces, Template
from .slots import value
from .style import ASR, SPOKEN, Style, WRITTEN, random_style

IDENTIFIERS, HARMLESS, QUESTIONS = load_folder('identifiers'), load_folder('harmless'), load_folder('questions')
REPLIES = load('replies_plain')
COMPOUND, ANSWERS, SPANISH, SPANISH_PLAIN = load('compound'), load('answers'), load('spanish'), load('spanish_plain')
UNCUED = load('uncued')  # names that nothing announces


def _sides(name: str, separator: str) -> list:
    return [tuple(Template(side.strip()) for side in t.text.split(separator)) for t in load(name)]


PAIRS, PLAIN_DIALOGUE, NAMED_DIALOGUE = _sides('pairs', '~~~'), _sides('dialogue_plain', '=>'), _sides('dialogue_named', '=>')
KINDS = {'NAME': 27, 'ADDRESS': 9, 'FACILITY': 8, 'DATE': 8, 'DOB': 6, 'AGE': 5, 'PHONE': 5, 'FAX': 2.5, 'EMAIL': 4, 'SSN': 3, 'MRN': 4, 'HEALTH_PLAN_ID': 5, 'ACCOUNT': 5,
         'CREDIT_CARD': 2.5, 'LICENSE': 4.5, 'VEHICLE': 3.5, 'DEVICE': 4.5, 'URL': 3.5, 'IP_ADDRESS': 2, 'BIOMETRIC': 3.5, 'OTHER_ID': 6}
# harmless classes in proportion to how often a detector trips over them
CLASSES = {'everyday': 9, 'eponyms': 14, 'eponyms_more': 14, 'idiomatic': 8, 'glucose': 8, 'insurers_more': 5, 'figures': 9, 'adjectives': 7, 'nineties': 9, 'wordnames': 9, 'doses': 5, 'labs': 7, 'vitals': 8, 'codes': 8, 'nearids': 6, 'products': 7, 'insurers': 7, 'places': 4, 'calendar': 7, 'pharmacy': 4,
           'times': 3, 'ages': 4, 'money': 3, 'counting': 4.5, 'spelling': 5, 'ivr': 3.5, 'talk': 9, 'care': 6, 'admin': 4.5, 'stories': 6, 'tech': 4, 'agent': 5, 'family': 5, 'measures': 5, 'lookalikes': 6}
ANSWER_SLOT = {'NAME': 'person', 'ADDRESS': 'anyaddress', 'FACILITY': 'facility', 'DATE': 'date', 'DOB': 'dob', 'AGE': 'age90', 'PHONE': 'phone', 'FAX': 'fax', 'EMAIL': 'email', 'SSN': 'anyssn', 'MRN': 'mrn',
               'HEALTH_PLAN_ID': 'anyplan', 'ACCOUNT': 'anyaccount', 'CREDIT_CARD': 'card', 'LICENSE': 'anylicense', 'VEHICLE': 'anyvehicle', 'DEVICE': 'anydevice', 'URL': 'url', 'IP_ADDRESS': 'ip', 'BIOMETRIC': 'bio',
               'OTHER_ID': 'anyother'}
SORTS = {'one': 19, 'uncued': 17, 'named dialogue': 4, 'answer': 11, 'piece': 6, 'several': 4, 'compound': 7, 'dialogue': 6, 'long dialogue': 2, 'record': 4, 'prompt': 1.6, 'spanish': 0.7, 'pair': 4,
         'harmless': 29, 'harmless answer': 5, 'harmless reply': 4, 'harmless pair': 5, 'plain dialogue': 5, 'plain long dialogue': 1.6, 'plain record': 3.5, 'log': 1, 'schema': 0.8, 'plain prompt': 1.2, 'spanish plain': 0.4}
WRITTEN_SORTS = ('record', 'prompt', 'plain record', 'log', 'schema', 'plain prompt')
LONGEST = 900


@dataclass
class Sample:
    register: str
    text: str
    spans: list  # [[start, end, kind], ...]
    context: str | None
    sort: str


def render(template: Template | str, style: Style) -> list:
    text = template.text if isinstance(template, Template) else template
    segments = []
    for plain, slot, argument in pieces(expand(text)):
        segments += [(plain, None)] if slot is None else value(slot, style, argument)
    return segments


def harmless(style: Style) -> list:
    return render(choose(HARMLESS[weighted(CLASSES)], style), style)


def identifying(style: Style, kind: str | None = None) -> list:
    return render(choose(IDENTIFIERS[kind or weighted(KINDS)], style), style)


def _context(segments: list) -> str:
    """The turn before, as an agent's typed or tidy text, now and then as a recogniser's."""
    return assemble(segments, Style(one(WRITTEN, SPOKEN, SPOKEN, ASR)))[0]


def _question(kind: str, style: Style) -> str:
    lead = one('Thank you, ', 'Okay, ', 'Great, ', 'Thanks. ', 'Got it. ', 'Perfect. ', 'I can help with that. ', 'Sure. ') if maybe(0.35) else ''
    talk = Style(SPOKEN)
    return _context([(lead, None)] + render(choose(QUESTIONS[kind], talk), talk))


def _join(left: list, right: list) -> list:
    """Two sayings, one after the other; no second full stop after a full stop."""
    if left and left[-1][0].rstrip()[-1:] in '.?!,;:':
        return left + [(one(' ', ' ', ' ', '\n' if maybe(0.1) else ' '), None)] + right
    return left + [(one('. ', ', ', ' ', ' and ', '. ', ' so ', '; '), None)] + right


def _answer(style: Style) -> tuple:
    kind = weighted(KINDS)
    slot = ANSWER_SLOT[kind]
    text = expand(pick(ANSWERS).text) if maybe(0.78) else choose(IDENTIFIERS[kind], style).text
    if kind == 'AGE' and maybe(0.4):
        slot = 'age'
    if kind == 'ADDRESS' and maybe(0.5):
        slot = 'address'
    segments = render(text.replace('{v}', '{' + slot + '}'), style)
    if maybe(0.15):
        segments = _join(segments, harmless(style) if maybe(0.6) else identifying(style))
    return segments, (_question(kind, style) if maybe(0.8) else None)


def _several(style: Style) -> list:
    segments = identifying(style)
    for _ in range(one(1, 1, 2)):
        segments = _join(segments, identifying(style))
    return segments


def _harmless_run(style: Style) -> list:
    segments = harmless(style)
    while maybe(0.3):
        segments = _join(segments, harmless(style))
    return segments


def _uncued(style: Style) -> list:
    """A name that nothing announces: from a template, or in place of "he" or "the nurse" in a harmless text."""
    if maybe(0.3):
        segments = carriers.put_names(_harmless_run(style), style)
        if any(kind for _, kind in segments):
            return segments
    return _beside_harmless(render(choose(UNCUED, style), style), style)


def _beside_harmless(segments: list, style: Style) -> list:
    if maybe(0.28):
        segments = _join(harmless(style), segments)
    if maybe(0.18):
        segments = _join(segments, harmless(style))
    return segments


def _cut(text: str, spans: list) -> tuple:
    """A partial of a recogniser: the end is missing."""
    words = text.split(' ')
    if len(words) < 5:
        return text, spans
    end = len(' '.join(words[:number(max(2, len(words) // 2), len(words) - 1)]))
    return text[:end], [[a, min(b, end), k] for a, b, k in spans if a < end]


def _turn_before(style: Style) -> str:
    """Anything said before a harmless turn: a piece of a number, a statement with or without identifiers."""
    talk = random_style(one(SPOKEN, SPOKEN, ASR, style.register))
    form = weighted({'piece': 40, 'identifying': 35, 'harmless': 15, 'answer': 10})
    if form == 'piece':
        return _context(dictation.piece(talk)[0])
    if form == 'answer':
        return _context(_answer(talk)[0])
    return _context(identifying(talk) if form == 'identifying' else harmless(talk))


def sample() -> Sample:
    """The next text."""
    sort = weighted(SORTS)
    style = Style(WRITTEN) if sort in WRITTEN_SORTS else random_style(weighted({WRITTEN: 25, SPOKEN: 32, ASR: 43}))
    context = None
    if sort == 'one':
        segments = _beside_harmless(identifying(style), style)
    elif sort == 'uncued':
        segments = _uncued(style)
    elif sort == 'answer':
        segments, context = _answer(style)
    elif sort == 'piece':
        segments, before = dictation.piece(style)
        context = _context(before) if maybe(0.85) else None
    elif sort == 'several':
        segments = _several(style)
    elif sort == 'compound':
        segments = render(choose(COMPOUND, style), style)
    elif sort in ('dialogue', 'long dialogue'):
        segments = carriers.with_identifiers(style, sort.startswith('long'))
        if maybe(0.3):
            segments = _join(segments, identifying(style))
    elif sort == 'record':
        segments = records.record(number(1, 6), number(0, 4))
    elif sort == 'prompt':
        segments = prompts.prompt(True)
    elif sort == 'spanish':
        segments = render(choose(SPANISH, style), style)
    elif sort in ('pair', 'harmless pair'):
        left, right = pick(PAIRS)
        segments = render(left if sort == 'pair' else right, style)
    elif sort == 'harmless':
        segments = _harmless_run(style)
    elif sort in ('harmless answer', 'named dialogue'):
        question, answer = pick(PLAIN_DIALOGUE if sort == 'harmless answer' else NAMED_DIALOGUE)
        segments, context = render(answer, style), _context(render(question, Style(SPOKEN)))
    elif sort == 'harmless reply':
        segments, context = render(choose(REPLIES, style), style), _turn_before(style)
    elif sort in ('plain dialogue', 'plain long dialogue'):
        segments = carriers.plain(style, 'long' in sort)
    elif sort == 'plain record':
        segments = records.record(0, number(2, 7))
    elif sort == 'log':
        segments = records.log_line()
    elif sort == 'schema':
        segments = records.tool_schema()
    elif sort == 'plain prompt':
        segments = prompts.prompt(False)
    else:
        segments = render(choose(SPANISH_PLAIN, style), style)
    if context is None and maybe(0.14) and sort not in ('prompt', 'plain prompt', 'schema'):
        context = _question(pick(list(QUESTIONS)), style) if maybe(0.6) else _turn_before(style)
    text, spans = assemble(segments, style)
    if style.asr and maybe(0.06):
        text, spans = _cut(text, spans)
    if style.written and not spans and sort not in WRITTEN_SORTS and maybe(0.12):
        text = mistype(text)
    if (style.written and maybe(0.12)) and len(text.lower()) == len(text):
        text = text.lower()
    elif style.written and maybe(0.03) and len(text.upper()) == len(text):
        text = text.upper()
    return Sample(style.register, text, spans, context, sort)


def samples(count: int):
    """`count` different texts."""
    seen, made = set(), 0
    while made < count:
        item = sample()
        if not item.text.strip() or len(item.text) > LONGEST:
            continue
        key = (item.text, item.context) if len(item.text) < 25 else item.text
        if key in seen:
            continue
        seen.add(key)
        made += 1
        yield item
