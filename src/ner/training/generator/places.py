"""Addresses and facilities."""
import re

from . import foreign, pools
from .chance import digits, maybe, number, one, pick, weighted
from .letters import say_code, unaccented
from .numerals import cardinal, chunk, ordinal_digits, ordinal_word, say_digits
from .people import US_GIVEN, US_SURNAMES, surname

CITIES = pools.raw_cities()
BIG_CITIES, NEIGHBOURHOODS, STREETS = pools.pool('big_cities'), pools.pool('neighbourhoods'), pools.pool('street_names')
STATES = [tuple(line.split('\t')) for line in pools.words('states')]
STREET_TYPES = [tuple(line.split('\t')) for line in pools.words('street_types')]
COUNTRIES = pools.words('countries')
FACILITY_TYPES = pools.words('facility_types')
CHAINS = pools.words('pharmacy_chains')
SAINTS, FACILITY_FIRST, FACILITY_SECOND = pools.pool('saints'), pools.pool('facility_first'), pools.pool('facility_second')
INSTITUTIONS, VIRTUES = pools.pool('institutions'), pools.pool('facility_virtues')


def city_and_state() -> tuple:
    """(city, state, abbreviation, county or None)"""
    if maybe(0.25):
        state, short = pick(STATES)
        return BIG_CITIES.pick(), state, short, None
    city, short, state, county = CITIES.pick()
    return city, state, short, county


def zip_code(style) -> str:
    code = digits(5)
    if style.asr:
        return say_digits(code) if maybe(0.9) else code
    return code if maybe(0.9) else code + '-' + digits(4)


def street(style) -> str:
    source = weighted({'list': 60, 'surname': 11, 'ordinal': 16, 'given': 5, 'route': 3, 'double': 5})
    if source == 'route':
        n = number(2, 199)
        return one('Highway ', 'Route ', 'County Road ', 'US ', 'State Route ', 'Interstate ', 'FM ') + (cardinal(n) if style.asr else str(n))
    if source == 'list':
        name = STREETS.pick()
    elif source == 'surname':
        name = US_SURNAMES.pick()
    elif source == 'given':
        name = US_GIVEN.pick()
    elif source == 'double':
        name = f'{STREETS.pick()} {STREETS.pick()}'
    else:
        n = number(1, 180)
        name = ordinal_word(n) if style.asr else ordinal_word(n).title() if n < 13 and maybe(0.6) else ordinal_digits(n)
    kind, short = pick(STREET_TYPES)
    if style.written and maybe(0.5):
        kind = short + one('', '.', '')
    if maybe(0.12):
        kind = ''
    direction = ''
    if maybe(0.22):
        long = one('North', 'South', 'East', 'West', 'Northeast', 'Southwest', 'Northwest')
        direction = {'North': 'N', 'South': 'S', 'East': 'E', 'West': 'W', 'Northeast': 'NE', 'Southwest': 'SW', 'Northwest': 'NW'}[long] \
            if style.written and maybe(0.5) else long
    parts = (direction, name, kind) if maybe(0.85) else (name, kind, direction)
    return ' '.join(p for p in parts if p)


def house_number(style) -> str:
    n = number(*one((1, 99), (100, 999), (100, 999), (1000, 9999), (1000, 9999), (10000, 29999)))
    if not style.asr:
        return str(n) + (one('A', 'B', ' 1/2', '-B') if maybe(0.03) else '')
    text = str(n)
    form = number(1, 5)
    if form == 1:
        return say_digits(text, 'single')
    if form < 4 and len(text) < 5:
        return chunk(text)
    return cardinal(n) if form == 4 else say_digits(text)


def unit(style) -> str:
    value = one(str(number(1, 40)), str(number(100, 1900)), pick('ABCDEFGH'), f"{number(1, 30)}{pick('ABCDEF')}", f"{pick('ABCD')}{number(1, 20)}")
    if style.asr:
        return one('apartment', 'apartment', 'unit', 'suite', 'number', 'lot', 'building', 'floor') + ' ' + say_code(value)
    if style.written and maybe(0.12):
        return '#' + value
    word = one('Apartment', 'Apt', 'Unit', 'Suite', 'Ste', 'Lot', 'Building', 'Apt.', 'Floor', 'Space')
    return f"{word if maybe(0.6) else word.lower()} {value}"


ABROAD = {'full': foreign.address, 'street': foreign.street_line, 'city': foreign.city, 'city state': foreign.town_line, 'zip': foreign.postcode}


