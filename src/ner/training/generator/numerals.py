"""Numbers as they are said."""
from .chance import maybe, number, one, pick, weighted

ONES = 'zero one two three four five six seven eight nine'.split()
TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split()
TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split()
ORDINALS = {1: 'first', 2: 'second', 3: 'third', 5: 'fifth', 8: 'eighth', 9: 'ninth', 12: 'twelfth'}


def cardinal(n: int) -> str:
    if n < 10:
        return ONES[n]
    if n < 20:
        return TEENS[n - 10]
    if n < 100:
        return TENS[n // 10] + ('' if n % 10 == 0 else ' ' + ONES[n % 10])
    if n < 1000:
        rest = '' if n % 100 == 0 else one(' ', ' ', ' and ') + cardinal(n % 100)
        return ONES[n // 100] + ' hundred' + rest
    if n < 1_000_000:
        return cardinal(n // 1000) + ' thousand' + ('' if n % 1000 == 0 else ' ' + cardinal(n % 1000))
    return ' '.join(ONES[int(d)] for d in str(n))


def ordinal_word(n: int) -> str:
    if n >= 100:
        return cardinal(n // 100) + ' hundred' + ('th' if n % 100 == 0 else ' ' + ordinal_word(n % 100))
    if n in ORDINALS:
        return ORDINALS[n]
    if n < 20:
        return cardinal(n) + 'th'
    if n % 10 == 0:
        return cardinal(n)[:-1] + 'ieth'
    return TENS[n // 10] + ' ' + ordinal_word(n % 10)


def ordinal_digits(n: int) -> str:
    return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def zero() -> str:
    return one('zero', 'zero', 'oh', 'oh', 'oh', 'o')


def digit(d: str, nought: str | None = None) -> str:
    return (nought or zero()) if d == '0' else ONES[int(d)]


def pair(d: str) -> str:
    """Two digits: 'forty two', 'oh seven', 'double zero'."""
    if d == '00':
        return one('double zero', 'zero zero', 'oh oh', 'double oh', 'hundred')
    return zero() + ' ' + ONES[int(d[1])] if d[0] == '0' else cardinal(int(d))


def chunk(d: str) -> str:
    """One to four digits in one breath."""
    if len(d) == 1:
        return digit(d)
    if len(d) == 2:
        return 'double ' + digit(d[0]) if d[0] == d[1] and maybe(0.4) else pair(d)
    if len(d) == 3:
        if d[0] == d[1] == d[2]:
            return 'triple ' + digit(d[0])
        if d[0] == '0':
            return zero() + ' ' + pair(d[1:])
        if d[1:] == '00':
            return ONES[int(d[0])] + ' hundred'
        return ONES[int(d[0])] + ' ' + pair(d[1:]) if maybe(0.5) else cardinal(int(d))
    if len(d) == 4:
        if d[1:] == '000' and d[0] != '0':
            return ONES[int(d[0])] + ' thousand'
        if d[2:] == '00' and '0' not in d[:2]:
            return cardinal(int(d[:2])) + ' hundred'
        return pair(d[:2]) + ' ' + pair(d[2:])
    return ' '.join(digit(x) for x in d)


def say_digits(d: str, manner: str | None = None) -> str:
    """A run of digits. manner: single, double, pairs or mixed; by chance when not given."""
    manner = manner or weighted({'single': 55, 'double': 15, 'pairs': 12, 'mixed': 18})
    nought = zero()
    said, i = [], 0
    if manner == 'single':
        return ' '.join(digit(x, nought if maybe(0.85) else None) for x in d)
    if manner == 'pairs':
        if len(d) % 2:
            said.append(digit(d[0]))
        said += [pair(d[k:k + 2]) for k in range(len(d) % 2, len(d), 2)]
        return ' '.join(said)
    while i < len(d):
        if manner == 'double':
            run = 3 if d[i:i + 3] == d[i] * 3 else 2 if d[i:i + 2] == d[i] * 2 else 1
            said.append({3: 'triple ', 2: 'double ', 1: ''}[run] + digit(d[i], nought))
        else:
            run = weighted({1: 5, 2: 3, 3: 2, 4: 0.6})
            said.append(chunk(d[i:i + run]))
        i += run
    return ' '.join(said)


def say_year(year: int) -> str:
    last = year % 100
    if 2000 <= year < 2010:
        if last == 0:
            return 'two thousand'
        return one(f'two thousand {ONES[last]}', f'two thousand and {ONES[last]}', f'twenty oh {ONES[last]}', f'oh {ONES[last]}')
    if year >= 2010:
        return one(f'twenty {cardinal(last)}', f'twenty {cardinal(last)}', f'two thousand {cardinal(last)}', f'two thousand and {cardinal(last)}')
    if last == 0:
        return 'nineteen hundred'
    if last < 10:
        return f'nineteen oh {ONES[last]}'
    return one(f'nineteen {cardinal(last)}', f'nineteen {cardinal(last)}', cardinal(last))


def say_number(text: str) -> str:
    """A number as digits ('12.5', '1,200', '07') as a person reads it out."""
    text = text.replace(',', '')
    whole, _, decimals = text.partition('.')
    if not whole:
        said = zero() if maybe(0.5) else ''
    elif len(whole) > 1 and whole[0] == '0':
        said = say_digits(whole, 'single')
    elif len(whole) in (3, 4) and maybe(0.45):
        said = chunk(whole)
    elif len(whole) > 4 and maybe(0.8):
        said = say_digits(whole)
    else:
        said = cardinal(int(whole))
    if decimals:
        said += ' point ' + (' '.join(digit(x) for x in decimals) if len(decimals) > 2 or maybe(0.7) else chunk(decimals))
    return said.strip()


def count(low: int, high: int, asr: bool, written: bool) -> str:
    """A whole number as digits or words, by register."""
    n = number(low, high)
    if asr:
        return cardinal(n) if maybe(0.9) else str(n)
    return str(n) if written or maybe(0.7) else cardinal(n).replace(' ', '-')


def round_amount() -> int:
    return pick([5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 90, 100, 120, 150, 200, 250, 300, 400, 500, 600, 750, 800, 1000, 1500, 2000])
