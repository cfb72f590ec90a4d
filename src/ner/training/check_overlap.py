"""python check_overlap.py DEV.jsonl...: templates that share a run of six words with an evaluation text.

Prints the template alone, never the evaluation text; exit status 1 when there is any.
"""
import json
import os
import re
import sys

from generator.grammar import SLOT, TEMPLATES, expand, parse

RUN = 6


def runs(text: str) -> set:
    words = re.findall(r"[a-z0-9']+", text.lower())
    return {tuple(words[i:i + RUN]) for i in range(len(words) - RUN + 1)}


def evaluation_runs(paths: list) -> set:
    found = set()
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for line in file:
                row = json.loads(line)
                for text in [row.get('text', '')] + [m.get('content') or '' for m in row.get('messages', [])]:
                    found |= runs(text)
    return found


def template_lines() -> list:
    lines = []
    for folder, _, files in os.walk(TEMPLATES):
        for name in files:
            with open(os.path.join(folder, name), encoding='utf-8') as file:
                lines += [(name, t.text) for t in parse(file)]
    return lines


def main() -> int:
    seen = evaluation_runs(sys.argv[1:])
    hits = []
    for name, text in template_lines():
        parts = {part for _ in range(60) for part in SLOT.split(expand(text))[::3]}
        shared = {r for part in parts for r in runs(part)} & seen
        if shared:
            hits.append((name, text, shared))
    for name, text, shared in hits:
        print(name, '|', text, '|', ' ; '.join(' '.join(s) for s in sorted(shared)))
    return 1 if hits else 0


if __name__ == '__main__':
    sys.exit(main())
