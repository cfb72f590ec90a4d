"""From logits to spans: word means, hysteresis, runs of one kind, whole identifiers. src/ner/decode.ts does the same (README)."""
import re

import numpy as np

from .encoding import LABELS

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
NUMBER_KINDS = set('PHONE FAX SSN MRN HEALTH_PLAN_ID ACCOUNT CREDIT_CARD LICENSE VEHICLE DEVICE BIOMETRIC OTHER_ID'.split())
_NUMBER_JOINT = re.compile(r'[\s._/#()+-]*')
_WHOLE = re.compile(r'[\w.-]+')
_NAME_BREAK = re.compile(r'[\n;|"]')


def softmax(logits: np.ndarray) -> np.ndarray:
    scaled = np.exp(logits - logits.max(-1, keepdims=True))
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


def _masked(found: list, seed: float, grow: float, kinds: dict) -> list:
    """A word is masked when P(O) is below its kind's seed; a neighbour of a masked word when it is below its kind's `grow`."""
    limits = [kinds.get(LABELS[int(p[1:].argmax()) + 1], (seed, grow)) for _, _, p in found]
    masked = [p[0] < limit[0] for (_, _, p), limit in zip(found, limits)]
    for order, step in ((range(1, len(found)), -1), (range(len(found) - 2, -1, -1), 1)):
        for i in order:
            if not masked[i] and masked[i + step] and found[i][2][0] < limits[i][1]:
                masked[i] = True
    return masked


def spans(text: str, found: list, seed: float, grow: float, kinds: dict | None = None) -> list:
    """[{start, end, kind, confidence}], sorted and disjoint. kinds: {kind: (seed, grow)} where it differs."""
    masked, runs = _masked(found, seed, grow, kinds or {}), []
    for i, (start, end, p) in enumerate(found):
        if not masked[i]:
            continue
        label = int(p[1:].argmax()) + 1
        last = runs[-1] if runs and masked[i - 1] else None
        joins = last and (last['label'] == label and not (LABELS[label] == 'NAME' and _NAME_BREAK.search(text[last['end']:start])))
        if joins:
            last.update(end=end, sums=last['sums'] + p, outside=min(last['outside'], p[0]))
        else:
            runs.append({'start': start, 'end': end, 'label': label, 'sums': p.copy(), 'outside': p[0]})
    return [{'start': r['start'], 'end': r['end'], 'kind': LABELS[r['label']], 'confidence': float(1 - r['outside'])} for r in _widened(text, _joined(text, runs))]


def _absorb(run: dict, other: dict) -> None:
    run.update(start=min(run['start'], other['start']), end=max(run['end'], other['end']), sums=run['sums'] + other['sums'],
               outside=min(run['outside'], other['outside']))


def _joined(text: str, runs: list) -> list:
    """Neighbouring runs of number kinds are one number of the kind that they are together."""
    joined = []
    for run in runs:
        last = joined[-1] if joined else None
        if last and LABELS[last['label']] in NUMBER_KINDS and LABELS[run['label']] in NUMBER_KINDS and _NUMBER_JOINT.fullmatch(text[last['end']:run['start']]):
            _absorb(last, run)
            last['label'] = int(last['sums'][1:].argmax()) + 1
        else:
            joined.append(run)
    return joined


def _widened(text: str, runs: list) -> list:
    """A number kind takes in the whole of 'ord_77c1', not '77c1' alone."""
    wide, wholes = [], [m for m in _WHOLE.finditer(text)]
    for run in runs:
        if LABELS[run['label']] in NUMBER_KINDS:
            parts = [m for m in wholes if m.end() > run['start'] and m.start() < run['end']]
            for part in (parts[:1] + parts[-1:]):
                if re.search(r'\d', part.group()):
                    core = part.group().strip('._-')
                    start = part.start() + part.group().find(core)
                    run['start'], run['end'] = min(run['start'], start), max(run['end'], start + len(core))
        if wide and run['start'] < wide[-1]['end']:
            _absorb(wide[-1], run)
        else:
            wide.append(run)
    return wide
