"""python average.py OUT_DIR MODEL_DIR...: the mean of the weights of several stages of one training."""
import sys

import torch

from tagger.model import load


def main() -> None:
    out, folders = sys.argv[1], sys.argv[2:]
    mean, others = load(folders[0]), [load(f) for f in folders[1:]]
    with torch.no_grad():
        for name, p in mean.named_parameters():
            p.add_(sum(dict(m.named_parameters())[name] for m in others)).div_(len(folders))
    mean.save_pretrained(out)


if __name__ == '__main__':
    main()
