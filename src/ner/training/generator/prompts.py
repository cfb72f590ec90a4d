"""System prompts of voice agents, in sentences: of a named practice, or of none."""
from .chance import maybe, number, one, some
from .grammar import expand, load
from .records import fill_in, tool_schema

NAMED, PLAIN = load('prompts', 'named'), load('prompts', 'plain')


def prompt(named: bool) -> list:
    """A prompt of 2 to 7 sentences; with `named` at least one holds an identifier."""
    sentences = [t.text for t in some(PLAIN, number(1, 5))]
    if named:
        sentences += [t.text for t in some(NAMED, number(1, 3))]
    out = []
    for i, sentence in enumerate(sorted(sentences, key=lambda s: not s.startswith('You')) if maybe(0.8) else sentences):
        if i:
            out.append((one(' ', ' ', '\n', '\n- ', '\n\n'), None))
        out += fill_in(expand(sentence))
    if maybe(0.1):
        out += [('\n', None)] + tool_schema()
    return out
