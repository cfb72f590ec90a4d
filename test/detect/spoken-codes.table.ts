/** What is said, and the letters and digits that it reads as; `|` parts runs. Invented, grouped by what it tests. */
export const SPOKEN_CODES = `
# digits one by one
five five five two six seven one = 5552671
oh four one nine = 0419
zero zero seven = 007
o eight one five = 0815
nine eight zero oh two = 98002
four oh four one = 4041
niner niner two = 992
six six three oh nine one four = 6630914
# repeats
double seven = 77
double oh five = 005
triple zero four = 0004
triple eight double four = 88844
double two six = 226
treble nine one = 9991
quadruple zero one = 00001
two double six triple one = 266111
double b four = BB4
double u four four = W44
# teens and tens
fifteen twenty two = 1522
forty five sixty seven = 4567
twenty one twenty two = 2122
thirteen = 13
sixty seven eighty nine = 6789
ninety = 90
fifty twelve thirty six = 501236
nineteen nineteen = 1919
eleven seventy three = 1173
fifty twenty = 5020
thirty three oh six = 3306
# hundreds and thousands
eight hundred five five five = 800555
one hundred twenty three = 123
four hundred and twelve = 412
two thousand = 2000
two thousand five = 2005
two thousand and nineteen = 2019
six thousand four hundred = 6400
nineteen hundred = 1900
nine hundred = 900
seven hundred eleven = 711
one eight hundred four four one = 1800441
three thousand two hundred ten = 3210
two hundred five = 205
a hundred and two = 102
a hundred = 100
one hundred and one = 101
twelve hundred = 1200
five thousand twelve = 5012
# years said in pairs
nineteen eighty two = 1982
twenty oh five = 2005
twenty twenty four = 2024
nineteen oh seven = 1907
twenty ten = 2010
# hyphens and glue
forty-five = 45
twenty-one thirty-two = 2132
ninety-nine = 99
four-one-five = 415
5-5-5 = 555
4 1 5 = 415
4 1 5, 5 5 5, 2 6 7 1 = 4155552671
4 1 5, five five five 2671 = 4155552671
415 five five five 2671 = 4155552671
area 415 five five five twenty six seventy one = 4155552671
(415) 555-2671 = 4155552671
415.555.2671 = 4155552671
+1 415 555 2671 = 14155552671
555 dash 2671 = 5552671
# fillers
five five uh five two = 5552
four um one er five = 415
nine nine, uh, two one = 9921
six hmm six seven = 667
one two erm three four five = 12345
# joined by and, then
four four and then two two = 4422
five five five and two six = 55526
seven one then nine nine = 7199
# other words part the number
four one five no sorry four one six = 415 | 416
five five five let me see two six seven one = 555 | 2671
one two three wait one two four = 123 | 124
six six six go ahead seven seven = 666 | 77
nine one one okay two two = 911 | 22
my number is four four and hers is five five = 44 | 55
eight two three scratch that eight two four = 823 | 824
double two I mean double three = 22 | 33
# letters
b four four seven one = B4471
a b c one two three = ABC123
x y z = XYZ
t four four one nine = T4419
w as in william six six = W66
b as in boy four = B4
m as in mary n as in nancy = MN
d like david seven seven = D77
s for sam two = S2
p as in peter, four four nine = P449
capital k nine nine = K99
capital r as in robert six = R6
uppercase q one = Q1
letter j five = J5
f as in frank o as in ocean x as in xray = FOX
# NATO and police alphabets
alpha bravo four four = AB44
kilo lima nine nine one = KL991
charlie seven seven two = C772
one zulu four = 1Z4
foxtrot tango one two three = FT123
five baker david union nine oh four = 5BDU904
four david five = 4D5
two x ray six = 2X6
papa quebec romeo eight eight = PQR88
sierra one tango two = S1T2
# names of letters
four bee six = 4B6
nine double u two = 9W2
eight zee seven = 8Z7
three jay four = 3J4
five kay five = 5K5
two vee two = 2V2
# written codes
PLV6603815C = PLV6603815C
KD-7702941 = KD7702941
T18Q-44V-BMD = T18Q44VBMD
VGD 6230 = VGD6230
B 4471 = B4471
4K-991-0 = 4K9910
00:1B:44:11:3A:B7 = 001B44113AB7
FR14 2004 1010 0505 0001 3M02 606 = FR1420041010050500013M02606
5YJSA1E14HF000337 = 5YJSA1E14HF000337
ZQH88120457 = ZQH88120457
# symbols said
four four dash nine one = 4491
b k slash two two = BK22
one ninety two dot one sixty eight dot one dot four = 19216814
two two hyphen k nine = 22K9
seven seven slash eight eight slash nine = 77889
four underscore five = 45
# homophones between digits
five five five for two one nine = 5554219
two oh six five to one one = 2065211
eight won one two three four = 811234
six seven eight ate = 6788
four four four ate two two = 444822
nine nine three too one one two = 9932112
one two three won four = 12314
# homophones that are words
four for you = 4
it was five to six = 5 | 6
I ate two = 2
one to one help = 1 | 1
ten to twelve = 10 | 12
three for three = 3 | 3
# articles and pronouns are not letters
I have four four one = 441
a four four = 44
i take two a day = 2
four a day = 4
this one four four one = 441
the last four four one two two = 4122
# quantities written
61,340 = 61340
1,500 = 1500
# ordinals part runs
the fifth four four one = 441
# other scripts
５５５ ２６７１ = 5552671
٤١٥ = 415
5\u200b5\u200b5 = 555
# mixed case and punctuation
Five, five, five. Two six seven one. = 5552671
FIVE FIVE FIVE = 555
It's four, four, oh, nine. = 4409
"four four", she said = 44
Double-oh-seven = 007
Oh-four-one = 041
# longer numbers as people group them
four five five six seven three seven five eight six eight nine nine eight double five = 4556737586899855
five two nine forty eight eleven seventy three = 529481173
two three oh six two one seven nine five three = 2306217953
one h g c m eight two six three three a oh oh four three five two = 1HGCM82633A004352
six oh one one triple zero nine nine zero one three nine four two four = 6011000990139424
zero two one triple zero zero two one = 021000021
four nine oh one five four two oh three two three seven five one eight = 490154203237518
one e g four t e five m k seven three = 1EG4TE5MK73
eight eight zero one two oh four five seven = 880120457
thirty one forty one fifty nine twenty six = 31415926
`;
