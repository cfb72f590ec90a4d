"""python generate.py COUNT OUT.jsonl SEED: invented labelled texts, one JSON object a line."""
import json
import sys

from generator import chance
from generator.sample import samples


def main() -> None:
    count, path, seed = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    chance.seed(seed)
    with open(path, 'w', encoding='utf-8') as file:
        for s in samples(count):
            file.write(json.dumps({'register': s.register, 'text': s.text, 'spans': s.spans, 'context': s.context, 'sort': s.sort}, ensure_ascii=False) + '\n')


if __name__ == '__main__':
    main()
