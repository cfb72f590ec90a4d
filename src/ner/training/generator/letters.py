"""Letters, spellings and codes as they are said."""
import re
import unicodedata

from .chance import maybe, number, one, pick, weighted
from .numerals import say_digits

NATO = ('alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo sierra '
        'tango uniform victor whiskey x-ray yankee zulu').split()
AS_IN = {
    'a': 'apple alpha adam able alice', 'b': 'boy bravo bob baker banana bear', 'c': 'cat charlie car carol candy',
    'd': 'dog david delta doctor door', 'e': 'edward echo elephant easy egg', 'f': 'frank fox father fish',
    'g': 'george golf girl good goat', 'h': 'henry hotel house hat happy', 'i': 'ice igloo india ida', 'j': 'john jack juliet jim',
    'k': 'king kilo kite kangaroo', 'l': 'larry lima love lemon lion', 'm': 'mary mike mother monkey', 'n': 'nancy november nora nest no',
    'o': 'ocean oscar orange open', 'p': 'peter paul papa pony pizza', 'q': 'queen quebec quick', 'r': 'robert romeo rabbit red roger',
    's': 'sam sierra sugar snake sunday', 't': 'tom tango tiger table', 'u': 'umbrella uniform uncle up', 'v': 'victor violet van',
    'w': 'william whiskey water winter', 'x': 'x-ray xylophone', 'y': 'yellow yankee young yes', 'z': 'zebra zulu zoo',
}
SYMBOLS = {'-': ['dash', 'dash', 'hyphen', 'minus'], '.': ['dot', 'dot', 'point', 'period'], '/': ['slash', 'forward slash'],
           '_': ['underscore'], '@': ['at', 'at sign'], ':': ['colon'], '#': ['pound', 'hash'], '+': ['plus']}
FILLERS = ['uh', 'um', 'uh', 'er', 'uhm', 'ah', 'hm']


_NO_ACCENT = str.maketrans({'ø': 'o', 'Ø': 'O', 'ł': 'l', 'Ł': 'L', 'ß': 'ss', 'æ': 'ae', 'Æ': 'Ae', 'œ': 'oe', 'ð': 'd', 'Ð': 'D', 'þ': 'th', 'Þ': 'Th', 'đ': 'd', 'Đ': 'D', 'ı': 'i', '’': "'", 'º': 'o', 'ª': 'a'})


def unaccented(text: str) -> str:
    """As a recogniser, or a form that knows no accents, writes it."""
    return ''.join(c for c in unicodedata.normalize('NFKD', text.translate(_NO_ACCENT)) if not unicodedata.combining(c))


def as_in(letter: str) -> str:
    """'b as in boy', 'b boy', 'b like bravo'."""
    return f"{letter} {one('as in', 'as in', 'like', 'for', 'as in', 'is for')} {pick(AS_IN[letter].split())}"


def say_letter(letter: str, manner: str = 'plain') -> str:
    letter = letter.lower()
    if manner == 'as':
        return as_in(letter)
    if manner == 'cap':
        return f'capital {letter}'
    if manner == 'nato':
        return NATO[ord(letter) - 97]
    return letter


def say_code(code: str, symbols: float = 0.5, messy: bool = False) -> str:
    """An alphanumeric code, letter by letter and number by number; `symbols` is how often a dash and the like is said."""
    manner = weighted({'plain': 76, 'as': 9, 'nato': 10, 'cap': 5})
    said = []
    for match in re.finditer(r'\d+|[A-Za-z]+|\s+|.', code):
        token = match.group()
        if token.isdigit():
            said.append(say_digits(token))
        elif token.isascii() and token.isalpha():
            said += [say_letter(x, manner) for x in token]
        elif token in SYMBOLS and maybe(symbols):
            said.append(pick(SYMBOLS[token]))
        if messy and maybe(0.1) and not token.isspace():
            said.append(pick(FILLERS))
    while said and said[-1] in FILLERS:
        said.pop()
    return ' '.join(said)


def group(code: str) -> str:
    """A code in a tidy transcript: its characters in groups."""
    plain = re.sub('[^0-9A-Za-z]', '', code)
    if maybe(0.15):
        return ' '.join(plain)
    if maybe(0.15):
        return re.sub(r'(\w+ \w+ \w+) ', r'\1, ', say_code(plain))
    groups, i = [], 0
    while i < len(plain):
        width = one(2, 3, 3, 4)
        groups.append(plain[i:i + width])
        i += width
    if maybe(0.6):
        groups = ['-'.join(g) for g in groups]
        return one(', ', ' ', ', ').join(groups)
    return one(' ', '-', ', ', '. ', ' ').join(groups)


def spell(word: str, style) -> str:
    """A name or word letter by letter: 's a r a h', 'S-A-R-A-H', 'c as in charlie ...', NATO, 'double l', 'apostrophe'."""
    word = unaccented(word)
    letters = [x for x in word.lower() if 'a' <= x <= 'z']
    if not letters:
        letters = ['a']
    if style.asr or (style.spoken and maybe(0.08)):
        return _spell_asr(word, letters, style.messy)
    upper = [x.upper() for x in letters]
    form = weighted({'-': 55, ' ': 14, ', ': 9, '. ': 6, 'one': 10, 'all': 6})
    if form == 'one':
        i = number(0, len(letters) - 1)
        return ', '.join(upper[:i] + [f'{upper[i]} as in {pick(AS_IN[letters[i]].split()).capitalize()}'] + upper[i + 1:])
    if form == 'all':
        joint = one('as in', 'for', 'like')
        return ', '.join(f'{x} {joint} {pick(AS_IN[x.lower()].split()).capitalize()}' for x in upper)
    return form.join(upper)


def _spell_asr(word: str, letters: list, messy: bool) -> str:
    manner = weighted({'plain': 66, 'mix': 18, 'as': 8, 'nato': 8})
    said, i = [], 0
    while i < len(letters):
        if i + 1 < len(letters) and letters[i] == letters[i + 1] and maybe(0.45):
            said.append('double ' + letters[i])
            i += 2
            continue
        said.append(say_letter(letters[i], one('plain', 'plain', 'as') if manner == 'mix' else manner))
        i += 1
    if messy:
        for j in range(len(said) - 1, 0, -1):
            if maybe(0.05):
                said.insert(j, one('uh', 'um', 'then', 'and'))
    mark = "'" if "'" in word else '-' if '-' in word else ' ' if ' ' in word else None
    if mark and manner == 'plain' and maybe(0.8):
        cut = word.find(mark)
        if 0 < cut < len(said):
            said.insert(cut, {"'": 'apostrophe', '-': one('hyphen', 'dash'), ' ': one('space', 'new word')}[mark])
    return ' '.join(said)
