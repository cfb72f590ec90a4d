"""Examples for training: generated texts, and the corpora with their partial labels."""
import json
import os
import random
import re

import numpy as np

from .encoding import encode, labels_of

LEFT_OUT = ('uner_ewt_',)  # share-alike texts
LEFT_OUT_IDS = ('gum-bio_', 'gum-voyage_')


def _row(text: str, context: str | None, spans, ignore=(), corpus=False) -> tuple:
    ids, types, offsets = encode(text, context)
    return np.array(ids, np.int32), np.array(types, np.int8), np.array(labels_of(offsets, spans, ignore, corpus), np.int16)


def generated(path: str, limit: int | None = None) -> list:
    rows = []
    with open(path, encoding='utf-8') as file:
        for i, line in enumerate(file):
            if limit is not None and i >= limit:
                break
            r = json.loads(line)
            rows.append(_row(r['text'], r['context'], r['spans']))
    return rows


def renamed(text: str, spans: list, ignore: list) -> tuple:
    """The same text about other people: every name gives way to an invented one of as many words. -> text, spans, ignore"""
    from generator import people
    from generator.style import WRITTEN, Style
    new, out, moved, at = {}, '', [], 0
    for start, end, kind in sorted(spans):
        out += text[at:start]
        moved.append((start, len(out) - start))
        name = text[start:end]
        if kind == 'NAME':
            new.setdefault(name, people.full_name(Style(WRITTEN), 'full' if ' ' in name else 'last'))
        out += new[name] if kind == 'NAME' else name
        at = end
        moved.append((end, len(out) - end))
    out += text[at:]

    def shift(i: int, closing: bool = False) -> int:
        return i + next((by for where, by in reversed(moved) if (where < i if closing else where <= i)), 0)
    ends = dict(moved[1::2])
    return out, [(shift(a), b + ends[b], k) for a, b, k in sorted(spans)], [(shift(a), shift(b, True)) for a, b in ignore]


def corpora(folder: str, seed: int = 1, share: float = 1.0, copies: int = 0) -> list:
    """Public NER corpora: O as O, `ignore` without loss; half without punctuation, a third in lower case, most texts without a span kept.
    copies: how often each text with a name is read again, about other people each time."""
    chance, rows = random.Random(seed), []
    for name in sorted(os.listdir(folder)):
        if name.startswith(LEFT_OUT):
            continue
        with open(os.path.join(folder, name), encoding='utf-8') as file:
            for line in file:
                r = json.loads(line)
                if r['id'].startswith(LEFT_OUT_IDS) or chance.random() > share or len(r['text']) > 600:
                    continue
                spans = [(s['start'], s['end'], s['kind']) for s in r['spans']]
                if not spans and chance.random() < 0.3:
                    continue
                ignore = [(s['start'], s['end']) for s in r.get('ignore', [])]
                rows.append(_corpus_row(r['text'], spans, ignore, chance))
                if any(kind == 'NAME' for _, _, kind in spans) and not any(a < end and b > start for a, b in ignore for start, end, _ in spans):
                    rows += [_corpus_row(*renamed(r['text'], spans, ignore), chance) for _ in range(copies)]
    return rows


def _corpus_row(text: str, spans: list, ignore: list, chance: random.Random) -> tuple:
    if chance.random() < 0.5:
        text = re.sub(r"[^\w\s']", ' ', text)
    if chance.random() < 0.33 and len(text.lower()) == len(text):
        text = text.lower()
    return _row(text, None, spans, ignore, corpus=True)


def batches(rows: list, chance: random.Random) -> list:
    """Index lists of like length; long ones in smaller batches. Few different shapes, so that compiled primitives are used again."""
    order = list(range(len(rows)))
    chance.shuffle(order)
    made, window = [], 64 * 60
    for i in range(0, len(order), window):
        part = sorted(order[i:i + window], key=lambda j: len(rows[j][0]))
        k = 0
        while k < len(part):
            size = batch_size(len(rows[part[min(k + 95, len(part) - 1)]][0]))
            batch = part[k:k + size]
            k += size
            if len(batch) == size:
                made.append(batch)
    chance.shuffle(made)
    return made


LENGTHS = (8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 80, 96, 128, 160, 192)


def batch_size(length: int) -> int:
    return 96 if length <= 32 else 64 if length <= 64 else 32 if length <= 128 else 16


def padded(length: int) -> int:
    return next((n for n in LENGTHS if n >= length), LENGTHS[-1])
