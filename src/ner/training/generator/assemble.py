"""Segments of (text, kind or None) become one text with spans, in the letters of the register."""
import re

from .chance import maybe, one, pick
from .letters import say_code
from .numerals import say_number

SOUNDS = ['um', 'uh', 'um', 'uh', 'like', 'you know', 'well', 'so', 'i mean', 'okay so', 'er', 'hmm', 'let me see', 'i guess', 'yeah', 'ah',
          'basically', 'sort of', 'kinda', 'honestly', 'right', 'anyway']
_NUMBER = re.compile(r'(?<![a-z0-9])\d+(?:[.,]\d+)*(?![a-z0-9])')
_MIXED = re.compile(r'(?<![a-z0-9])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9]+')


def recogniser_text(text: str) -> str:
    """Plain text as a recogniser writes it: lower case, words for digits and signs, no punctuation."""
    text = text.lower().replace('\n', ' ').replace('%', ' percent').replace('&', ' and ').replace('\u2019', "'").replace('\u00b0', ' degrees')
    text = re.sub(r'\$([\d,.]*\d)', r'\1 dollars', text)
    if maybe(0.88):
        text = re.sub(r'(?<=\d)(st|nd|rd|th)\b', '', text)
        text = re.sub(r'(\d+)-(\d+)', r'\1 \2', text)
        text = re.sub(r'(\d):(\d\d)\b', r'\1 \2', text)
        text = _NUMBER.sub(lambda m: ' ' + say_number(m.group()) + ' ', text)
        text = _MIXED.sub(lambda m: ' ' + say_code(m.group(), symbols=0) + ' ', text)
    return re.sub("[^a-z0-9' áéíóúñü]+", ' ', text)


def add_fillers(text: str) -> str:
    parts = []
    for word in re.split(r'(\s+)', text):
        if word.strip() and maybe(0.06):
            parts.append(pick(SOUNDS) + ' ')
        if word.strip() and maybe(0.025):
            parts.append(word + ' ')
        parts.append(word)
    return ''.join(parts)


def assemble(segments: list, style) -> tuple:
    """-> (text, [[start, end, kind], ...])"""
    if not style.asr:
        return _tidy(segments, style)
    out, spans = '', []
    for text, kind in segments:
        if kind is None:
            plain = recogniser_text(text)
            if not style.apostrophes:
                plain = re.sub(r"(?<!^)'|^'(?!s\b)", '', plain)  # the 's of a name stays
            out += add_fillers(plain) if style.messy else plain
            continue
        value = re.sub("[^a-z0-9' áéíóúñü]+", ' ', text.lower().replace('&', 'and')).strip()
        if not style.apostrophes:
            value = value.replace("'", '')
        if not value:
            continue
        if out and not out.endswith(' '):
            out += ' '
        spans.append([len(out), len(out) + len(value), kind])
        out += value + ' '
    return _squeeze(out, spans)


def _squeeze(text: str, spans: list) -> tuple:
    """Single spaces, with the offsets moved along. "mary 's" joins to "mary's"."""
    text = re.sub(r"(?<=\w) '(?=s\b)", "\x00'", text)
    new, moved, after_space = [], [0] * (len(text) + 1), True
    for i, c in enumerate(text):
        moved[i] = len(new)
        if c == '\x00' or (c == ' ' and after_space):
            continue
        new.append(c)
        after_space = c == ' '
    moved[len(text)] = len(new)
    return ''.join(new).rstrip(), [[moved[a], moved[b - 1] + 1, k] for a, b, k in spans]


def _tidy(segments: list, style) -> tuple:
    out, spans = '', []
    for text, kind in segments:
        if kind is None:
            out += text
            continue
        text = text.strip()
        if not text:
            continue
        spans.append([len(out), len(out) + len(text), kind])
        out += text
    lead = len(out) - len(out.lstrip())
    out = out[lead:]
    spans = [[a - lead, b - lead, k] for a, b, k in spans]
    if style.spoken and out[:1].islower() and maybe(0.9):
        out = out[0].upper() + out[1:]
    return out.rstrip(), spans


def mistype(text: str) -> str:
    """One slip of the fingers (only for texts without spans)."""
    if len(text) < 8:
        return text
    i = 1 + int(len(text) * one(0.2, 0.35, 0.5, 0.65, 0.8)) % (len(text) - 3)
    if not text[i].isalpha():
        return text
    return one(text[:i] + text[i + 1:], text[:i] + text[i + 1] + text[i] + text[i + 2:], text[:i] + text[i] + text[i:])
