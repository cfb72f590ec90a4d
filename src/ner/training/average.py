"""python average.py OUT_DIR MODEL_DIR[=WEIGHT]...: the weighted mean of the weights of several stages of one training (equal shares by default)."""
import sys

import torch

from tagger.model import load


def main() -> None:
    out, sides = sys.argv[1], [side.partition('=') for side in sys.argv[2:]]
    models = [(dict(load(folder).named_parameters()), float(weight or 1)) for folder, _, weight in sides]
    whole, mean = sum(weight for _, weight in models), load(sides[0][0])
    with torch.no_grad():
        for name, p in mean.named_parameters():
            p.copy_(sum(parameters[name] * weight for parameters, weight in models) / whole)
    mean.save_pretrained(out)


if __name__ == '__main__':
    main()
