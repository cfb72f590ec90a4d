"""python report.py MODEL_DIR EVAL_DIR SET... [--heldout FILE]: the tables of the model card, at the thresholds of labels.json, in Markdown."""
import argparse
import json
import math
import os

from evaluate import SETS, scorer, session, texts_of, word_probabilities
from tagger.decoding import spans
from tagger.encoding import LABELS


def thresholds(folder: str) -> tuple:
    """(seed, neighbour, {kind: (seed, neighbour)}) of labels.json"""
    with open(os.path.join(folder, 'labels.json'), encoding='utf-8') as file:
        labels = json.load(file)
    assert labels['labels'] == LABELS, 'labels.json has other labels than the training code'
    default = labels['thresholds']['default']
    return default['seed'], default['neighbour'], {k: (t['seed'], t['neighbour']) for k, t in labels['thresholds']['kinds'].items()}


def interval(hits: int, count: int) -> str:
    """95 % Wilson score interval in per cent."""
    if not count:
        return ''
    z, p = 1.959964, hits / count
    middle, half = (p + z * z / (2 * count)) / (1 + z * z / count), z * math.sqrt(p * (1 - p) / count + z * z / (4 * count * count)) / (1 + z * z / count)
    return f'{100 * (middle - half):.1f}-{100 * min(1, middle + half):.1f}'


def percent(value) -> str:
    return '' if value is None else f'{100 * value:.1f}'


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('model')
    parser.add_argument('folder')
    parser.add_argument('sets', nargs='*', default=SETS)
    parser.add_argument('--heldout')
    a = parser.parse_args()
    score, model, limits = scorer(a.folder), session(os.path.join(a.model, 'model.int8.onnx')), thresholds(a.model)
    files = {s: os.path.join(a.folder, s + '.jsonl') for s in a.sets}
    if a.heldout:
        files['heldout'] = a.heldout
    kinds = {}
    print('| set | register | spans | covered | identifier-free texts touched | other characters masked |\n|---|---|--:|--:|--:|--:|')
    for name, path in files.items():
        rows = score.load(path)
        ids, texts, contexts = texts_of(rows)
        found = word_probabilities(model, texts, contexts)
        result = score.score(rows, {i: {'id': i, 'spans': spans(t, f, *limits)} for i, t, f in zip(ids, texts, found)})[0]
        for register, r in [('all', result['all'])] + sorted(result['registers'].items()):
            print(f"| {name} | {register} | {r['gold_spans']} | {percent(r['span_full'])} | {percent(r['over_redaction'])} | {percent(r['overmask_chars'])} |")
        kinds[name] = result['kinds']
    print('\n| kind | ' + ' | '.join(f'{n}: spans, covered' for n in kinds) + ' | heldout interval | heldout kind right |\n|---|' + '--:|' * (len(kinds) + 2))
    for kind in LABELS[1:]:
        cells = []
        for name in kinds:
            k = kinds[name].get(kind, {})
            cells.append(f"{k['gold']}, {percent(k['full'])}" if k.get('gold') else '')
        held = kinds.get('heldout', {}).get(kind, {})
        hits = round((held.get('full') or 0) * held.get('gold', 0))
        print(f"| {kind} | " + ' | '.join(cells) + f" | {interval(hits, held.get('gold', 0))} | {percent(held.get('agree'))} |")


if __name__ == '__main__':
    main()
