"""From logits to spans: word means, hysteresis, runs of one kind. src/ner decodes in the same way (README, "Decoding")."""
import re

import numpy as np

from .encoding import LABELS

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    scaled = logits / temperature
    scaled = np.exp(scaled - scaled.max(-1, keepdims=True))
    return scaled / scaled.sum(-1, keepdims=True)


def words(text: str, offsets: list, probabilities: np.ndarray) -> list:
    """[(start, end, mean label probabilities of the word's pieces), ...]"""
    found, k = [], 0
    pieces = [(o[0], o[1], i) for i, o in enumerate(offsets) if o is not None]
    for match in WORD.finditer(text):
        while k < len(pieces) and pieces[k][1] <= match.start():
            k += 1
        inside, j = [], k
        while j < len(pieces) and pieces[j][0] < match.end():
            inside.append(pieces[j][2])
            j += 1
        if inside:
            found.append((match.start(), match.end(), probabilities[inside].mean(0)))
    return found


def spans(text: str, found: list, seed: float, grow: float, seeds: dict | None = None) -> list:
    """A word is masked when P(O) is under `seed` (or under its likeliest kind's own), a neighbour of a masked word when it is under `grow`."""
    kinds = [int(p[1:].argmax()) + 1 for _, _, p in found]
    masked = [p[0] < (seeds or {}).get(LABELS[k], seed) for (_, _, p), k in zip(found, kinds)]
    for order, step in ((range(1, len(found)), -1), (range(len(found) - 2, -1, -1), 1)):
        for i in order:
            if not masked[i] and masked[i + step] and found[i][2][0] < grow:
                masked[i] = True
    out = []
    for (start, end, p), kind, on in zip(found, kinds, masked):
        if not on:
            continue
        if out and out[-1]['kind'] == LABELS[kind] and not WORD.search(text[out[-1]['end']:start]):
            out[-1]['end'] = end
            out[-1]['confidence'] = max(out[-1]['confidence'], 1 - float(p[0]))
        else:
            out.append({'start': start, 'end': end, 'kind': LABELS[kind], 'confidence': 1 - float(p[0])})
    return out
