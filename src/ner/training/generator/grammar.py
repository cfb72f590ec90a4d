"""The little language of the templates.

`[a|b|]` one of the alternatives (they nest), `{slot}` or `{slot:argument}` a value, `<<` and `>>` literal square brackets,
`\\n` a line break. A line may start with the registers for which it is meant: `W:` written, `S:` spoken and asr, `A:` asr only.
`#` starts a comment line.
"""
import os
import re
from dataclasses import dataclass

from .chance import maybe, pick

HERE = os.path.dirname(os.path.abspath(__file__))
TEMPLATES = os.path.join(HERE, '..', 'templates')
SLOT = re.compile(r'\{([a-z][a-z0-9_]*)(?::([^{}]*))?\}')
_INNERMOST = re.compile(r'\[([^\[\]]*)\]')


@dataclass(frozen=True)
class Template:
    text: str
    only: str = ''  # '', 'W', 'S' or 'A'

    def suits(self, style) -> bool:
        if self.only == 'W':
            return style.written
        if self.only == 'A':
            return style.asr
        return not (self.only == 'S' and style.written)


def parse(lines) -> list:
    templates = []
    for line in lines:
        line = line.strip()
        if not line or line.startswith('#'):
            continue
        only, text = (line[0], line[2:]) if line[:2] in ('W:', 'S:', 'A:') else ('', line)
        templates.append(Template(text.replace('\\n', '\n'), only))
    return templates


def load(*path: str) -> list:
    """The templates of templates/PATH.txt."""
    with open(os.path.join(TEMPLATES, *path) + '.txt', encoding='utf-8') as file:
        return parse(file)


def load_folder(folder: str) -> dict:
    """{file name without ending: templates} of a folder."""
    names = sorted(n[:-4] for n in os.listdir(os.path.join(TEMPLATES, folder)) if n.endswith('.txt'))
    return {name: load(folder, name) for name in names}


def expand(text: str) -> str:
    """All alternatives decided."""
    while True:
        match = _INNERMOST.search(text)
        if not match:
            return text.replace('<<', '[').replace('>>', ']')
        text = text[:match.start()] + pick(match.group(1).split('|')) + text[match.end():]


def choose(templates: list, style) -> Template:
    """A template that suits the register; typed texts prefer those made for typing a little."""
    while True:
        template = pick(templates)
        if not template.suits(style):
            continue
        if style.written and template.only == '' and maybe(0.2) and any(t.only == 'W' for t in templates):
            continue
        return template


def pieces(text: str):
    """('text', None, None) and ('', slot, argument) in turn."""
    at = 0
    for match in SLOT.finditer(text):
        if match.start() > at:
            yield text[at:match.start()], None, None
        yield '', match.group(1), match.group(2)
        at = match.end()
    if at < len(text):
        yield text[at:], None, None
