"""python evaluate.py MODEL.onnx EVAL_DIR [SET...] [--heldout FILE]: scores of a model alone at several decoding settings.

EVAL_DIR holds score.py and the development sets. Prints aggregates only: fully covered / identifier-free texts touched / other characters masked.
"""
import argparse
import importlib.util
import json
import os

import numpy as np
import onnxruntime

from tagger.decoding import softmax, spans, words
from tagger.encoding import MAX_PIECES, encode

SETTINGS = [(0.5, 0.5), (0.3, 0.95), (0.4, 0.95), (0.5, 0.95), (0.5, 0.98), (0.7, 0.98), (0.2, 0.95)]
SETS = ['voice_dev', 'harmless_dev', 'calls_dev', 'clinical_queries_dev', 'generic_pii_dev']


def session(path: str, threads: int = 1):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(path, options, providers=['CPUExecutionProvider'])


def logits_of(model, texts: list, contexts: list) -> list:
    """[(offsets, logits), ...]. One text at a time, as the runtime does: int8 scales its activations over a whole batch."""
    out = []
    for text, context in zip(texts, contexts):
        ids, types, offsets = encode(text, context)
        feed = {'input_ids': np.array([ids], np.int64), 'token_type_ids': np.array([types], np.int64), 'attention_mask': np.ones((1, len(ids)), np.int64)}
        out.append((offsets, model.run(None, feed)[0][0]))
    return out


def windows(text: str) -> list:
    """[(start, end)] of overlapping stretches that fit the model."""
    from tagger.decoding import WORD
    found = [m.span() for m in WORD.finditer(text)]
    if len(encode(text)[0]) < MAX_PIECES - 40 or len(found) < 20:
        return [(0, len(text))]
    half = len(found) // 2
    margin = min(20, half // 2)
    a, b = text[:found[half + margin - 1][1]], found[half - margin][0]
    return [(s, e) for s, e in windows(a)] + [(b + s, b + e) for s, e in windows(text[b:])]


def word_probabilities(model, texts: list, contexts: list) -> list:
    """Words with their probabilities; where windows overlap the reading farther from an edge counts."""
    pieces = [(i, s, e) for i, t in enumerate(texts) for s, e in windows(t)]
    read = logits_of(model, [texts[i][s:e] for i, s, e in pieces], [contexts[i] for i, _, _ in pieces])
    best = [{} for _ in texts]
    for (i, s, e), (offsets, logits) in zip(pieces, read):
        for a, b, p in words(texts[i][s:e], offsets, softmax(logits)):
            edge = min(a if s else 1 << 30, (e - s) - b if e < len(texts[i]) else 1 << 30)
            if (s + a, s + b) not in best[i] or best[i][(s + a, s + b)][0] < edge:
                best[i][(s + a, s + b)] = (edge, p)
    return [[(a, b, p) for (a, b), (_, p) in sorted(found.items())] for found in best]


def texts_of(rows: dict) -> tuple:
    """Texts with the message before them: of a conversation the previous message of another role, of other sets the row's own context."""
    ids = list(rows)
    texts = [rows[i]['text'] for i in ids]
    contexts = []
    for i in ids:
        call, _, n = i.partition('#')
        before = f'{call}#{int(n) - 1}' if n else None
        contexts.append(rows[before]['text'] if before in rows and '/user' in rows[i]['register'] + rows[before]['register'] else rows[i].get('context'))
    return ids, texts, contexts


def _touched_by_class(rows: dict, predicted: dict) -> dict:
    """Of the identifier-free texts that have a class: {class: (touched, all)}"""
    classes = {}
    for i, row in rows.items():
        if row.get('note') and not row['spans']:
            hit, count = classes.get(row['note'], (0, 0))
            classes[row['note']] = hit + bool(predicted[i]['spans']), count + 1
    return classes


def scorer(folder: str):
    spec = importlib.util.spec_from_file_location('score', os.path.join(folder, 'score.py'))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('model')
    parser.add_argument('folder')
    parser.add_argument('sets', nargs='*', default=SETS)
    parser.add_argument('--heldout')
    parser.add_argument('--no-context', action='store_true')
    parser.add_argument('--detail', help='SEED,GROW: by register and kind for this setting')
    parser.add_argument('--threads', type=int, default=1)
    a = parser.parse_args()
    score, model = scorer(a.folder), session(a.model, a.threads)
    files = {s: os.path.join(a.folder, s + '.jsonl') for s in a.sets}
    if a.heldout:
        files['heldout'] = a.heldout
    detail = tuple(map(float, a.detail.split(','))) if a.detail else None
    print('setting'.ljust(12), '  '.join(s[:18].rjust(18) for s in files))
    table, details = {s: {} for s in (SETTINGS + ([detail] if detail and detail not in SETTINGS else []))}, []
    for name, path in files.items():
        rows = score.load(path)
        ids, texts, contexts = texts_of(rows)
        found = word_probabilities(model, texts, [None] * len(texts) if a.no_context else contexts)
        for setting in table:
            predicted = {i: {'id': i, 'spans': spans(t, f, *setting)} for i, t, f in zip(ids, texts, found)}
            result = score.score(rows, predicted)[0]
            r = result['all']
            table[setting][name] = ' / '.join(f'{100 * (x or 0):.1f}' for x in (r['span_full'], r['over_redaction'], r['overmask_chars']))
            if setting == detail:
                details.append((name, result, _touched_by_class(rows, predicted)))
    for setting, cells in table.items():
        print(f'{setting[0]} + {setting[1]}'.ljust(12), '  '.join(c.rjust(18) for c in cells.values()))
    for name, result, classes in details:
        if classes:
            print(name, 'touched by class:', ' '.join(f'{k} {hit}/{count}' for k, (hit, count) in sorted(classes.items(), key=lambda c: -c[1][0])))
        print(name, json.dumps({'registers': {k: [v['span_full'], v['over_redaction'], v['overmask_chars']] for k, v in result['registers'].items()},
                                'kinds': {k: [v['gold'], v['full'], v['agree']] for k, v in result['kinds'].items()}}))


if __name__ == '__main__':
    main()
