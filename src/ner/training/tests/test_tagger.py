"""Input encoding and decoding as the runtime must do them."""
import unittest

import numpy as np

from tagger.decoding import spans, words
from tagger.examples import renamed
from tagger.encoding import ADDRESS_OR_FACILITY, IGNORED, INDEX, LABELS, case_of, encode, labels_of


def _word(start, end, kind, outside):
    p = np.full(len(LABELS), 1e-6)
    p[0], p[INDEX[kind]] = outside, 1 - outside
    return start, end, p


class Encoding(unittest.TestCase):
    def test_case(self):
        self.assertEqual([case_of(w) for w in ('ann', 'Ann', 'ANN', 'A', '42', 'mcKay', 'A1')], [0, 1, 2, 1, 0, 1, 2])

    def test_types_are_segment_plus_twice_the_case(self):
        ids, types, offsets = encode('ann Ann ANN', 'Who IS it')
        self.assertEqual(types, [0, 0, 2, 4, 0, 3, 5, 1, 0])
        self.assertEqual(offsets[1:4], [(0, 3), (4, 7), (8, 11)])
        self.assertEqual([o for o in offsets[5:] if o], [])

    def test_labels(self):
        _, _, offsets = encode('call Ann in Elm now')
        self.assertEqual(labels_of(offsets, [[5, 8, 'NAME']])[1:-1], [0, INDEX['NAME'], 0, 0, 0])
        self.assertEqual(labels_of(offsets, [[12, 15, 'ADDRESS']], [(16, 19)], corpus=True)[3:-1], [0, ADDRESS_OR_FACILITY, IGNORED])


class Corpora(unittest.TestCase):
    def test_other_names_keep_the_marks_right(self):
        text = 'Ann met Bo Li in Oslo, said Ann (ABC News).'
        spans = [(0, 3, 'NAME'), (8, 13, 'NAME'), (17, 21, 'ADDRESS'), (28, 31, 'NAME')]
        for _ in range(50):
            new, marks, ignore = renamed(text, spans, [(33, 41)])
            self.assertEqual([k for _, _, k in marks], [k for _, _, k in spans])
            self.assertEqual(new[marks[2][0]:marks[2][1]], 'Oslo')
            self.assertEqual(new[marks[0][0]:marks[0][1]], new[marks[3][0]:marks[3][1]])
            self.assertEqual(new[slice(*ignore[0])], 'ABC News')
            self.assertIn(' met ', new)


class Decoding(unittest.TestCase):
    def test_words_take_the_mean_of_their_pieces(self):
        text = "o'brien x"
        _, _, offsets = encode(text)
        probabilities = np.zeros((len(offsets), 2))
        probabilities[:, 0] = range(len(offsets))
        inside = [i for i, o in enumerate(offsets) if o and o[0] < 7]
        found = words(text, offsets, probabilities)
        self.assertEqual([w[:2] for w in found], [(0, 7), (8, 9)])
        self.assertAlmostEqual(found[0][2][0], np.mean(inside))

    def test_hysteresis_grows_to_neighbours_only(self):
        text = 'a b c d e'
        found = [_word(0, 1, 'NAME', .9), _word(2, 3, 'NAME', .2), _word(4, 5, 'NAME', .9), _word(6, 7, 'NAME', .99), _word(8, 9, 'NAME', .9)]
        self.assertEqual([(s['start'], s['end']) for s in spans(text, found, .5, .95)], [(0, 5)])
        self.assertEqual([(s['start'], s['end']) for s in spans(text, found, .5, .5)], [(2, 3)])

    def test_neighbours_of_two_kinds_stay_apart(self):
        found = [_word(0, 3, 'NAME', .1), _word(4, 7, 'DATE', .1)]
        self.assertEqual([s['kind'] for s in spans('ann may', found, .5, .95)], ['NAME', 'DATE'])


if __name__ == '__main__':
    unittest.main()
