"""One seeded source of randomness for the whole generator, with the few draws that it needs."""
import random

_source = random.Random(7)


def seed(value: int) -> None:
    """Make everything that follows repeatable."""
    _source.seed(value)


def maybe(probability: float) -> bool:
    return _source.random() < probability


def one(*options):
    """One of the arguments, all equally likely (repeat an option to make it likelier)."""
    return options[int(_source.random() * len(options))]


def pick(options):
    """One element of a sequence."""
    return options[int(_source.random() * len(options))]


def weighted(weights: dict):
    """One key, as likely as its weight."""
    return _source.choices(list(weights), list(weights.values()))[0]


def number(low: int, high: int) -> int:
    """A whole number, both ends included."""
    return low + int(_source.random() * (high - low + 1))


def digits(count: int) -> str:
    return ''.join('0123456789'[int(_source.random() * 10)] for _ in range(count))


def letters(count: int) -> str:
    """Capitals as codes use them: without I, O and Q."""
    return ''.join(pick('ABCDEFGHJKLMNPRSTUVWXYZ') for _ in range(count))


def fill(pattern: str) -> str:
    """'#' becomes a digit, '@' a capital, '?' either; the rest stays."""
    return ''.join(digits(1) if c == '#' else letters(1) if c == '@'
                   else pick('ABCDEFGHJKLMNPRSTUVWXYZ0123456789') if c == '?' else c for c in pattern)


def shuffled(items: list) -> list:
    copy = list(items)
    _source.shuffle(copy)
    return copy


def some(items: list, count: int) -> list:
    """`count` different elements."""
    return _source.sample(items, min(count, len(items)))
