"""Dates, births, times and ages."""
from .chance import digits, maybe, number, one, pick, weighted
from .numerals import ONES, cardinal, digit, ordinal_digits, ordinal_word, pair, say_digits, say_year, zero

MONTHS = 'January February March April May June July August September October November December'.split()
SHORT_MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()
WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split()
SHORT_WEEKDAYS = 'Mon Tue Wed Thu Fri Sat Sun'.split()


def _parts(birth: bool) -> tuple:
    year = number(1928, 2024) if birth else one(2018, 2019, 2020, 2021, 2022, 2023, 2024, 2024, 2025, 2025, 2026, 2026, 2027, number(1985, 2024))
    month = number(1, 12)
    return year, month, number(1, 28 if month == 2 else 30)


def date(style, birth: bool = False) -> str:
    """A calendar date more exact than a year, in the forms of the register."""
    if style.asr:
        return _asr_date(style, birth).lower()
    y, m, d = _parts(birth)
    month, short = MONTHS[m - 1], SHORT_MONTHS[m - 1]
    weekday, wd = pick(WEEKDAYS), pick(SHORT_WEEKDAYS)
    th = ordinal_digits(d)
    full = [f'{month} {th}, {y}', f'{month} {d}, {y}', f'{month} {d}, {y}', f'{m}/{d}/{y}', f'{m:02d}/{d:02d}/{y}', f'the {th} of {month}, {y}',
            f'{month} {th} {y}', f'{d} {month} {y}']
    typed = [f'{m}/{d}/{y % 100:02d}', f'{m:02d}-{d:02d}-{y}', f'{y}-{m:02d}-{d:02d}', f'{d} {short} {y}', f'{short} {d} {y}', f'{short} {d}, {y}',
             f'{short}. {d}, {y}', f'{m}.{d}.{y}', f'{d}-{short}-{y}', f'{m}-{d}-{y % 100:02d}', f'{d:02d}{short.upper()}{y}', f'{d}/{m}/{y}',
             f'{short} {th}, {y}', f'{short} {th} {y}', f'{y}{m:02d}{d:02d}', f'{y}/{m:02d}/{d:02d}', f'{d:02d}.{m:02d}.{y}', f'{m}-{d}-{y}']
    if birth:
        if style.spoken:
            return pick(full + full + [f'{m}/{d}/{y % 100:02d}', f"{month} {d}, '{y % 100:02d}", f'{month} {th}', f'{m}-{d}-{y % 100:02d}', f'{m} {d} {y}',
                                       f'{m}, {d}, {y}', f'{month} {d}, {cardinal(y % 100)}' if y % 100 else f'{month} {d}'])
        return pick(full + typed)
    bare = [f'{month} {th}', f'{month} {d}', f'{month} {th}', f'{month} {d}', f'the {th} of {month}', f'{weekday}, {month} {th}', f'{weekday}, {month} {d}',
            f'{weekday} the {th}', f'{weekday} the {th}', f'the {th}', f'the {th}', f'{month} {y}', f'{month} of {y}', f'{m}/{d}', f'{m}/{d}',
            f'{weekday}, {month} {d}, {y}', f'{month} the {th}', f'{month} {th} of {y}', f'{weekday} {th}', f'{weekday} {month} {th}']
    if style.spoken:
        return pick(bare + bare + full)
    short_forms = [f'{short} {d}', f'{wd} {m}/{d}', f'{wd}, {short} {d}', f'{short} {th}', f'{d} {short}', f'{wd} {short} {d}', f'{short} {y}', f'{m:02d}/{y}',
                   f'{wd} {d}', f'{weekday} {m}/{d}', f'{m:02d}/{d:02d}', f'{m}-{d}']
    text = pick(bare + short_forms + full + typed)
    return text.lower() if maybe(0.12) else text


