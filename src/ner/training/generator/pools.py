"""Word lists, each in two parts that never meet: one for training, one for the held-out set.

A word belongs to the held-out part by a checksum of its letters, so the parts stay apart whatever is added to a list.
"""
import csv
import os
import zlib

from . import chance

HERE = os.path.dirname(os.path.abspath(__file__))
LEXICON = os.path.join(HERE, 'lexicon')
RAW = os.environ.get('MASKER_TRAINING_DATA', os.path.join(HERE, '..', '..', '..', '..', 'training-data'))

_heldout = False


def use_heldout(on: bool) -> None:
    """Draw from the held-out parts from now on (or from the training parts again)."""
    global _heldout
    _heldout = on


def drawing_heldout() -> bool:
    return _heldout


def is_heldout(word: str) -> bool:
    """One word in twelve."""
    return zlib.crc32(word.strip().lower().encode()) % 12 == 0


class Pool:
    """A list with weights (or none), split into a training part and a held-out part.
    key: what decides the part (the default is the entry itself). split=False: both parts are the whole list."""

    def __init__(self, entries, weights=None, key=lambda entry: entry, split=True):
        self.entries = list(entries)
        weights = list(weights) if weights else None
        rows = list(zip(self.entries, weights or [1] * len(self.entries)))
        self._parts = []
        for wanted in (False, True):
            part = [r for r in rows if is_heldout(key(r[0])) == wanted] if split else rows
            part = part or rows
            sums, total = [], 0.0
            for _, weight in part:
                total += weight
                sums.append(total)
            self._parts.append(([e for e, _ in part], sums if weights else None))

    def pick(self):
        entries, sums = self._parts[1 if _heldout else 0]
        if sums is None:
            return chance.pick(entries)
        return chance._source.choices(entries, cum_weights=sums)[0]

    def part(self) -> list:
        return self._parts[1 if _heldout else 0][0]


def words(name: str) -> list:
    """The lines of lexicon/NAME.txt; '#' starts a comment line."""
    with open(os.path.join(LEXICON, name + '.txt'), encoding='utf-8') as file:
        return [line.rstrip('\n') for line in file if line.strip() and not line.startswith('# ')]


def pool(name: str, split: bool = True) -> Pool:
    return Pool(words(name), split=split)


def raw(*path: str) -> str:
    return os.path.join(RAW, *path)


def raw_first_names() -> Pool:
    """US given names, as likely as the root of their frequency."""
    names, weights = [], []
    with open(raw('names', 'first.tsv'), encoding='utf-8') as file:
        for row in csv.DictReader(file, delimiter='\t'):
            names.append(row['name'])
            weights.append(int(row['count']) ** 0.5)
    return Pool(names, weights)


def raw_surnames() -> Pool:
    with open(raw('names', 'last.txt'), encoding='utf-8') as file:
        return Pool([line.strip() for line in file if line.strip()])


def raw_common_surnames() -> Pool:
    with open(raw('names', 'last_top100.tsv'), encoding='utf-8') as file:
        return Pool([row['name'] for row in csv.DictReader(file, delimiter='\t')])


def raw_cities() -> Pool:
    """(city, state abbreviation, state, county)"""
    with open(raw('places', 'us_cities.csv'), encoding='utf-8', newline='') as file:
        rows = [tuple(row[k] for k in ('city', 'state', 'state_name', 'county'))
                for row in csv.DictReader(file, fieldnames=['city', 'state', 'state_name', 'county'])]
    return Pool(rows[1:] if rows[0][0].lower() == 'city' else rows, key=lambda row: row[0])
