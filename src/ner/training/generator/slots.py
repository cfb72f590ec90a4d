"""What a template may ask for by name: `{name}` gives identifiers with their kind, others give harmless text.

Every slot is a function (style, argument or None) -> [(text, kind or None), ...].
"""
from . import contacts, dates, identifiers, people, places
from .chance import digits, fill, letters, maybe, number, one, pick, weighted
from .harmless import HARMLESS
from .letters import spell
from .numerals import say_digits
from .speech import code

ID_KINDS = {
    'mrn': (lambda: identifiers.coded('mrn'), 'MRN'), 'plan': (identifiers.plan_id, 'HEALTH_PLAN_ID'), 'group': (lambda: identifiers.coded('group'), 'HEALTH_PLAN_ID'),
    'account': (lambda: identifiers.coded('account'), 'ACCOUNT'), 'invoice': (lambda: identifiers.coded('invoice'), 'ACCOUNT'),
    'claim': (lambda: identifiers.coded('claim'), 'ACCOUNT'), 'routing': (identifiers.routing, 'ACCOUNT'), 'iban': (identifiers.iban, 'ACCOUNT'),
    'cheque': (lambda: identifiers.coded('cheque'), 'ACCOUNT'), 'card': (identifiers.card, 'CREDIT_CARD'), 'npi': (identifiers.npi, 'LICENSE'),
    'dea': (identifiers.dea, 'LICENSE'), 'dl': (lambda: identifiers.coded('dl'), 'LICENSE'), 'passport': (lambda: identifiers.coded('passport'), 'LICENSE'),
    'proflic': (lambda: identifiers.coded('proflic'), 'LICENSE'), 'vin': (identifiers.vin, 'VEHICLE'), 'plate': (lambda: identifiers.coded('plate'), 'VEHICLE'),
    'serial': (lambda: identifiers.coded('serial'), 'DEVICE'), 'imei': (identifiers.imei, 'DEVICE'), 'mac': (identifiers.mac, 'DEVICE'),
    'udi': (identifiers.udi, 'DEVICE'), 'bio': (lambda: identifiers.coded('bio'), 'BIOMETRIC'), 'rx': (lambda: identifiers.coded('rx'), 'OTHER_ID'),
    'other': (lambda: identifiers.coded('other'), 'OTHER_ID'), 'ssn': (identifiers.social, 'SSN'),
}
ANY = {
    'anylicense': ['npi', 'dea', 'dl', 'dl', 'passport', 'proflic'], 'anyaccount': ['account', 'invoice', 'claim', 'routing', 'account', 'claim', 'exp', 'cvv', 'cheque'],
    'anyother': ['other', 'other', 'other', 'rx', 'user'], 'anydevice': ['serial', 'serial', 'serial', 'imei', 'mac', 'udi'], 'anyvehicle': ['plate', 'plate', 'vin'],
    'anyplan': ['plan', 'plan', 'group'], 'anyssn': ['ssn', 'ssn', 'ssn4'],
}
SPANISH_MONTHS = 'enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'.split()
SPANISH_DAYS = 'uno dos tres cuatro cinco seis siete ocho nueve diez once doce quince veinte veintidós veintiocho treinta'.split()


def _short_digits(kind: str, *lengths: int):
    def slot(style, _):
        value = digits(one(*lengths))
        return [(say_digits(value) if style.asr else '-'.join(value) if style.spoken and maybe(0.1) else value, kind)]
    return slot


def _spanish_date(style, birth: bool) -> list:
    day, month, year = number(1, 28), pick(SPANISH_MONTHS), number(1930, 2024)
    text = f"{pick(SPANISH_DAYS) if style.asr else day} de {month}"
    if birth or maybe(0.2):
        text += ' de ' + ('mil novecientos ' + one('cuarenta', 'cincuenta y dos', 'sesenta', 'setenta y ocho', 'ochenta') if style.asr else str(year))
    return [(text, 'DOB' if birth else 'DATE')]


def _social(style, _):
    value = identifiers.social()
    if style.written:
        value = one(value, value, value.replace('-', ' '), value.replace('-', ''), value)
    if style.asr and maybe(0.5):
        return [(one(' ', ' ', ' dash ').join(say_digits(g, one('single', 'mixed')) for g in value.split('-')), 'SSN')]
    return code(value if not style.asr else value.replace('-', ''), 'SSN', style)


def _hyphenated(style, _):
    return [(people.show(f'{people.US_SURNAMES.pick()}-{people.surname()}', style), 'NAME')]


def _names(style, argument):
    """A list of bare names: `{names:3}`."""
    count = int(argument or number(2, 4))
    form = one('first', 'first', 'full', 'last')
    out = []
    for i in range(count):
        if i:
            out.append((one(', ', ', ') if i < count - 1 else one(' and ', ', and ', ' and ', ', '), None))
        out.append((people.full_name(style, form), 'NAME'))
    return out


