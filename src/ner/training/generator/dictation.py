"""Numbers, spellings and addresses given over several turns: a turn that holds only a piece, read with the turn before."""
from .chance import maybe, number, one, pick, weighted
from .grammar import expand, load_folder
from .slots import value
from .speech import CORRECTIONS
from .style import Style, ASR

QUESTIONS = load_folder('questions')
WHAT = {'phone': ('PHONE', 12), 'fax': ('FAX', 4), 'ssn': ('SSN', 7), 'mrn': ('MRN', 6), 'plan': ('HEALTH_PLAN_ID', 12), 'group': ('HEALTH_PLAN_ID', 3), 'account': ('ACCOUNT', 5), 'claim': ('ACCOUNT', 4),
        'routing': ('ACCOUNT', 3), 'card': ('CREDIT_CARD', 8), 'npi': ('LICENSE', 4), 'dea': ('LICENSE', 2), 'dl': ('LICENSE', 4), 'passport': ('LICENSE', 2), 'vin': ('VEHICLE', 4), 'plate': ('VEHICLE', 4),
        'serial': ('DEVICE', 7), 'imei': ('DEVICE', 2), 'bio': ('BIOMETRIC', 4), 'rx': ('OTHER_ID', 5), 'other': ('OTHER_ID', 10), 'email': ('EMAIL', 7), 'url': ('URL', 3), 'spell': ('NAME', 14), 'street': ('ADDRESS', 4),
        'address': ('ADDRESS', 4), 'dob': ('DOB', 8), 'date': ('DATE', 4), 'ip': ('IP_ADDRESS', 2), 'mac': ('DEVICE', 2)}
GO_ON = ['go ahead', 'okay go ahead', "mm hmm", 'okay', 'uh huh', 'yes', 'keep going', "i'm ready", 'okay and then', 'and the rest', 'and the next part', 'next', 'got that', 'okay, next four',
         'Go ahead.', 'Okay.', 'Got it, and then?', 'Mm-hmm.', 'And the rest?', 'Okay, what comes next?', 'Yes, go on.', 'Perfect, and the last part?', 'Sorry, what was the end again?',
         'Could you repeat the last bit?', 'I missed the middle, can you say that again?', 'And the last four?', 'Thank you. And the rest of it?', 'One more time, slowly?', 'I have that so far.',
         "Sorry, I didn't catch the last digit.", 'Is that the whole number?', 'Was that a five or a nine?', 'Was that M as in Mary or N as in Nancy?']
TAILS = ['', '', '', ' got it', ' is the first part', ' so far', ' and then', ' hang on', " that's the end", ' at the end', ' and', ' okay', " that's it", ' ready for more', ' you with me', ' something', " that's all of it"]
HEADS = ['', '', '', 'and ', 'then ', 'okay ', 'uh ', 'um ', 'so ', 'the rest is ', 'and the last part is ', 'it ends with ', 'it starts with ', 'no ', 'yes ', "i said ", 'after that ', 'and then ', 'the end is ', 'oh and ', "sorry it's ", 'next is ', 'there is a ', "that's a "]


def piece(style) -> tuple:
    """-> (segments of the text, segments of the turn before)"""
    slot = weighted({k: w for k, (_, w) in WHAT.items()})
    kind = WHAT[slot][0]
    talk = Style(ASR, style.messy, style.apostrophes) if not style.written else style
    whole = next(t for t, k in value(slot, talk) if k == kind)
    words = whole.split() if ' ' in whole else [whole[:len(whole) // 2], whole[len(whole) // 2:]]
    words = [w for w in words if w] or [whole]
    a = number(0, max(0, len(words) - 1))
    length = weighted({1: 14, 2: 18, 3: 26, 4: 20, 5: 8, 6: 6, 9: 4})
    said, before = words[a:a + length], words[:a]
    segments = [(pick(HEADS), None), (' '.join(said), kind), (pick(TAILS), None)]
    if style.messy and len(said) > 1 and maybe(0.15):
        segments[1:2] = [(' '.join(said[:1]), kind), (f' {pick(CORRECTIONS)} ', None), (' '.join(said), kind)]
    question = _question(kind)
    form = weighted({'question': 30, 'go on': 30, 'both': 22, 'read back': 18})
    if form == 'question':
        context = question
    elif form == 'go on':
        context = [(pick(GO_ON), None)]
    elif form == 'both' or not before:
        context = question + [(' ', None), (' '.join(before[-4:]) or 'okay', kind if before else None), (' ', None), (pick(GO_ON), None)]
    else:
        context = [(one('Okay, ', 'so ', 'I have ', 'Got ', ''), None), (' '.join(before[-6:]), kind), (one('. And then?', '. Go ahead.', '?', ', next?', ', is that right?'), None)]
    return segments, context


def _question(kind: str) -> list:
    from .records import fill_in
    return fill_in(expand(pick(QUESTIONS.get(kind) or QUESTIONS['OTHER_ID']).text))
