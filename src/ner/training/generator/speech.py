"""How an identifier sounds in each register, with the slips of real speech. Values are lists of (text, kind or None)."""
import re

from .chance import maybe, number, one, pick
from .letters import FILLERS, group, say_code

HOMOPHONES = {'two': ['to', 'too'], 'four': ['for', 'fore'], 'eight': ['ate'], 'one': ['won'], 'oh': ['o', 'owe'],
              'six': ['sicks'], 'zero': ['cero'], 'three': ['tree', 'free'], 'five': ['fife']}
CORRECTIONS = ['no sorry', 'no wait', 'sorry', 'i mean', 'scratch that', 'actually no', 'oops', 'let me start over', 'no',
               'let me read that again', 'wait', 'excuse me', 'correction', 'my mistake', 'hang on no', 'er no', 'not that',
               'i misread that', 'strike that', 'no no no', 'that was wrong', 'let me redo that']
PAUSES = ['and then', 'then', 'let me flip it over', 'hang on', 'let me see', 'and', 'give me a second', 'okay', 'you got that',
          'ready', 'where was i', 'are you writing this down', 'after that it is', 'next', 'the rest is', 'followed by',
          'with a space then', 'then it goes', 'and it ends with', 'it is tiny print', 'sorry my glasses', 'i think it says']


def homophones(text: str, rate: float = 0.035) -> str:
    return ' '.join(pick(HOMOPHONES[w]) if w in HOMOPHONES and maybe(rate) else w for w in text.split())


def utter(words: str, kind: str, messy: bool) -> list:
    """Spoken words of one identifier, now and then corrected or interrupted: the words between stay plain."""
    if not messy:
        return [(words, kind)]
    words = homophones(words)
    parts = words.split()
    if len(parts) > 1 and maybe(0.13):
        k = number(1, max(1, len(parts) // 2))
        return [(' '.join(parts[:k]), kind), (f' {pick(CORRECTIONS)} ', None), (words, kind)]
    if len(parts) > 4 and maybe(0.10):
        k = number(2, len(parts) - 2)
        return [(' '.join(parts[:k]), kind), (f' {pick(PAUSES)} ', None), (' '.join(parts[k:]), kind)]
    if len(parts) > 4 and maybe(0.05):
        k = number(1, 2)
        said = ' '.join(parts[:-k] + [pick(FILLERS)] + parts[-k:])
        return [(said, kind)]
    return [(words, kind)]


def code(value: str, kind: str, style, grouped: float = 0.25) -> list:
    """An identifier in its typed form, as the register has it."""
    if style.written:
        return [(value, kind)]
    if style.spoken:
        return [(group(value) if maybe(grouped) else value, kind)]
    if maybe(0.10):  # the recogniser wrote digits
        digits = re.sub('[^0-9A-Za-z ]', one(' ', ''), value).lower()
        return [(re.sub(' +', ' ', digits).strip(), kind)]
    return utter(say_code(value, messy=style.messy), kind, style.messy)
