"""python make_heldout.py OUT.jsonl [TRAINING.jsonl ...]: a set of invented texts from names, cities, shapes and templates that training never saw.

Every kind in every register until it has SPANS marks; the training files named are searched for its names, and texts that share one are left out.
"""
import json
import re
import sys
from collections import Counter

from generator import chance, pools
from generator.assemble import assemble
from generator.grammar import load_folder, choose
from generator.sample import render
from generator.style import ASR, SPOKEN, WRITTEN, random_style

SPANS, HARMLESS_TEXTS = 60, 130


def names_in(paths: list) -> set:
    """Every word of three letters or more of every name in the training texts."""
    words = set()
    for path in paths:
        with open(path, encoding='utf-8') as file:
            for line in file:
                row = json.loads(line)
                for start, end, kind in row['spans']:
                    if kind == 'NAME':
                        words |= set(re.findall(r'[a-z]{3,}', row['text'][start:end].lower()))
    return words


def main() -> None:
    out, known = sys.argv[1], names_in(sys.argv[2:])
    chance.seed(20260725)
    pools.use_heldout(True)
    templates, seen, rows = load_folder('heldout'), set(), []
    for register in (WRITTEN, SPOKEN, ASR):
        for kind in templates:
            count = 0
            while count < (HARMLESS_TEXTS if kind == 'HARMLESS' else SPANS):
                style = random_style(register)
                text, spans = assemble(render(choose(templates[kind], style), style), style)
                if text in seen or any(k == 'NAME' and known & set(re.findall(r'[a-z]{3,}', text[a:b].lower())) - _fillers() for a, b, k in spans):
                    continue
                seen.add(text)
                count += 1 if kind == 'HARMLESS' else sum(k == kind for _, _, k in spans)
                rows.append((register, text, spans, kind))
    with open(out, 'w', encoding='utf-8') as file:
        for i, (register, text, spans, kind) in enumerate(rows):
            file.write(json.dumps({'id': f'heldout-{i + 1:04d}', 'register': register, 'text': text,
                                   'spans': [{'start': a, 'end': b, 'kind': k} for a, b, k in spans], 'note': kind.lower()}, ensure_ascii=False) + '\n')
    print(len(rows), 'texts', Counter(k for _, _, spans, _ in rows for _, _, k in spans))


def _fillers() -> set:
    """Words within spelled or hesitant names that are no names."""
    from generator.letters import AS_IN, FILLERS, NATO
    return set(FILLERS) | set(NATO) | {w for words in AS_IN.values() for w in words.split()} | set('double like for apostrophe hyphen dash space new word capital then and the third junior van von della ben bin ter den los abu mac fitz saint'.split())


if __name__ == '__main__':
    main()
