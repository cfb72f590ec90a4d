"""python train.py --data A.jsonl B.jsonl --corpora DIR --out DIR [--init DIR] [--minutes M]: fine-tune the encoder (README)."""
import argparse
import copy
import os
import random
import time

os.environ.setdefault('ONEDNN_PRIMITIVE_CACHE_CAPACITY', '8192')
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

from tagger import examples
from tagger.model import collate, fast_dropout, load, loss_of

AVERAGE_EVERY, AVERAGE_KEEP = 10, 0.97  # running mean of the weights over about the last 300 steps


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument('--data', nargs='+', required=True)
    parser.add_argument('--corpora', help='folder of corpora with partial labels')
    parser.add_argument('--share', type=float, default=1.0, help='share of the corpora')
    parser.add_argument('--copies', type=int, default=0, help='times that each corpus text with a name is read again with other names')
    parser.add_argument('--out', required=True)
    parser.add_argument('--init', help='go on from these weights')
    parser.add_argument('--lr', type=float, default=3e-4)
    parser.add_argument('--minutes', type=float, default=1e9, help='decay the learning rate to zero within this time at most')
    parser.add_argument('--stop', type=float, default=1e9, help='stop after so many minutes, however far the decay is')
    parser.add_argument('--limit', type=int, help='texts of each file')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def groups(model, lr: float) -> list:
    """Weight decay on matrices only; the fresh classifier learns three times faster; word embeddings stay."""
    model.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    return [{'params': [p], 'lr': lr * (3 if 'classifier' in name else 1), 'weight_decay': 0.01 if p.ndim > 1 else 0.0}
            for name, p in model.named_parameters() if p.requires_grad]


def main() -> None:
    a = arguments()
    torch.set_num_threads(a.threads)
    torch.set_flush_denormal(True)
    random.seed(a.seed)
    chance, start = random.Random(a.seed), time.time()
    rows = [row for path in a.data for row in examples.generated(path, a.limit)]
    made = len(rows)
    if a.corpora:
        rows += examples.corpora(a.corpora, share=a.share, copies=a.copies)
    pieces = sum(len(r[0]) for r in rows) / len(rows)
    print(f'{made} generated, {len(rows) - made} corpus texts, {pieces:.1f} word pieces each, loaded in {time.time() - start:.0f} s', flush=True)

    model = load(a.init)
    mean = copy.deepcopy(model).eval()
    model = fast_dropout(model, 0.1).train()
    params = groups(model, a.lr)
    base = [g['lr'] for g in params]
    optimizer = torch.optim.AdamW(params, fused=True)
    plan = examples.batches(rows, chance)
    start, seen, smooth, saved = time.time(), 0, None, 0.0
    for step, batch in enumerate(plan):
        minutes = (time.time() - start) / 60
        progress = max(step / len(plan), minutes / a.minutes)
        if progress >= 1 or minutes >= a.stop:
            break
        factor = min(1.0, (step + 1) / (0.03 * len(plan))) * (1 - progress)
        for group, lr in zip(optimizer.param_groups, base):
            group['lr'] = lr * factor
        ids, types, mask, labels = collate([rows[j] for j in batch])
        seen += int(mask.sum())
        with torch.autocast('cpu', dtype=torch.bfloat16), sdpa_kernel(SDPBackend.MATH):
            logits = model(input_ids=ids, token_type_ids=types, attention_mask=mask).logits
        loss = loss_of(logits, labels)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in params for p in g['params']], 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        smooth = loss.item() if smooth is None else 0.98 * smooth + 0.02 * loss.item()
        if step % AVERAGE_EVERY == 0:
            with torch.no_grad():
                keep = min(AVERAGE_KEEP, step / (step + 100))
                for p, q in zip(mean.parameters(), model.parameters()):
                    p.lerp_(q, 1 - keep)
        if step % 100 == 99:
            print(f'{step + 1}/{len(plan)} {minutes:.1f} min progress {progress:.2f} loss {smooth:.4f} {seen / (time.time() - start):.0f} pieces/s', flush=True)
        if minutes - saved > 4:
            saved = minutes
            mean.save_pretrained(a.out)
    mean.save_pretrained(a.out)
    print(f'done: {step + 1} steps, {(time.time() - start) / 60:.1f} min, saved {a.out}', flush=True)


if __name__ == '__main__':
    main()
