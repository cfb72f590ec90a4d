"""python export.py MODEL_DIR OUT_DIR [SAMPLE.jsonl]: ONNX, int8 per channel (weights and embeddings), vocabulary, and its agreement with the float model."""
import json
import os
import shutil
import sys
import tempfile

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from evaluate import logits_of, session
from tagger.encoding import LABELS, WEIGHTS
from tagger.model import load


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, token_type_ids, attention_mask):
        return self.model(input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask).logits


def export(folder: str, path: str) -> None:
    """The float model as ONNX with a dynamic batch and length."""
    model = load(folder).eval()
    model.config._attn_implementation = 'eager'
    inputs = ['input_ids', 'token_type_ids', 'attention_mask']
    example = tuple(torch.ones(2, 16, dtype=torch.long) for _ in inputs)
    axes = {name: {0: 'batch', 1: 'length'} for name in inputs + ['logits']}
    torch.onnx.export(Logits(model), example, path, input_names=inputs, output_names=['logits'], dynamic_axes=axes, opset_version=17, dynamo=False)


def agreement(a, b, path: str, count: int = 1500) -> dict:
    """Share of word pieces with the same label, of all and of those that either marks."""
    with open(path, encoding='utf-8') as file:
        rows = [json.loads(line) for _, line in zip(range(count), file)]
    texts, contexts = [r['text'] for r in rows], [r.get('context') for r in rows]
    same = total = same_marked = marked = 0
    for (_, x), (_, y) in zip(logits_of(a, texts, contexts), logits_of(b, texts, contexts)):
        p, q = x.argmax(-1), y.argmax(-1)
        either = (p > 0) | (q > 0)
        same, total = same + int((p == q).sum()), total + len(p)
        same_marked, marked = same_marked + int((p == q)[either].sum()), marked + int(either.sum())
    return {'pieces': total, 'agreement': round(same / total, 4), 'agreement_of_marked': round(same_marked / max(1, marked), 4)}


def main() -> None:
    source, out = sys.argv[1], sys.argv[2]
    os.makedirs(out, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        full = os.path.join(folder, 'model.onnx')
        export(source, full)
        quantised = os.path.join(out, 'model.int8.onnx')
        quantize_dynamic(full, quantised, op_types_to_quantize=['MatMul', 'Gemm', 'Gather'], weight_type=QuantType.QInt8, per_channel=True,
                         extra_options={'MatMulConstBOnly': True})
        shutil.copy(os.path.join(WEIGHTS, 'vocab.txt'), os.path.join(out, 'vocab.txt'))
        print(f'{os.path.getsize(quantised) / 1e6:.1f} MB, {len(LABELS)} labels')
        if len(sys.argv) > 3:
            print(json.dumps(agreement(session(full), session(quantised), sys.argv[3])))


if __name__ == '__main__':
    main()
