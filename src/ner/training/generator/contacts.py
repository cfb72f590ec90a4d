"""Telephone numbers, e-mail and web addresses, IP addresses, user names."""
import re

from . import pools
from .chance import digits, fill, letters, maybe, number, one, pick
from .letters import say_code
from .numerals import cardinal, chunk, say_digits, zero
from .people import VOCABULARY, ascii_part, given, surname
from .speech import CORRECTIONS, PAUSES, homophones
from .letters import group

PROVIDERS = ('gmail gmail gmail gmail yahoo yahoo hotmail outlook aol icloud comcast verizon protonmail fastmail msn me live att bellsouth '
             'sbcglobal earthlink mail ymail gmx zoho cox charter juno optonline').split()
NET = {'comcast', 'verizon', 'att', 'bellsouth', 'sbcglobal', 'earthlink', 'cox', 'charter', 'optonline'}
SITE_WORDS = pools.pool('site_words')
HANDLE_WORDS = pools.pool('handle_words')
PATHS = 'portal login pay forms bill intake appointments results checkin refill survey visit book records video join reset verify consent upload chat'.split()


# numbers as they are written outside North America
ABROAD = ('+## ## #### ####|+## #### ######|0#### ######|+44 7### ######|0# ## ## ## ##|+33 # ## ## ## ##|(0##) ### ## ##|0### #######|0## ### ####|+49 ### #######|+45 ## ## ## ##|## ## ## ##|'
          '### ### ###|+48 ### ### ###|0###/######|(##) #####-####|+55 ## #####-####|(##) #### ####|04## ### ###|0# #### ####|+61 4## ### ###|02# ### ####|+91 ##### #####|0##-#######|+27 ## ### ####|'
          '0##-###-####|+81 ##-####-####|00## ## ### ####|+39 0## #######|+34 ### ## ## ##|(+##) ### ### ###|+4# ## ### ## ##|+353 8# ### ####|077# ### ####|(0####) ######|+972-##-#######').split('|')


def phone(style, kind: str = 'PHONE') -> list:
    area, exchange, line = str(number(201, 989)), one('555', '555', str(number(200, 999))), digits(4)
    if maybe(0.05):
        area = one('800', '888', '877', '866', '800')
    if style.asr:
        return _asr_phone(style, kind, area, exchange, line)
    if maybe(0.1):
        text = f'{exchange}-{line}'
    elif maybe(0.14 if style.written else 0.05):
        text = fill(pick(ABROAD))
    else:
        a, b, d = area, exchange, line
        text = one(f'({a}) {b}-{d}', f'{a}-{b}-{d}', f'{a}-{b}-{d}', f'{a} {b} {d}', f'{a}.{b}.{d}', f'{a}{b}{d}', f'+1 {a} {b} {d}', f'1-{a}-{b}-{d}',
                   f'{a}/{b}-{d}', f'+1{a}{b}{d}', f'({a}){b}-{d}', f'+1-{a}-{b}-{d}', f'1 ({a}) {b}-{d}')
        if style.spoken and maybe(0.25):
            text = group(f'{a}{b}{d}')
    if maybe(0.08):
        text += one(' ext. ', ', extension ', ' x', ' ext ', ' extension ') + digits(one(2, 3, 4))
    return [(text, kind)]