def _asr_date(style, birth: bool) -> str:
    y, m, d = _parts(birth)
    month, weekday = MONTHS[m - 1], pick(WEEKDAYS)
    if maybe(0.06):
        return one(f'{month} {d} {y}', f'{month} {d}', f'{month} {ordinal_digits(d)}', f'{m} {d} {y}', f'{month} {ordinal_digits(d)} {y}')
    day = ordinal_word(d) if maybe(0.8) else cardinal(d)
    year = say_year(y)
    if birth:
        text = weighted({
            f'{month} {day} {year}': 40, f'{month} the {ordinal_word(d)} {year}': 8, f'the {ordinal_word(d)} of {month} {year}': 8,
            f'{cardinal(m) if maybe(0.6) or m > 9 else zero() + " " + cardinal(m)} {cardinal(d)} {year}': 15,
            f'{pair(f"{m:02d}")} {pair(f"{d:02d}")} {say_year(y) if maybe(0.5) else say_digits(str(y))}': 10, f'{day} {month} {year}': 3,
            f'{cardinal(m)} slash {cardinal(d)} slash {year}': 3, f'{month} {day}': 6, f'{month} {cardinal(d)} {pair(f"{y % 100:02d}")}': 7})
    else:
        text = weighted({
            f'{month} {day}': 24, f'the {ordinal_word(d)} of {month}': 8, f'{month} {day} {year}': 12, f'{weekday} {month} {day}': 8,
            f'{weekday} the {ordinal_word(d)}': 12, f'the {ordinal_word(d)}': 11, f'{cardinal(m)} {cardinal(d)} {year}': 6, f'{month} {say_year(y)}': 6,
            f'{cardinal(m)} {cardinal(d)}': 2, f'{weekday} {day}': 2, f'{day} {month}': 2, f'{month} the {ordinal_word(d)}': 5, f'{cardinal(m)} slash {cardinal(d)}': 2})
    words = text.split()
    if style.messy and len(words) > 2 and maybe(0.06):
        words.insert(number(1, len(words) - 1), one('uh', 'um'))
    return ' '.join(words)


def month_and_year(style) -> str:
    y, month = number(2000, 2027), pick(MONTHS)
    return f'{month} {say_year(y)}'.lower() if style.asr else f"{month}{one(' ', ' ', ' of ')}{y}"


def time_of_day(style) -> str:
    h, m = number(1, 12), one(0, 0, 15, 30, 45, number(0, 59))
    if style.asr:
        minutes = '' if m == 0 else ' ' + pair(f'{m:02d}')
        return cardinal(h) + minutes + one('', ' am', ' pm', ' a m', ' p m', " o'clock" if m == 0 else '', '', ' in the morning', ' at night')
    half = one('AM', 'PM', 'am', 'pm', 'a.m.', 'p.m.')
    return one(f'{h}:{m:02d}', f'{h}:{m:02d} {half}', f"{h}{'' if m == 0 else f':{m:02d}'} {half}", f"{h} o'clock" if m == 0 else f'{h}:{m:02d}', f'{h}{half}' if m == 0 else f'{h}:{m:02d}{half}')


def old_age(style) -> str:
    """90 and over: the only ages that are marked."""
    n = number(90, 99) if maybe(0.8) else number(100, 108)
    if style.asr:
        if n < 100:
            return cardinal(n)
        return one('a hundred', 'one hundred') if n == 100 else one(f'a hundred and {ONES[n - 100]}', f'one hundred {ONES[n - 100]}', f'one oh {digit(str(n)[-1])}')
    if style.spoken and maybe(0.25):
        return cardinal(n).replace(' ', '-') if n < 100 else cardinal(n)
    return str(n)


def old_age_ordinal(style) -> str:
    n = number(90, 104)
    return ordinal_word(n) if style.asr else ordinal_digits(n)


def age(style, low: int = 1, high: int = 89) -> str:
    n = number(low, high)
    if style.asr:
        return cardinal(n)
    return str(n) if maybe(0.85) else cardinal(n).replace(' ', '-')


def year(style) -> str:
    y = number(1950, 2026)
    return say_year(y) if style.asr else str(y)


def timestamp() -> tuple:
    """('2024-03-05', 'T14:30:00Z'): of a time stamp only the date is marked."""
    day = f'{number(2019, 2027)}-{number(1, 12):02d}-{number(1, 28):02d}'
    clock = f"{number(0, 23):02d}:{one('00', '15', '30', '45', digits(1) + '5')}:{number(0, 59):02d}"
    return day, one('T', 'T', ' ') + clock + one('Z', '-05:00', '', '.000Z')
