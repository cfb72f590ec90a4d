"""In which register a text is made, and how untidy it is."""
from dataclasses import dataclass

from .chance import maybe

WRITTEN, SPOKEN, ASR = 'written', 'spoken', 'asr'


@dataclass(frozen=True)
class Style:
    """register: written (typed), spoken (a tidy transcript) or asr (raw recogniser output).
    messy: fillers, repeats, corrections and misheard words (asr only).
    apostrophes: whether the recogniser writes them."""
    register: str
    messy: bool = False
    apostrophes: bool = True

    @property
    def written(self) -> bool:
        return self.register == WRITTEN

    @property
    def spoken(self) -> bool:
        return self.register == SPOKEN

    @property
    def asr(self) -> bool:
        return self.register == ASR


def random_style(register: str) -> Style:
    return Style(register, messy=register == ASR and maybe(0.45), apostrophes=maybe(0.5))