def _asr_phone(style, kind, area, exchange, line) -> list:
    if maybe(0.08):
        return [(one(f'{area}{exchange}{line}', f'{area} {exchange} {line}'), kind)]

    def part(d):
        return one(say_digits(d, 'single'), say_digits(d, 'single'), say_digits(d), chunk(d))
    text = ('' if maybe(0.1) else part(area) + ' ') + part(exchange) + ' ' + part(line)
    lead = []
    if maybe(0.05):
        text = f'plus {say_digits(str(number(20, 99)))} {say_digits(digits(9))}'
    elif maybe(0.06):
        text = one('one ', 'plus one ') + text
    elif maybe(0.05):
        lead = [('area code ', None)]
    words = text.split()
    if style.messy and maybe(0.2):
        words.insert(number(1, len(words) - 1), one('uh', 'um', 'er'))
    text = ' '.join(words)
    if style.messy:
        text = homophones(text)
    if maybe(0.07):
        text += one(' extension ', ' ext ', ' x ') + say_digits(digits(one(2, 3, 4)))
    words = text.split()
    if style.messy and maybe(0.14):
        k = number(1, max(1, len(words) // 2))
        return lead + [(' '.join(words[:k]), kind), (f' {pick(CORRECTIONS)} ', None), (text, kind)]
    if style.messy and maybe(0.08) and len(words) > 3:
        k = number(2, len(words) - 1)
        return lead + [(' '.join(words[:k]), kind), (f' {pick(PAUSES)} ', None), (' '.join(words[k:]), kind)]
    return lead + [(text, kind)]


def _domain() -> tuple:
    """(words of the domain, top level)"""
    if maybe(0.62):
        provider = pick(PROVIDERS)
        return [provider], 'net' if provider in NET else 'com'
    words = one([SITE_WORDS.pick()], [SITE_WORDS.pick(), SITE_WORDS.pick()], [SITE_WORDS.pick(), SITE_WORDS.pick()], [ascii_part(surname()) or 'lee', SITE_WORDS.pick()],
                [VOCABULARY.pick(), SITE_WORDS.pick()], [ascii_part(surname()) or 'lee'])
    return words, one('com', 'com', 'org', 'net', 'edu', 'health', 'co', 'gov', 'io', 'care', 'us', 'info')


def _say_top(top: str) -> str:
    return top if top in ('com', 'net', 'org', 'health', 'care', 'gov', 'info') else one(' '.join(top), top)


def email(style) -> str:
    f, l = ascii_part(given()) or 'sam', ascii_part(surname()) or 'lee'
    n = one('', '', digits(2), str(number(1950, 2010)), digits(1), digits(3))
    w = HANDLE_WORDS.pick()
    left, joint, right = one((f, '.', l), (f, '', l), (f[0], '', l), (f, '_', l), (f, '', n or '7'), (w, '', f), (l, '.', f), (f, '', l), (f, '-', l),
                             (w, '', n or '22'), (f, '.', l), (f[0], '.', l), (w, '', HANDLE_WORDS.pick()), (l, '', n or '3'), (one('info', 'contact', 'office', 'billing',
                              'hello', 'help', 'admin', 'support', 'records', 'referrals', 'frontdesk'), '', ''))
    words, top = _domain()
    if style.asr or (style.spoken and maybe(0.25)):
        if maybe(0.15):
            left = ' '.join(left)
        elif maybe(0.1) and right.isalpha():
            right = ' '.join(right)
        right = say_digits(right) if right.isdigit() else right
        local = left + ' ' + {'.': one('dot ', 'dot ', 'period '), '_': 'underscore ', '-': one('dash ', 'hyphen '), '': ''}[joint] + right
        if not right.isdigit() and n and maybe(0.3):
            local += ' ' + say_digits(n)
        domain = ' '.join(words)
        domain = {'gmail': one('gmail', 'gmail', 'g mail'), 'aol': one('aol', 'a o l'), 'icloud': one('icloud', 'i cloud'), 'protonmail': one('protonmail', 'proton mail'),
                  'sbcglobal': one('s b c global', 'sbcglobal'), 'att': one('att', 'a t t')}.get(domain, domain)
        if style.messy and maybe(0.1):
            local += one(' uh', ' um')
        text = f"{local} {one('at', 'at', 'at', 'at sign')} {domain} dot {_say_top(top)}"
        return re.sub(' +', ' ', text)
    text = left + joint + right + (n if right.isalpha() and maybe(0.3) else '') + '@' + one('', '', '-').join(words) + '.' + top
    return text if maybe(0.9) else text.title()


def url(style) -> str:
    words = one([SITE_WORDS.pick(), SITE_WORDS.pick()], [SITE_WORDS.pick(), SITE_WORDS.pick()], ['my', SITE_WORDS.pick()], [SITE_WORDS.pick(), SITE_WORDS.pick(), SITE_WORDS.pick()],
                ['the', SITE_WORDS.pick()], [VOCABULARY.pick(), SITE_WORDS.pick()], [ascii_part(surname()) or 'lee', SITE_WORDS.pick()], [SITE_WORDS.pick()])
    top = one('com', 'com', 'com', 'org', 'net', 'health', 'care', 'gov', 'io', 'edu', 'us', 'co')
    path = one(pick(PATHS), pick(PATHS), 'j/' + digits(5), 't/' + letters(4).lower() + digits(3), pick(PATHS) + '/' + digits(4), 'm')
    if style.asr:
        lead = one('w w w dot ', 'www dot ', '', 'h t t p s colon slash slash ', '', 'w w w ', '')
        text = f"{lead}{one(' ', ' ', ' dash ').join(words)} dot {_say_top(top)}"
        if lead == '' or maybe(0.5):
            text += f" {one('slash', 'slash', 'forward slash', 'backslash')} " + re.sub(r'\d+', lambda m: say_digits(m.group()), path.replace('/', ' slash '))
        return text
    lead = one('https://', 'https://', 'https://www.', 'www.', 'http://', '', '', 'https://my.', 'https://pay.', 'https://portal.', 'ftp://')
    text = lead + one('', '', '-').join(words) + '.' + top
    if lead == '' or maybe(0.65):
        text += '/' + path
    if maybe(0.12):
        text += f"?{one('id', 't', 'pid', 'token', 'u', 'ref', 'mrn', 'visit')}={one(digits(6), letters(4).lower() + digits(3))}"
    if lead == '' and maybe(0.3):
        text = text.split('/')[0]
    return text


def ip_address(style) -> str:
    if maybe(0.14):
        text = ':'.join(f'{number(0, 65535):x}' for _ in range(8)) if maybe(0.4) else f"{one('2001:db8', 'fe80', 'fd00', '2600:1700')}::{number(0, 65535):x}:{number(0, 65535):x}"
        if style.asr:
            return re.sub(' +', ' ', ' colon '.join('colon' if g == '' else say_code(g) for g in text.split(':')))
        return text
    parts = [one(10, 192, 172, number(1, 223)), number(0, 255), number(0, 255), number(1, 254)]
    if style.asr:
        return one(' dot ', ' dot ', ' point ').join(one(chunk(str(x)) if x else zero(), cardinal(x), say_digits(str(x), 'single')) for x in parts)
    return '.'.join(map(str, parts)) + (one('/24', ':8080', ':443') if maybe(0.04) else '')


def username(style) -> str:
    f, w, v, n = ascii_part(given()) or 'sam', HANDLE_WORDS.pick(), HANDLE_WORDS.pick(), str(number(1, 2020))
    l = ascii_part(surname()) or 'lee'
    if style.asr:
        return one(f'{f} {say_digits(n)}', f'{w} {v} {say_digits(n)}', f'{w} {v}', f'{f} underscore {w}', f'{f} dot {l}', f'{w} {v} {cardinal(int(n) % 100)}', f'{f[0]} {l} {say_digits(n)}')
    return one(f'{f}{n}', f'{w}{v}{n}', f'{w}_{v}', f'{f}_{w}', f'@{f}{w}', f'@{w}{v}{n}', f'{f}.{l}', f'{f[0]}{l}{n[:2]}', f'{w}-{v}{n[:2]}', f'@{w}.{v}')
