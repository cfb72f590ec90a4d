"""Values that are no identifiers but look or sound like some: drugs, doses, readings, codes, eponyms, products, times."""
from . import dates, people, places, pools
from .chance import digits, fill, letters, maybe, number, one, pick, weighted
from .letters import spell
from .numerals import cardinal, chunk, count, round_amount, say_number

WORDS = {name: pools.words(name) for name in (
    'drugs', 'eponyms', 'eponym_nouns', 'place_nouns', 'conditions', 'body_parts', 'procedures', 'departments', 'health_plans', 'brands', 'products', 'relatives', 'countries',
    'labs', 'units', 'devices', 'device_models', 'foods', 'idioms', 'spelled_words', 'errands', 'happenings', 'symptoms', 'occupations', 'holidays', 'colours', 'cars',
    'namelike', 'plain_phrases', 'drug_suffixes', 'teams', 'languages')}
CHAINS = list(dict.fromkeys(places.CHAINS)) + ['the CVS', 'Optum Rx', 'Express Scripts', 'Capsule', 'PillPack', 'Amazon Pharmacy', 'Navarro', 'Rexall', 'Bartell', 'Medicine Shoppe', 'Health Mart', 'Good Neighbor']
STATES = [tuple(line.split('\t')) for line in pools.words('states')]


def drug(style, _=None) -> str:
    """From the list, or a made-up name with the ending of a drug."""
    if maybe(0.86):
        name = pick(WORDS['drugs'])
    else:
        name = pick(people.STEMS).lower() + pick('aeiou') + pick(['l', 'n', 'r', 't', 'v', 'z', 'x', '']) + pick(WORDS['drug_suffixes'])
    return name.capitalize() if maybe(0.2) else name


def eponym(style, _=None) -> str:
    """From the list; or any surname, pair of surnames or city before a medical noun, so that the pattern is learnt and not the list."""
    kind = weighted({'list': 62, 'surname': 24, 'pair': 7, 'place': 7})
    if kind == 'list':
        return pick(WORDS['eponyms'])
    noun = pick(WORDS['eponym_nouns'])
    if kind == 'place':
        return f"{places.BIG_CITIES.pick() if maybe(0.5) else places.CITIES.pick()[0]} {pick(WORDS['place_nouns'])}"
    if kind == 'pair':
        return f"{people.US_SURNAMES.pick()}{one('-', '-', ' ', ' and ')}{people.surname()} {noun}"
    name = one(people.surname, people.COMMON_SURNAMES.pick, people.US_SURNAMES.pick)()
    return f"{name}{one('', chr(39) + 's', chr(39) + 's')} {noun}"


def dose(style, _=None) -> str:
    amount = one(5, 10, 20, 25, 40, 50, 75, 81, 100, 200, 250, 325, 400, 500, 650, 800, 1000, 2.5, 12.5, 0.5, 0.25, 1, 2, 3, 6, 15, 30, 60, 88, 112, 125, 137, 1.25, 37.5, 875, 1200, 2000, 5000, 50000)
    unit = one('mg', 'mcg', 'units', 'ml', 'g', 'mg', 'mL', 'mEq', 'IU') if style.written else one('milligrams', 'milligrams', 'units', 'micrograms', 'mcg', 'mg', 'puffs', 'tablets', 'milligram', 'cc', 'grams', 'milliliters', 'drops')
    if style.asr:
        return say_number(str(amount)) + ' ' + unit
    return f'{amount}' + (one(' ', '') if style.written else ' ') + unit


def amount(style, _=None) -> str:
    """A number of any size, as a reading or a count."""
    n = one(number(1, 12), number(10, 99), number(88, 130), number(100, 999), number(1000, 5000), round_amount())
    text = f'{n}.{number(0, 9)}' if n < 100 and maybe(0.25) else str(n)
    if style.asr:
        return say_number(text)
    return cardinal(n) if maybe(0.08) and '.' not in text else text


def numbered(style, argument) -> str:
    """`{n:2-90}`: a whole number in a range."""
    low, high = map(int, argument.split('-'))
    return count(low, high, style.asr, style.written)


def pressure(style, _=None) -> str:
    high, low = number(84, 196), number(48, 112)
    if style.asr:
        return f"{chunk(str(high))} {one('over', 'over', 'over', 'on', '')} {cardinal(low)}".replace('  ', ' ')
    return f'{high}/{low}' if maybe(0.75) else f'{high} over {low}'


