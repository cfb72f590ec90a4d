"""The encoder with a classifier over labels, its loss, and the probabilities of words."""
import os
import random

os.environ.setdefault('HF_HUB_OFFLINE', '1')
os.environ.setdefault('TRANSFORMERS_VERBOSITY', 'error')
import torch
from transformers import AutoModelForTokenClassification

from .encoding import ADDRESS_OR_FACILITY, INDEX, LABELS, WEIGHTS
from .examples import padded

_ALLOWED = torch.full((len(LABELS) + 1, len(LABELS)), -1e4)
for _i in range(len(LABELS)):
    _ALLOWED[_i, _i] = 0
_ALLOWED[ADDRESS_OR_FACILITY, [INDEX['ADDRESS'], INDEX['FACILITY']]] = 0


class BankDropout(torch.nn.Module):
    """Dropout whose masks are stretches of one long random mask: on a CPU, drawing new bits costs as much as the matrices do."""

    def __init__(self, rate: float, size: int = 1 << 22):
        super().__init__()
        kept = (torch.rand(size) >= rate).float() / (1 - rate)
        self.banks = {torch.float32: kept, torch.bfloat16: kept.bfloat16()}

    def forward(self, x):
        if not self.training:
            return x
        bank, count = self.banks[x.dtype], x.numel()
        at = random.randrange(len(bank) - count)
        return x * bank[at:at + count].view(x.shape)


def fast_dropout(model, rate: float):
    """Dropout after embeddings, layers and before the classifier from one bank; none inside attention, which stays a plain product."""
    bank = BankDropout(rate)
    for module in list(model.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Dropout):
                if 'SelfAttention' in type(module).__name__:
                    child.p = 0.0
                else:
                    setattr(module, name, bank)
    return model


def load(path: str | None = None, dropout: float = 0.1):
    """The model at `path`, or the published encoder with a fresh classifier and six token types: segment + 2 x case."""
    torch.manual_seed(0)
    model = AutoModelForTokenClassification.from_pretrained(path or WEIGHTS, num_labels=len(LABELS), hidden_dropout_prob=dropout,
                                                            attention_probs_dropout_prob=dropout)
    if model.config.type_vocab_size == 2:
        old = model.bert.embeddings.token_type_embeddings.weight.data
        new = torch.nn.Embedding(6, old.shape[1])
        new.weight.data = old.repeat(3, 1).clone()
        model.bert.embeddings.token_type_embeddings = new
        model.config.type_vocab_size = 6
    return model


def collate(rows: list) -> tuple:
    """-> ids, types, mask, labels, all padded to one of a few lengths"""
    length, count = padded(max(len(r[0]) for r in rows)), len(rows)
    ids, types, mask = (torch.zeros(count, length, dtype=torch.long) for _ in range(3))
    labels = torch.full((count, length), -100)
    for i, (a, b, c) in enumerate(rows):
        n = len(a)
        ids[i, :n], types[i, :n], mask[i, :n], labels[i, :n] = torch.as_tensor(a), torch.as_tensor(b), 1, torch.as_tensor(c)
    return ids, types, mask, labels


def loss_of(logits, labels):
    """Cross entropy; where several labels are allowed, of their summed probability."""
    known = labels >= 0
    scores, wanted = logits[known].float(), labels[known]
    return (torch.logsumexp(scores, -1) - torch.logsumexp(scores + _ALLOWED[wanted], -1)).mean()
