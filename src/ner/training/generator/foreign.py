"""Addresses outside the United States, in the order in which each country writes them.

lexicon/foreign_addresses.txt has a block for each country: `= NAME | OTHER NAMES`, then comma lists: `post` postcodes (# digit, @ capital), `one`
first lines, `two` second lines, `unit`, `street` ("-vej": ending, "Rue de _": any base), `city`, `region`.
In lines: {s} street, {s0} a bare name, {n} house number, {k} small number, {o} ordinal, {f} {F} letter, {c} {C} city, {p} postcode, {r} region,
{R} abbreviated region, {u} unit.
"""
import re
from dataclasses import dataclass, field

from . import pools
from .chance import fill, maybe, number, one, pick
from .numerals import ordinal_digits
from .people import ENDINGS, GIVEN, STEMS, SURNAMES, US_SURNAMES


@dataclass
class Country:
    names: list
    lists: dict = field(default_factory=dict)
    cities: pools.Pool = None
    streets: pools.Pool = None


def _load() -> list:
    countries = []
    for line in pools.words('foreign_addresses'):
        if line.startswith('= '):
            countries.append(Country([n.strip() for n in line[2:].split('|')]))
            continue
        key, _, rest = line.partition(' ')
        separator = ';' if key in ('one', 'two') else ','
        countries[-1].lists[key] = [t.strip().replace('\\n', '\n') for t in rest.split(separator) if t.strip()]
    for country in countries:
        country.cities, country.streets = pools.Pool(country.lists['city']), pools.Pool(country.lists['street'])
    return countries


COUNTRIES = _load()
_NAMES = {name for country in COUNTRIES for name in country.names}
_SLOT = re.compile(r'\{([a-zA-Z]0?)\}')


def _base() -> str:
    """What a street is named after: a person, or an invented place."""
    return one(SURNAMES.pick, SURNAMES.pick, GIVEN.pick, US_SURNAMES.pick, lambda: pick(STEMS) + pick(ENDINGS), lambda: f'{GIVEN.pick()} {SURNAMES.pick()}')()


def _street(country: Country) -> str:
    text = country.streets.pick()
    if text.startswith('-'):
        return (_base().split(' ')[-1] + text[1:]).capitalize()
    if text.startswith('_') and len(text) > 1 and text[1].islower():
        return _base().split(' ')[-1] + text[1:]
    return text.replace('_', _base())


def _invented_city() -> str:
    return pick(STEMS) + one('burg', 'stad', 'hem', 'by', 'sk', 'ova', 'ovo', 'inki', 'os', 'ano', 'ville', 'minster', 'bury', 'heim', 'au', 'dorf', 'ica', 'abad', 'pur',
                             'shima', 'kawa', 'chester', 'vik', 'anga', 'uru', 'eda', 'ilha', 'ejo', 'nagar', 'yong', 'zhou')


def city() -> str:
    """A town of any country but the United States."""
    town = pick(COUNTRIES).cities.pick() if maybe(0.85) else _invented_city()
    return _invented_city() if town in _NAMES else town


def postcode(country: Country | None = None) -> str:
    codes = (country or pick(COUNTRIES)).lists.get('post')
    return fill(pick(codes)) if codes else ''


def _line(country: Country, pattern: str, town: str) -> str:
    regions = country.lists.get('region', [''])
    short = [r for r in regions if r.isupper() or r.endswith('.')] or regions

    def put(match) -> str:
        slot = match.group(1)
        if slot == 's':
            return _street(country)
        if slot == 's0':
            return _base()
        if slot in 'pr':
            return postcode(country) if slot == 'p' else pick(regions)
        if slot == 'u':
            return pick(country.lists.get('unit') or [''])
        return {'n': str(number(*one((1, 99), (1, 99), (100, 999), (1000, 3000)))), 'k': str(number(1, 14)), 'o': ordinal_digits(number(1, 120)), 'f': pick('abcd'), 'F': pick('ABCDE'),
                'c': town, 'C': town.upper(), 'R': pick(short)}[slot]
    return _SLOT.sub(put, pattern)


def street_line() -> str:
    """The first line of an address alone."""
    country = pick(COUNTRIES)
    return _clean(_line(country, pick(country.lists['one']), country.cities.pick()))


def town_line() -> str:
    """Postcode, town, region, in the order of some country; now and then with the country."""
    country = pick(COUNTRIES)
    text = _line(country, pick(country.lists['two']), country.cities.pick())
    return _clean(text + (f', {pick(country.names)}' if maybe(0.3) else ''))


def address() -> str:
    """A whole address on one line or several."""
    country = pick(COUNTRIES)
    town = country.cities.pick() if maybe(0.8) else _invented_city()
    parts = [_line(country, pick(country.lists['one']), town)]
    units = country.lists.get('unit')
    if units and maybe(0.25):
        parts[0] += one(', ', ' ', '\n') + pick(units)
    elif maybe(0.06):
        parts[0] += one(' ', ', ', '\n') + one('Apt. ', 'Suite ', 'Flat ', 'Unit ') + str(number(1, 990))
    parts.append(_line(country, pick(country.lists['two']), town))
    if maybe(0.42):
        parts.append(pick(country.names))
    joint = one(', ', ', ', '\n', ' ', ', ') if maybe(0.9) else one(' - ', '; ', ' / ')
    return _clean(joint.join(parts))


def _clean(text: str) -> str:
    return re.sub(r'(?m) +([,\n]|$)|^[ ,]+', r'\1', re.sub(r' {2,}', ' ', re.sub(r'(, ){2,}', ', ', text))).strip(' ,')