def _county(style, _):
    city, _, _, county = places.city_and_state()
    text = f'{county or city} County'
    return [(text.lower() if style.asr else text, 'ADDRESS')]


def _unit_value(style, _):
    text = places.unit(style).split(' ', 1)[-1]
    return [(text.lower() if style.asr else text, 'ADDRESS')]


def _misheard(style, _):
    """A name as the recogniser or the agent got it wrong."""
    name = people.misheard(one(people.given, people.surname)())
    return [(people.show(name.title(), style), 'NAME')]


def _word_name(style, _):
    """A name that is also a word."""
    return [(people.show(one(people.WORD_GIVEN.pick, people.WORD_SURNAMES.pick)(), style), 'NAME')]


def _short_name(style, _):
    return [(people.show(one(people.syllable, people.SHORT.pick, people.SHORT.pick, lambda: letters(1) + pick('aeiou'))(), style), 'NAME')]


def _spelling(style, argument):
    word = {'given': people.given, 'surname': people.surname}.get(argument, one(people.given, people.surname))()
    return [(spell(word, style), 'NAME')]


def _partial_code(style, _):
    """A half-legible or cut-off code."""
    value = fill(one('@@@ ####', '####', '@####', '###', '@@-##', '##-###'))
    return code(value, 'OTHER_ID', style)


def _address(form):
    return lambda style, argument: [(places.address(style, one(*form) if isinstance(form, tuple) else form), 'ADDRESS')]


def _name(form):
    return lambda style, argument: [(people.full_name(style, form), 'NAME')]


SLOTS = {
    'person': lambda style, _: people.person(style), 'name': _name(None), 'first': _name('first'), 'last': _name('last'), 'initials': _name('initials'),
    'full': lambda style, _: [(people.full_name(style, weighted({'full': 85, 'middle': 9, 'two': 6})), 'NAME')],
    'lastspelled': lambda style, _: people.surname_with_spelling(style), 'spell': _spelling, 'hyphenated': _hyphenated, 'names': _names,
    'misheard': _misheard, 'wordname': _word_name, 'shortname': _short_name,
    'address': _address('full'), 'anyaddress': _address(None), 'city': _address('city'), 'citystate': _address('city state'), 'zip': _address('zip'),
    'street': _address('street'), 'road': _address('road'), 'corner': _address('corner'), 'area': _address('area'), 'box': _address('box'),
    'cityzip': _address(('city', 'zip', 'city')), 'unit': _address('unit'), 'unitvalue': _unit_value, 'county': _county,
    'facility': lambda style, _: [(places.facility(style), 'FACILITY')],
    'date': lambda style, _: [(dates.date(style), 'DATE')], 'dob': lambda style, _: [(dates.date(style, birth=True), 'DOB')],
    'monthyear': lambda style, _: [(dates.month_and_year(style), 'DATE')],
    'fecha': lambda style, _: _spanish_date(style, False), 'nacimiento': lambda style, _: _spanish_date(style, True),
    'age90': lambda style, _: [(dates.old_age(style), 'AGE')], 'age90th': lambda style, _: [(dates.old_age_ordinal(style), 'AGE')],
    'phone': lambda style, _: contacts.phone(style), 'fax': lambda style, _: contacts.phone(style, 'FAX'),
    'phone4': _short_digits('PHONE', 4), 'extension': _short_digits('PHONE', 3, 4), 'ssn4': _short_digits('SSN', 4), 'cvv': _short_digits('ACCOUNT', 3, 3, 4),
    'card4': _short_digits('CREDIT_CARD', 4), 'account4': _short_digits('ACCOUNT', 4), 'other4': _short_digits('OTHER_ID', 3, 4, 5),
    'email': lambda style, _: [(contacts.email(style), 'EMAIL')], 'url': lambda style, _: [(contacts.url(style), 'URL')],
    'ip': lambda style, _: [(contacts.ip_address(style), 'IP_ADDRESS')], 'user': lambda style, _: [(contacts.username(style), 'OTHER_ID')],
    'exp': lambda style, _: [(identifiers.expiry(style), 'ACCOUNT')], 'partial': _partial_code, 'ssn': _social,
}


def _identifier(make, kind):
    return lambda style, _: code(make(), kind, style)


for _slot, (_make, _kind) in ID_KINDS.items():
    SLOTS.setdefault(_slot, _identifier(_make, _kind))
for _slot, _choices in ANY.items():
    SLOTS[_slot] = (lambda choices: lambda style, _: SLOTS[pick(choices)](style, None))(_choices)


def _plain(style, argument):
    """`{plain:SLOT}`: the form of an identifier where it identifies nobody."""
    return [(text, None) for text, _ in SLOTS[argument](style, None)]


SLOTS['plain'] = _plain
for _slot, _draw in HARMLESS.items():
    SLOTS[_slot] = (lambda draw: lambda style, argument: [(draw(style, argument), None)])(_draw)


def value(name: str, style, argument: str | None = None) -> list:
    """The segments of one slot; an unknown name is a KeyError."""
    return SLOTS[name](style, argument)
