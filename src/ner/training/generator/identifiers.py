"""Numbers and codes of every kind, by pattern ('#' a digit, '@' a capital, '?' either), some with right check digits.

HELD_OUT holds the shapes that training never sees; the held-out set is made of these alone.
"""
from . import pools
from .chance import digits, fill, letters, maybe, number, one, pick
from .dates import MONTHS
from .numerals import cardinal, pair

PATTERNS = {
    'mrn': ['######', '#######', '########', '##########', 'MRN-######', 'MR######', '@#######', '@@######', '###-###', '##-##-##', '00######',
            '@-#####', '###-##-###', 'CH-#####', 'PT#####', '#####', 'H########', '#### ####', '@@@-####', 'E########', '0#######', '#########', 'P######', '####'],
    'plan': ['@@@#########', '@@@#########', 'W#########', 'U########', '#########', '###########', '@@@######', '@@########', '##########', '#####-##',
             '@########-##', 'H####-###', '@@ #### ####', '@@@###@#####', '########@', '@@@###@#####', '#### #### ####', 'XQ@########', '@@#####@', '########', '#######'],
    'group': ['#####', '######', '#######', '@@@####', '##-#####', 'GRP#####', '####', '@@#####', '#####-###', '0######', '@####', '######-####', '@@@@##'],
    'account': ['########', '##########', '############', '####-####', 'AC#######', '###-######', '#######', '#########', '#### #### ##', '@@#######', 'A-######', '######', '###########'],
    'invoice': ['INV-######', 'INV#####', '######', '####-####', 'INV-20##-####', '@#######', 'ST######', 'B######', '#########', '#####'],
    'claim': ['CLM-#######', 'CLM########', '###########', '####@######', '@@#########', '##-#######', 'E#########', '####@@####', '#############', 'C#######', '20##########'],
    'cheque': ['####', '###', '#####'],
    'dl': ['@#######', '@########', '########', '#########', '@###-####-####', '@@######@', '@############', '@@@@@######', '##-###-###', '@@#####', '@#############',
           '@### ### ## ### #', '@###-###-##-###-#', '@######', '@@@##@###', '#######'],
    'passport': ['#########', '@########', '@@#######', 'C########', '@#######'],
    'proflic': ['RN######', 'RN-######', '@@#####', '@######', 'MD######', 'PHA-#####', '@@.######', '######', 'LCSW#####', 'PA#####', '##-######', 'DO-####', 'PT####', 'APRN#######', '@#####'],
    'plate': ['#@@@###', '@@@ ####', '@@@-####', '@@@####', '@@## @@@', '### @@@', '###-@@@', '@## ###@', '@@-#####', '@@@ ###', '###@@@', '@@####@', '@@@@##', '#@@@##', 'HP ####', '@## @@@'],
    'serial': ['SN-#######', 'SN########', '@@#######', '@@@######@', '####-####-##', '@@-#####-@', '########', '##########', '@##@#####', '@@@ ### ###', 'PM######',
               '@@##-##@-@@@', '##@@######', 'G#####-###', '@@@@####', '@@######@', '####@####', '@@@#####', '2########', 'V##-######', '@@@-####-####', '#@@##@###', '@#########'],
    'bio': ['FP-#####', 'VP-####-@', 'VP######', 'RET-#####', 'IRIS-@@####', 'BIO-######', '@@#####', 'PALM-####', '####-@@-##', 'FACE#####', 'tmpl_####ab##', '######',
            'VB###-###', '@##-####', 'fp:###c##', 'BX######', 'VOX-#####', '@@@-#####', 'F#######', 'ENR-####-##', '####@', 'FPT-@@##-####', 'EYE-####', '########', '@@-####'],
    'rx': ['#######', '########', '#######-##', 'RX#######', '######', '##-#####', 'C#######', '####-######', 'N#######', '#######-####'],
    'other': ['######', '#######', '########', '@@####', '@@@-####', '@@@@@@', '####@@', '###-####', '@#####', '@@-######', '@@##@@', '##@###', 'CN-######', 'TKT#####', 'REF######',
              'PA-######', '#####', '####-###', '@@@####', '#@@##', 'ord_##a#', 'evt-####', '@@@@##', '@@@@-@@@@', '??????', '@#@#@#', 'INC#######', 'APT-####', 'cse_########', '####',
              'E#####', 'EMP-####', 'S########', '##-####', '@@@-@@@-###', 'HC-##-#####', '#########', 'SPEC-####', 'ACC##-#####', '@##-#####', '#### ####', 'req_??????'],
}
HELD_OUT = {
    'mrn': ['MR-####-####', '#-###-###', '@@@######', '####-##-##', 'Z#####'],
    'plan': ['@@-###-####-#', '@#@######', '#@@@#######', '@@@@########', '###-###-####'],
    'group': ['G-####-#', '@##-###', '###@##'],
    'account': ['@@-####-####', '##-####-##', '#####-#####', '@#######@'],
    'invoice': ['IN-##-####', 'BL-#######', '@@@-#####'],
    'claim': ['CL-####-####', '@@@##########', '#@###@#####'],
    'cheque': ['####'],
    'dl': ['@@-###-####', '@@@-##-####', '###@@@###', 'DL-########'],
    'passport': ['@@######@', '#@#######'],
    'proflic': ['LIC-#####', '@@@-######', 'NP-#######', '####-@'],
    'plate': ['@@ ## @@', '@-####-@', '##@@@#', '@@@ #@#'],
    'serial': ['@@/#####/##', '###-@@-###', 'DEV#######', '@###@###', '@@@@-##-##'],
    'bio': ['BMX-###-##', 'VPR-######', 'PRT####-@', 'R-#####', 'HAND-###@'],
    'rx': ['RX-###-####', '#####-@@', '@@######'],
    'other': ['@@@/####', '##@@##', 'CONF-@@##', '@##@##', 'TR-####-@', '####-@@@'],
}
MBI_LETTERS = 'ACDEFGHJKMNPQRTUVWXY'


