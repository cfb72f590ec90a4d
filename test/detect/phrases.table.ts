/**
 * Sentences as they are said and written, the identifiers between « and » and their kinds behind the tab, in order.
 * Invented. Sentences without a mark hold no identifier.
 */
export const PHRASES = `
# dates, month first
my surgery is on «march fifth» =DATE
we saw her «april the twenty second» =DATE
he passed «october ninth twenty nineteen» =DATE
she was admitted «June 3rd» and left «June 9th» =DATE DATE
back on «january 2nd, 2024» it got worse =DATE
the fall was «february twenty eighth two thousand twenty» =DATE
«Nov. 12, 2023» was the last scan =DATE
my last shot was «september of twenty twenty one» =DATE
diagnosed in «May 2019» =DATE
MRI done «Sept 4» =DATE
i can come «december thirty first» =DATE
the colonoscopy was «July 19th '22» =DATE
# dates, day first
the visit was «the fifth of march» =DATE
«21 June 2022» was the biopsy =DATE
she left «the 3rd of April, 2023» =DATE
it started on «the eleventh of november» =DATE
«14-Mar-2023» discharge =DATE
since «twelfth of august nineteen ninety nine» =DATE
# dates in figures
seen «03/05/2021» =DATE
labs of «2023-11-02» =DATE
DOS «11-02-23» =DATE
refill due «7/14» =DATE
from «1/3/22» to «1/9/22» =DATE DATE
visit «2024-05-06»T10:30:00Z =DATE
appointment on «05.06.2024» =DATE
date of service «ten two twenty three» =DATE
admitted «oh four slash oh five slash twenty two» =DATE
# weekday and ordinals
how about «Thursday the 12th» =DATE
«friday the third» works =DATE
can we do «the seventeenth» at nine =DATE
she wants «the 22nd» or «the 23rd» =DATE DATE
on «Mon 10/6» at 2 =DATE
# not dates
I feel worse in march
it may take two weeks
see you on tuesday
every second day
back in 2019
the third floor
my first appointment
I'm on my second dose
call back in 5-10 minutes
take one half twice a day
the fourth time this week
it was the fifth pill
my pain is 8/10
BP 130/85
a 2/6 murmur
since last summer
24/7 care
the march of dimes
May I come in
sometime in june
# birthdays
date of birth «july fourth nineteen seventy six» =DOB
my dob is «oh nine twenty two sixty one» =DOB
born «April 2, 1958» =DOB
DOB: «12/01/1970» =DOB
birthday's «the ninth of may eighty eight» =DOB
she was born on «three fifteen forty nine» =DOB
his birthdate is «1949-03-15» =DOB
d o b «six six seventy four» =DOB
her birthday is «november 30th» =DOB
birth date «May the first two thousand and two» =DOB
# ages
grandpa is «ninety six» and still drives =AGE
she turned «a hundred and one» in spring =AGE
a «93»-year-old man =AGE
«91» yo F =AGE
patient aged «94» =AGE
my mother will be «ninety» next week =AGE
age: «92» =AGE
I'm 45 and healthy
he is eighty nine
the sugar was ninety four
ninety days supply
it's ninety two degrees
I'm a hundred percent sure
sat of 93 percent
# phones
call me at «four one five five five five oh one four three» =PHONE
my cell is «(628) 555-0117» =PHONE
reach her on «628-555-0117» after six =PHONE
number's «six two eight, five five five, zero one one seven» =PHONE
dial «1-800-555-0199» =PHONE
«6285550117» =PHONE
home «555-0117» =PHONE
it's area code «six two eight five fifty five oh one seventeen» =PHONE
text «+1 628 555 0117» =PHONE
my work number is «628 555 0117 extension 42» =PHONE
call «six two eight five five five oh one one seven ext four two» =PHONE
from London «+44 20 7946 0991» =PHONE
six two eight is the area code
call nine one one
dial 988 if you feel unsafe
press one for refills
# fax
fax it to «628-555-0190» =FAX
our fax number is «six two eight five five five oh one nine oh» =FAX
send a fax to the front desk
# e-mail
it's «j dot park at gmail dot com» =EMAIL
email «maria.lopez@example.com» =EMAIL
my email is «tom underscore baker seventy seven at hotmail dot com» =EMAIL
«k lee two two at yahoo dot com» works =EMAIL
send it to «priya at elm clinic dot org» =EMAIL
that's «m a r y j at outlook dot com» all lower case =EMAIL
write to «b.osei+lab@mail.example.co.uk» =EMAIL
it is «d as in david e n at aol dot com» =EMAIL
the address is «anna dash marie at proton mail dot com» =EMAIL
«sam dot oduya at med dot example dot e d u» =EMAIL
look at that
meet me at the clinic
# SSN
my social is «five two nine forty eight eleven seventy three» =SSN
SSN «529-48-1173» =SSN
social security number «529 48 1173» =SSN
last four of my social «one one seven three» =SSN
last 4 SSN: «1173» =SSN
it is «five two nine dash four eight dash one one seven three» my social =SSN
social anxiety for 12 years
# MRN
MRN «00481922» =MRN
medical record number «four four seven one eight oh two» =MRN
her chart is «b as in bravo two two nine one» =MRN
chart number «K-20418» =MRN
patient id «PT-7719» =MRN
record number uh «nine nine oh one two» =MRN
the MRN on the wristband is «7 7 1 9 0 2» =MRN
chart it at 0800
# plans
member id «W220 18 8437» =HEALTH_PLAN_ID
my member number is «x as in xray four four eight one two nine» =HEALTH_PLAN_ID
group «84210» =HEALTH_PLAN_ID
policy number «H-4471-220» =HEALTH_PLAN_ID
Medicare number «1EG4-TE5-MK73» =HEALTH_PLAN_ID
my medicaid is «eight eight one two oh four four» =HEALTH_PLAN_ID
subscriber id «ABC123456789» =HEALTH_PLAN_ID
Blue Cross «YDJ 901 442 118» =HEALTH_PLAN_ID
BIN «610014» PCN «MEDDPRIME2» =HEALTH_PLAN_ID HEALTH_PLAN_ID
I have medicare part b
my group meets at 4
the policy changed in 2020
Aetna denied it twice
# accounts
account number «88402137» =ACCOUNT
claim «three one seven d eight five» =ACCOUNT
invoice «INV-20448» for 310 dollars =ACCOUNT
routing «021000021» account «4410 2288 19» =ACCOUNT ACCOUNT
check number «2047» =ACCOUNT
IBAN «DE89 3704 0044 0532 0130 00» =ACCOUNT
I owe 45 dollars
they claim it's 20 percent
# cards
card «4556 7375 8689 9855» exp «09/27» cvv «318» =CREDIT_CARD ACCOUNT ACCOUNT
visa «four five five six seven three seven five eight six eight nine nine eight five five» =CREDIT_CARD
the amex is «3782 822463 10005» =CREDIT_CARD
card ending in «9855» =CREDIT_CARD
debit card «five one zero five one zero five one zero five one zero five one zero zero» =CREDIT_CARD
security code «two two nine» =ACCOUNT
expires «oh nine twenty seven» =ACCOUNT
I got a card from my sister
# licences
NPI «1245319599» =LICENSE
DEA «AB1234563» =LICENSE
my npi is «one two four five three one nine five nine nine» =LICENSE
driver's license «D448 2011 7609» =LICENSE
passport «K30517762» =LICENSE
license number «s as in sam five five one oh two two nine one» =LICENSE
RN license «RN 611804» =LICENSE
my licence ran out 2 years ago
# vehicles
VIN «1HGCM82633A004352» =VEHICLE
license plate «HTR 2207» =VEHICLE
plate is «seven k l m three two one» =VEHICLE
plate number «b v j four four one two» =VEHICLE
tag «QRT-5519» =VEHICLE
a plate of food at 6
# devices
serial number «SN-8812-KX» =DEVICE
pump serial «four four one two nine nine b» =DEVICE
IMEI «490154203237518» =DEVICE
MAC address «00:1B:44:11:3A:B7» =DEVICE
pacemaker serial «BXK 230 118 774» =DEVICE
meter serial is «d as in delta seven seven one two zero» =DEVICE
UDI «(01)00380740000011(21)A4471» =DEVICE
the pump alarmed 3 times
# web
see «https://portal.example.org/p/8841?x=1» =URL
go to «www dot elm clinic dot org slash login» =URL
it's on «mychart.example.com» =URL
visit «w w w dot oak dental dot com» =URL
the site is «oak dental dot com» =URL
from IP «203.0.113.77» =IP_ADDRESS
«one ninety two dot one sixty eight dot one dot four» is the router =IP_ADDRESS
«2001:db8::8a2e:370:7334» logged in =IP_ADDRESS
dose is 2.5 dot
# biometrics
voiceprint «VP-88213-K» =BIOMETRIC
fingerprint id «f p seven seven two one» =BIOMETRIC
iris code «IR-00447» =BIOMETRIC
the retina looks fine
# other ids
prescription number «six six three oh nine one four» =OTHER_ID
confirmation «7F3-K22» =OTHER_ID
case number «20-11874» =OTHER_ID
reference «TZ 71902» =OTHER_ID
order «ORD-99120» =OTHER_ID
employee id «44 218» =OTHER_ID
student number «900417736» =OTHER_ID
badge «t four four one nine» =OTHER_ID
my pin is «four four one two» =OTHER_ID
username «quill_feather7» =OTHER_ID
Rx «6630915» =OTHER_ID
ticket «SR-20991» =OTHER_ID
authorization number «a u t h six six two oh nine» =OTHER_ID
Rx for 30 days
in case it rains at 5
I ordered 2 of them
# harmless
I take metformin 500 mg twice a day
lisinopril 20 and amlodipine 5
sugar was one eighty this morning and one forty at noon
blood pressure one twenty over eighty
my weight is one hundred eighty two
A1c 7.2
temp 98.6, pulse 72, sats 97
ICD-10 E11.65
code J45.909
CPT 99213 and 99214
LOINC 4548-4
NDC 00093-1114-01
my copay is forty five dollars
it cost $1,250.00
at three thirty
between two and four
room 214 bed 2
two to three times a day
five or six days
ten out of ten
one two three four five
I counted two four six eight ten
take two tablets every six hours
my appointment is at ten fifteen
sixty milligrams at bedtime
the cost is 1,200 to 1,500
22 units of lantus
oxygen at two liters
a size 10 shoe
version 2.4.1
type 2 diabetes
stage 3 kidney disease
covid 19
vitamin B12 1000 mcg
vitamin d three
the A one C came back six point eight
hep b and hep c
L4 L5 disc
I have 3 kids and 2 dogs
she's five foot four
100.4 fever
half past nine
seven days a week
one on one
`;