def address(style, form: str | None = None) -> str:
    """form: city, city state, zip, area, full, street, box, corner, unit, road; by chance when not given."""
    form = form or weighted({'city': 15, 'city state': 10, 'zip': 5, 'area': 6, 'full': 39, 'street': 15, 'box': 3, 'corner': 3, 'unit': 2, 'road': 2})
    if maybe(0.3 if style.written else 0.1) and form in ABROAD:
        text = ABROAD[form]()
        if style.asr or maybe(0.3):
            text = unaccented(text)
        if style.asr:
            text = re.sub(r'\d+', lambda m: f' {say_digits(m.group())} ', text)
        elif style.spoken:
            text = text.replace('\n', ', ')
    else:
        text = _us_address(style, form)
    if style.asr:
        text = re.sub("[^a-z0-9' ]+", ' ', text.lower().replace("'", one("'", '')))
        words = text.split()
        if style.messy and len(words) > 3 and maybe(0.12):
            words.insert(number(1, len(words) - 1), one('uh', 'um'))
        return ' '.join(words)
    if style.written and maybe(0.1):
        text = text.lower()
    return re.sub(' +', ' ', text).strip()


def _us_address(style, form: str) -> str:
    city, state, short, county = city_and_state()
    comma = ' ' if style.asr else ', '
    if style.written and maybe(0.75):
        state = short
    if form == 'city':
        return city
    if form == 'city state':
        return f'{city}{comma}{state}'
    if form == 'zip':
        return zip_code(style)
    if form == 'area':
        return one(f'{county or city} County', f'{county or city} County', NEIGHBOURHOODS.pick(), NEIGHBOURHOODS.pick())
    if form == 'box':
        box = one('PO Box ', 'P.O. Box ', 'P O Box ', 'Post Office Box ') + (say_digits(str(number(10, 9999))) if style.asr else str(number(10, 9999)))
        return box + (f'{comma}{city}' if maybe(0.6) else '')
    if form == 'corner':
        return f"{street(style)} {one('and', 'and', '&' if style.written else 'and', 'at')} {street(style)}"
    if form == 'unit':
        return unit(style)
    if form == 'road':
        return street(style)
    text = f'{house_number(style)} {street(style)}' if maybe(0.96) else \
        f"{one('Rural Route', 'RR', 'Route')} {number(1, 9)}{comma}Box {number(10, 900)}" if not style.asr else f'rural route {cardinal(number(1, 9))} box {cardinal(number(10, 900))}'
    if maybe(0.28):
        text += (comma if maybe(0.7) else ' ') + unit(style)
    if form == 'full':
        if maybe(0.92):
            text += (comma if maybe(0.9) or style.asr else '\n') + city
        if maybe(0.72):
            text += (comma if maybe(0.8) else ' ') + state
        if maybe(0.72):
            text += ' ' + zip_code(style)
    return text


def facility(style) -> str:
    city, state, _, county = city_and_state()
    landscape = FACILITY_FIRST.pick() + one('', ' ', ' ', '') + FACILITY_SECOND.pick()
    landscape = re.sub(r' (\w)', lambda m: ' ' + m.group(1).upper(), landscape)
    size = one('Regional', 'Community', 'Valley', 'Memorial', 'General', 'Area', 'District', 'Medical Group')
    base = one(landscape, landscape, landscape, city, city, surname(), f'{county or city} County', VIRTUES.pick(), VIRTUES.pick(),
               f'{landscape} {size}', f'{city} {size}')
    kind = pick(FACILITY_TYPES)
    form = weighted({'saint': 15, 'base': 46, 'chain': 13, 'of': 7, 'university': 4, 'city': 6, 'partners': 4, 'famous': 3, 'short': 2})
    if form == 'saint':
        saint = one('St. ', 'Saint ', 'St ') + SAINTS.pick() + one("'s", "'s", "'s", '')
        name = saint if maybe(0.5) else f'{saint} {kind}'
    elif form == 'base':
        name = f'{base} {kind}'
    elif form == 'chain':
        name = f"{pick(CHAINS)} {one('on', 'on', 'on', 'at', 'in', 'off', 'by', 'near')} {street(style) if maybe(0.75) else city}"
    elif form == 'of':
        name = f"{base} {kind} {one('in', 'of', 'at', 'on')} {city if maybe(0.6) else street(style)}"
    elif form == 'university':
        name = f"University of {one(state, city)} {one('Hospital', 'Medical Center', 'Health', 'Clinic', '')}".strip()
    elif form == 'city':
        name = f"{city} {one('General', 'Memorial', 'Regional', 'Methodist', 'Baptist', CHILDRENS, 'VA', 'Presbyterian', 'Mercy', 'County', 'University')}"
    elif form == 'partners':
        name = f"{surname()} {one('and', '&')} {surname()} {one('Dental', 'Orthodontics', 'Pediatrics', 'Eye Care', 'Associates', 'Family Practice')}"
    elif form == 'short':
        name = one(landscape, f'{landscape} {one("Manor", "House", "Place", "Court", "Village", "Commons", "Terrace")}')
    else:
        name = INSTITUTIONS.pick()
    if style.asr:
        name = name.lower().replace('.', '').replace('&', 'and').replace('-', ' ').replace("'", one("'", ''))
        return re.sub('^st ', 'saint ', name) if maybe(0.7) else name
    if style.written and maybe(0.1):
        return name.lower() if maybe(0.8) else name.upper()
    return name


CHILDRENS = "Children's"