def luhn(prefix: str, length: int) -> str:
    """Digits with a right Luhn check digit."""
    body = prefix + digits(length - len(prefix) - 1)
    total = 0
    for i, x in enumerate(reversed(body)):
        n = int(x) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return body + str(-total % 10)


def coded(name: str) -> str:
    """A value of one of the patterned kinds."""
    patterns = (HELD_OUT if pools.drawing_heldout() else PATTERNS)[name]
    return fill(pick(patterns))


def mbi() -> str:
    """A Medicare beneficiary identifier in the format of CMS."""
    def letter():
        return pick(MBI_LETTERS)

    def either():
        return pick(MBI_LETTERS + '0123456789')
    s = pick('123456789') + letter() + either() + digits(1) + letter() + either() + digits(1) + letter() + letter() + digits(2)
    return one(s, f'{s[:4]}-{s[4:7]}-{s[7:]}', s)


def plan_id() -> str:
    return mbi() if maybe(0.18) else coded('plan')


def iban() -> str:
    country = one('GB', 'DE', 'FR', 'ES', 'NL', 'IE', 'PL', 'IT', 'CH', 'AT')
    s = f"{country}{digits(2)} {one(letters(4), digits(4))} {digits(4)} {digits(4)} {digits(4)} {digits(2)}"
    return s if maybe(0.6) else s.replace(' ', '')


def routing() -> str:
    """Nine digits with the check of the American Bankers Association."""
    s = one('0', '1', '2', '3') + digits(7)
    weights = (3, 7, 1, 3, 7, 1, 3, 7)
    return s + str(-sum(int(a) * b for a, b in zip(s, weights)) % 10)


def card() -> str:
    brand = one('4', '4', '5', '5', '3', '6')
    if brand == '3':
        s = luhn(one('34', '37'), 15)
        return one(s, f'{s[:4]} {s[4:10]} {s[10:]}', f'{s[:4]}-{s[4:10]}-{s[10:]}')
    s = luhn({'4': '4' + digits(3), '5': '5' + one('1', '2', '3', '4', '5'), '6': '6011'}[brand], 16)
    groups = [s[i:i + 4] for i in (0, 4, 8, 12)]
    return one(s, ' '.join(groups), ' '.join(groups), '-'.join(groups))


def expiry(style) -> str:
    m, y = number(1, 12), number(25, 34)
    if style.asr:
        return one(f'{pair(f"{m:02d}")} {cardinal(y)}', f'{cardinal(m)} {cardinal(y)}', f'{cardinal(m)} slash {cardinal(y)}',
                   f'{MONTHS[m - 1].lower()} twenty {cardinal(y)}', f'{pair(f"{m:02d}")} twenty {cardinal(y)}', f'{cardinal(m)} of {cardinal(y)}')
    forms = [f'{m:02d}/{y}', f'{m}/{y}', f'{m:02d}/20{y}', f'{m:02d}-{y}']
    return pick(forms + ([f'{MONTHS[m - 1]} 20{y}', f'{m} {y}'] if style.spoken else []))


def npi() -> str:
    """Ten digits, Luhn over 80840 and the number."""
    body = one('1', '1', '2') + digits(8)
    total = 24
    for i, x in enumerate(reversed(body)):
        n = int(x) * (2 if i % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return body + str(-total % 10)


def dea() -> str:
    d = digits(6)
    check = (int(d[0]) + int(d[2]) + int(d[4]) + 2 * (int(d[1]) + int(d[3]) + int(d[5]))) % 10
    return pick('ABFGM') + letters(1) + d + str(check)


def vin() -> str:
    alphabet = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789'
    return one('1', '2', '3', '4', '5', 'J', 'K', 'W') + ''.join(pick(alphabet) for _ in range(10)) + digits(6)


def imei() -> str:
    s = luhn(one('35', '86', '01'), 15)
    return s if maybe(0.7) else f'{s[:2]}-{s[2:8]}-{s[8:14]}-{s[14:]}'


def mac() -> str:
    return one(':', '-', ':').join(f'{number(0, 255):02{one("X", "X", "x")}}' for _ in range(6))


def udi() -> str:
    return f'(01){digits(14)}(17){digits(6)}(21){digits(6)}' if maybe(0.5) else f'(01){digits(14)}' if maybe(0.5) else f'(01){digits(14)}(21){letters(2)}{digits(5)}'


def social() -> str:
    return f'{number(1, 899):03d}-{number(1, 99):02d}-{number(1, 9999):04d}'