def temperature(style, _=None) -> str:
    text = f'{number(96, 104)}.{number(0, 9)}'
    return say_number(text) if style.asr else text


def reading(style, _=None) -> str:
    n = one(number(4, 400), number(40, 400), number(3, 15), number(88, 110))
    text = f'{n}.{number(0, 9)}' if maybe(0.35) else str(n)
    return say_number(text) if style.asr else text


def price(style, _=None) -> str:
    n = one(number(5, 99), number(100, 999), number(1000, 9000), number(10000, 90000))
    if style.asr:
        return one(say_number(str(n)), cardinal(n)) + one(' dollars', ' bucks', '', f' {one("and fifty", "twenty five", "ninety nine", "and ten")} {one("cents", "")}')
    return one(f'${n}', f'{n} dollars', f'${n:,}', f'${n}.{number(0, 99):02d}', f'{n:,}.{number(0, 99):02d} dollars' if style.written else f'${n}.{number(0, 99):02d}', f'${n:,}.{number(0, 99):02d}')


def duration(style, _=None) -> str:
    n = number(1, 48)
    unit = one('days', 'weeks', 'months', 'years', 'hours', 'minutes', 'seconds', 'nights')
    return f'{cardinal(n) if style.asr or maybe(0.35) else n} {unit}'


def lab(style, _=None) -> str:
    return pick(WORDS['labs'])


def icd(style=None, _=None) -> str:
    return one(f"{pick('ABCDEFGHIJKLMNRSTZ')}{number(10, 99)}.{number(0, 9)}", f"{pick('EFGIJKMNRSZ')}{number(10, 99)}", f"{pick('CEMSTZ')}{number(10, 99)}.{number(10, 999)}",
               f"S{number(10, 99)}.{number(100, 999)}{pick('ADS')}", f"M{number(10, 99)}.{number(100, 999)}")


def cpt(style=None, _=None) -> str:
    return one(str(number(99202, 99499)), str(number(10021, 69990)), str(number(70010, 79999)), str(number(80047, 89398)), str(number(90281, 99199)), f"{pick('AEGJLQ')}{digits(4)}", digits(5) + '-' + digits(2))


def loinc(style=None, _=None) -> str:
    return f'{number(100, 99999)}-{number(0, 9)}'


def ndc(style=None, _=None) -> str:
    return one(f'{digits(5)}-{digits(4)}-{digits(2)}', f'{digits(5)}-{digits(3)}-{digits(2)}', f'{digits(4)}-{digits(4)}-{digits(2)}', digits(11))


def any_code(style, _=None) -> str:
    return one(icd, icd, cpt, cpt, loinc, ndc, lambda: f"{one('CO', 'PR', 'OA', 'N', 'MA')}-{number(1, 250)}", lambda: str(number(100, 999)), lambda: f'{digits(4)}F')()


def product(style, _=None) -> str:
    """A product of the list, or a made-up one with a person's name in it."""
    if maybe(0.75):
        return pick(WORDS['products'])
    who = one(f'{people.given()} {people.surname()}', f"{people.given()}'s", f"{people.surname()}'s", f'{people.surname()} and {people.surname()}', f'Dr. {people.surname()}')
    return who + ' ' + one('shampoo', 'soup', 'jeans', 'perfume', 'shoes', 'tea', 'cookies', 'ice cream', 'vacuum', 'mattress', 'cereal', 'sauce', 'lipstick', 'razor',
                           'insoles', 'pizza', 'coffee', 'toothpaste', 'lotion', 'luggage', 'pants', 'sweater', 'cookbook', 'mayonnaise', 'crackers')


def plan_name(style, _=None) -> str:
    if maybe(0.85):
        return pick(WORDS['health_plans'])
    base = one(people.surname(), places.BIG_CITIES.pick(), pick(STATES)[0], f'{people.surname()} {people.surname()}')
    return base + ' ' + one('Life', 'Mutual', 'Health Plan', 'Insurance', 'Financial', 'Benefit Trust', 'Choice', 'Advantage', 'Gold PPO', 'Casualty', 'National Life', 'HMO', 'Dental Plan')


def device_model(style, _=None) -> str:
    if maybe(0.7):
        return pick(WORDS['device_models'])
    return f"{pick(['model', 'Model', 'series', 'version', 'type', 'size'])} {one(str(number(1, 900)), fill('@#'), fill('@##'), fill('##@'), fill('@@-##'))}"


