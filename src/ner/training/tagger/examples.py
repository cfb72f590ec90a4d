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


def corpora(folder: str, seed: int = 1, share: float = 1.0) -> list:
    """Public NER corpora: O as O, `ignore` without loss; half without punctuation, a third in lower case, most texts without a span kept."""
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
                text = r['text']
                if chance.random() < 0.5:
                    text = re.sub(r"[^\w\s']", ' ', text)
                if chance.random() < 0.33 and len(text.lower()) == len(text):
                    text = text.lower()
                rows.append(_row(text, None, spans, [(s['start'], s['end']) for s in r.get('ignore', [])], corpus=True))
    return rows


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
