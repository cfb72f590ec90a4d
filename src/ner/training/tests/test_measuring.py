"""What measures: windows of long texts, runs of words shared with an evaluation text, intervals."""
import unittest

from check_overlap import runs, template_lines
from evaluate import texts_of, windows
from report import interval
from tagger.encoding import MAX_PIECES, encode


class Measuring(unittest.TestCase):
    def test_windows_cover_a_long_text_and_fit(self):
        text = ' '.join(f'word{i}' for i in range(900))
        cuts = windows(text)
        self.assertEqual((cuts[0][0], cuts[-1][1]), (0, len(text)))
        for (_, end), (start, _) in zip(cuts, cuts[1:]):
            self.assertLess(start, end)
        for start, end in cuts:
            self.assertLess(len(encode(text[start:end])[0]), MAX_PIECES)

    def test_a_short_text_is_one_window(self):
        self.assertEqual(windows('hello there'), [(0, 11)])

    def test_shared_runs_are_found(self):
        self.assertTrue(runs('so The quick, brown fox jumps over!') & runs('the quick brown fox jumps over it'))
        self.assertFalse(runs('the quick brown fox jumps') & runs('the quick brown fox jumps'))
        self.assertGreater(len(template_lines()), 1500)

    def test_the_message_before_is_the_question(self):
        rows = {'c#0': {'text': 'Name?', 'register': 'asr/assistant'}, 'c#1': {'text': 'ann', 'register': 'asr/user'}, 'x': {'text': 'y', 'register': 'asr'}}
        self.assertEqual(texts_of(rows)[2], [None, 'Name?', None])

    def test_wilson(self):
        self.assertEqual(interval(95, 100), '88.8-97.8')
        self.assertEqual(interval(0, 0), '')


if __name__ == '__main__':
    unittest.main()