def counting(style, _=None) -> str:
    """Counting aloud, upwards, downwards or in steps."""
    start, step, length = one(1, 1, 1, 10, 5, 20, 100, number(1, 60)), one(1, 1, 1, 2, 5, 10, -1, -7, -3), number(3, 9)
    numbers = [start + step * i for i in range(length)]
    if numbers[-1] < 0:
        numbers = list(range(length, 0, -1))
    if maybe(0.1):
        joint = one(' and ', ' mississippi ', ' one thousand ', ' breathe ', ' hold ', ' okay ', ' good ')
        return joint.join(cardinal(n) for n in numbers)
    if style.asr or maybe(0.6):
        return one(' ', ', ', ', ', '... ').join(cardinal(n) for n in numbers)
    return one(', ', ' ', '... ').join(str(n) for n in numbers)


def spelled_word(style, _=None) -> str:
    """A drug or an ordinary word, letter by letter."""
    return spell(one(drug(style), pick(WORDS['spelled_words']), pick(WORDS['spelled_words'])), style)


def scale_score(style, _=None) -> str:
    return f"{count(0, 30, style.asr, style.written)} {one('out of', 'of', 'over')} {count(10, 30, style.asr, style.written)}"



HARMLESS = {
    'drug': drug, 'dose': dose, 'eponym': eponym, 'amount': amount, 'n': numbered, 'bp': pressure, 'temp': temperature, 'reading': reading, 'price': price,
    'duration': duration, 'lab': lab, 'icd': icd, 'cpt': cpt, 'loinc': loinc, 'ndc': ndc, 'code': any_code, 'product': product, 'planname': plan_name,
    'model': device_model, 'counting': counting, 'spelledword': spelled_word, 'score': scale_score,
    'time': lambda style, _: dates.time_of_day(style), 'clock': lambda style, _: f"{number(0, 23):02d}:{one('00', '15', '30', '45')}",
    'weekday': lambda style, _: pick(dates.WEEKDAYS), 'month': lambda style, _: pick(dates.MONTHS), 'year': lambda style, _: dates.year(style),
    'relday': lambda style, _: one('tomorrow', 'today', 'on ' + pick(dates.WEEKDAYS), 'next week', 'this ' + pick(dates.WEEKDAYS), 'later today', 'next ' + pick(dates.WEEKDAYS),
                                   'in two weeks', 'next month', 'this afternoon', 'the day after tomorrow', 'in the morning'),
    'age': lambda style, argument: dates.age(style, *map(int, argument.split('-'))) if argument else dates.age(style),
    'state': lambda style, _: pick(STATES)[0], 'stateabbr': lambda style, _: pick(STATES)[1],
    'unitword': lambda style, _: pick(WORDS['units']), 'rel': lambda style, _: pick(WORDS['relatives']), 'condition': lambda style, _: pick(WORDS['conditions']),
    'part': lambda style, _: pick(WORDS['body_parts']), 'procedure': lambda style, _: pick(WORDS['procedures']), 'dept': lambda style, _: pick(WORDS['departments']),
    'brand': lambda style, _: pick(WORDS['brands']), 'country': lambda style, _: pick(WORDS['countries']), 'device': lambda style, _: pick(WORDS['devices']),
    'food': lambda style, _: pick(WORDS['foods']), 'idiom': lambda style, _: pick(WORDS['idioms']), 'errand': lambda style, _: pick(WORDS['errands']),
    'happening': lambda style, _: pick(WORDS['happenings']), 'symptom': lambda style, _: pick(WORDS['symptoms']), 'job': lambda style, _: pick(WORDS['occupations']),
    'holiday': lambda style, _: pick(WORDS['holidays']), 'colour': lambda style, _: pick(WORDS['colours']), 'car': lambda style, _: pick(WORDS['cars']),
    'namelike': lambda style, _: pick(WORDS['namelike']), 'phrase': lambda style, _: pick(WORDS['plain_phrases']),
    'team': lambda style, _: pick(WORDS['teams']), 'chain': lambda style, _: pick(CHAINS), 'language': lambda style, _: pick(WORDS['languages']),
    'digits': lambda style, argument: digits(int(argument or 4)), 'letter': lambda style, _: letters(1),
}
