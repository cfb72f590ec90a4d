"""The generator keeps its promises: spans are exact, harmless text holds no kind, training and held-out lists never meet."""
import re
import unittest

from generator import chance, identifiers, numerals, pools, records
from generator.assemble import assemble
from generator.grammar import SLOT, expand, load_folder, parse
from generator.harmless import HARMLESS
from generator.letters import say_code, spell
from generator.people import US_GIVEN, US_SURNAMES
from generator.places import CITIES
from generator.sample import PAIRS, SORTS, render, samples
from generator.slots import SLOTS, value
from generator.style import ASR, SPOKEN, WRITTEN, Style

STYLES = [Style(WRITTEN), Style(SPOKEN), Style(ASR), Style(ASR, messy=True), Style(ASR, messy=True, apostrophes=False)]


class Samples(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        chance.seed(5)
        cls.made = list(samples(6000))

    def test_spans_are_exact(self):
        for s in self.made:
            last = -1
            for start, end, _ in s.spans:
                self.assertTrue(last <= start < end <= len(s.text), s)
                self.assertEqual(s.text[start:end], s.text[start:end].strip(), s)
                last = end

    def test_recogniser_text_has_its_alphabet(self):
        for s in self.made:
            if s.register == ASR:
                self.assertNotRegex(s.text, "[^a-z0-9' áéíóúñü]", s)
                self.assertNotIn('  ', s.text)

    def test_harmless_sorts_hold_no_identifier(self):
        for s in self.made:
            if s.sort.startswith(('harmless', 'plain', 'log', 'schema')) or s.sort == 'spanish plain':
                self.assertEqual(s.spans, [], s)

    def test_about_two_fifths_are_harmless(self):
        share = sum(not s.spans for s in self.made) / len(self.made)
        self.assertTrue(0.36 < share < 0.48, share)

    def test_every_sort_and_kind_occurs(self):
        self.assertEqual({s.sort for s in self.made}, set(SORTS))
        self.assertEqual(len({k for s in self.made for _, _, k in s.spans}), 21)

    def test_texts_stay_in_the_plane_of_one_code_unit(self):
        self.assertTrue(all(ord(c) < 0x10000 for s in self.made for c in s.text))

    def test_a_seed_repeats(self):
        chance.seed(9)
        first = [s.text for s in samples(50)]
        chance.seed(9)
        self.assertEqual(first, [s.text for s in samples(50)])


class Templates(unittest.TestCase):
    FOLDERS = ('identifiers', 'harmless', 'questions', 'heldout', 'prompts')

    def test_every_template_renders_in_its_registers(self):
        for folder in self.FOLDERS:
            for name, templates in load_folder(folder).items():
                for template in templates:
                    for style in STYLES[:3]:
                        if template.suits(style):
                            text, _ = assemble(render(template, style), style)
                            self.assertNotRegex(text, r'\{[a-z]', f'{folder}/{name}: {template.text}')

    def test_harmless_templates_never_give_a_kind(self):
        for name, templates in load_folder('harmless').items():
            for template in templates:
                for segment in render(template, Style(WRITTEN)):
                    self.assertIsNone(segment[1], f'{name}: {template.text}')

    def test_identifier_templates_give_their_kind(self):
        for kind, templates in load_folder('identifiers').items():
            for template in templates:
                kinds = set()
                for _ in range(40):
                    kinds |= {k for _, k in render(template, Style(WRITTEN)) if k}
                self.assertTrue(kinds, template.text)

    def test_the_right_side_of_a_pair_is_harmless(self):
        for left, right in PAIRS:
            self.assertFalse(any(k for _ in range(5) for _, k in render(right, Style(SPOKEN))), right)
            self.assertTrue(any(k for _ in range(20) for _, k in render(left, Style(SPOKEN))) or left.text.startswith('['), left)

    def test_alternatives(self):
        self.assertIn(expand('[a|b[c|d]|]'), {'a', 'bc', 'bd', ''})
        self.assertEqual(expand('<<1>>'), '[1]')
        self.assertEqual([t.only for t in parse(['W:x', 'S:y', 'A:z', '# no', 'u'])], ['W', 'S', 'A', ''])
        self.assertEqual(SLOT.findall('{"a":{n:1-2}}'), [('n', '1-2')])


class Values(unittest.TestCase):
    def test_plain_keeps_the_form_and_drops_the_kind(self):
        self.assertTrue(all(kind is None for _, kind in value('plain', Style(WRITTEN), 'phone')))

    def test_harmless_slots_have_no_kind(self):
        for name in HARMLESS:
            argument = {'n': '1-9'}.get(name)
            for style in STYLES[:3]:
                self.assertTrue(all(kind is None for _, kind in SLOTS[name](style, argument)), name)

    def test_check_digits(self):
        for _ in range(200):
            self.assertEqual(_luhn_sum(re.sub(r'\D', '', identifiers.card())) % 10, 0)
            self.assertEqual((_luhn_sum('80840' + identifiers.npi())) % 10, 0)
            self.assertEqual(_luhn_sum(re.sub(r'\D', '', identifiers.imei())) % 10, 0)
            self.assertEqual(sum(int(d) * w for d, w in zip(identifiers.routing(), (3, 7, 1) * 3)) % 10, 0)

    def test_numbers_as_words(self):
        self.assertEqual(numerals.cardinal(19), 'nineteen')
        self.assertIn(numerals.cardinal(342), {'three hundred forty two', 'three hundred and forty two'})
        self.assertEqual([numerals.ordinal_word(n) for n in (1, 12, 20, 33)], ['first', 'twelfth', 'twentieth', 'thirty third'])
        self.assertEqual([numerals.ordinal_digits(n) for n in (1, 12, 22, 103)], ['1st', '12th', '22nd', '103rd'])

    def test_spoken_codes_hold_no_digit_or_sign(self):
        for _ in range(300):
            self.assertNotRegex(say_code(chance.fill('@@-##?.#/##')), r'[^a-z \-]')

    def test_a_spelling_has_a_part_for_every_letter(self):
        for _ in range(100):
            words = spell('Okafor', Style(WRITTEN))
            self.assertGreaterEqual(len(re.findall(r'\b[A-Z]\b', words)), 6, words)


class HeldOut(unittest.TestCase):
    def tearDown(self):
        pools.use_heldout(False)

    def test_parts_never_meet(self):
        for pool in (US_GIVEN, US_SURNAMES, CITIES):
            pools.use_heldout(False)
            training = set(pool.part())
            pools.use_heldout(True)
            self.assertFalse(training & set(pool.part()))

    def test_shapes_never_meet(self):
        for name, patterns in identifiers.HELD_OUT.items():
            if name != 'cheque':
                self.assertFalse(set(patterns) & set(identifiers.PATTERNS[name]), name)

    def test_templates_never_meet(self):
        training = {t.text for folder in ('identifiers', 'harmless', 'prompts') for ts in load_folder(folder).values() for t in ts}
        self.assertFalse(training & {t.text for ts in load_folder('heldout').values() for t in ts})


class Records(unittest.TestCase):
    def test_plain_records_hold_no_kind(self):
        for _ in range(300):
            self.assertTrue(all(kind is None for _, kind in records.record(0, 5)))
            self.assertTrue(all(kind is None for _, kind in records.tool_schema() + records.log_line()))

    def test_json_records_parse(self):
        import json
        for _ in range(300):
            text = assemble(records.record(3, 3), Style(WRITTEN))[0]
            if text[:1] in '[{':
                json.loads(text)


def _luhn_sum(number: str) -> int:
    total = 0
    for i, x in enumerate(reversed(number)):
        n = int(x) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return total


if __name__ == '__main__':
    unittest.main()
