"""python calibrate.py MODEL.onnx EVAL_DIR SET... [--heldout FILE]: how often a span of a given raw score is right, by score and by kind.

Raw score: 1 - P(O) of the surest word of a span. Right: it overlaps a marked span. Prints shares for the confidence curve and the thresholds of labels.json.
"""
import argparse
import json
import os
from collections import defaultdict

from evaluate import scorer, session, texts_of, word_probabilities
from tagger.decoding import spans

EDGES = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0001]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument('model')
    parser.add_argument('folder')
    parser.add_argument('sets', nargs='+')
    parser.add_argument('--heldout')
    a = parser.parse_args()
    score, model = scorer(a.folder), session(a.model)
    files = [os.path.join(a.folder, s + '.jsonl') for s in a.sets] + ([a.heldout] if a.heldout else [])
    by_score, by_kind = defaultdict(lambda: [0, 0]), defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for path in files:
        rows = score.load(path)
        ids, texts, contexts = texts_of(rows)
        for i, text, found in zip(ids, texts, word_probabilities(model, texts, contexts)):
            gold = [(s['start'], s['end']) for s in rows[i]['spans'] + rows[i].get('ignore', [])]
            for span in spans(text, found, 0.8, 0.95):
                right = any(span['start'] < e and span['end'] > b for b, e in gold)
                edge = next(e for e in EDGES if span['confidence'] < e)
                for cell in (by_score[edge], by_kind[span['kind']][edge]):
                    cell[0] += right
                    cell[1] += 1
    print('all', json.dumps({f'<{e:.3f}': f'{r}/{n}' for e, (r, n) in sorted(by_score.items())}))
    for kind, cells in sorted(by_kind.items()):
        print(kind, json.dumps({f'<{e:.3f}': f'{r}/{n}' for e, (r, n) in sorted(cells.items())}))


if __name__ == '__main__':
    main()
