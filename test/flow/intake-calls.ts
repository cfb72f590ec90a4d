/** One invented intake call, told three times: as it is typed, as it is spoken, and as a raw recogniser writes it. */

/** A question of the agent, the caller's answer, and the pieces of it that must not leave. */
export type Exchange = readonly [question: string, answer: string, ...planted: string[]];

const WRITTEN: readonly Exchange[] = [
  [
    "Thanks for calling Harrow Lane Clinic. Who am I speaking with?",
    "This is Ottoline Brackenridge.",
    "Ottoline",
    "Brackenridge",
  ],
  ["And your date of birth?", "03/14/1982", "03/14/1982"],
  ["What is the best phone number?", "(415) 555-0132, or 415-555-0177 after five.", "555-0132", "555-0177"],
  ["Do you have a fax?", "Yes, the fax is 415-555-0190.", "555-0190"],
  ["What e-mail can we write to?", "o.brackenridge@example.org", "brackenridge@example"],
  ["Your home address?", "482 Alder Crescent, Apt 9, Tacoma, WA 98402", "482 Alder", "Tacoma", "98402"],
  ["Social security number, please.", "219-09-9931", "219-09-9931"],
  ["Your medical record number?", "It is MRN 00478213.", "00478213"],
  ["What insurance do you have?", "Medicare, the number is 1EG4-TE5-MK73.", "1EG4-TE5-MK73"],
  ["And the secondary plan's member ID?", "Member ID WXB9920471, group 55210.", "WXB9920471", "55210"],
  ["Which account should the balance go to?", "Account number 40019283745.", "40019283745"],
  ["How would you like to pay?", "Visa 4111 1111 1111 1111, expires 04/28, CVV 731.", "4111 1111 1111 1111", "731"],
  ["Driver's licence for the file?", "Driver's license D8812204, Washington.", "D8812204"],
  ["Who referred you?", "Dr. Ignatius Pemberlin, NPI 1234567893.", "Ignatius", "Pemberlin", "1234567893"],
  ["What do you drive, for the parking permit?", "VIN 1HGCM82633A004352, plate BKR 4471.", "1HGCM82633A004352", "4471"],
  ["What pump do you use?", "An insulin pump, serial number SN-7739021-X.", "7739021"],
  ["Did you use our portal?", "Yes: https://portal.example.org/u/obrackenridge", "obrackenridge"],
  ["From which computer?", "The IP address was 203.0.113.77.", "203.0.113.77"],
  ["Was your voiceprint enrolled?", "Yes, voiceprint ID VP-88213-Q.", "88213"],
  ["Do you have a case number?", "Case number 77-104-2291.", "77-104-2291"],
  ["When were you admitted?", "I was admitted on May 3rd, 2024 and left on 05/07/2024.", "May 3rd, 2024", "05/07/2024"],
  ["To which hospital?", "St. Brannoc's Medical Center in Yakima.", "Brannoc", "Yakima"],
  ["Whom may we talk to?", "My mother, Euphemia Brackenridge, she is 94.", "Euphemia", "94"],
  ["Anybody else?", "My husband Cornelius Okonjo-Vance.", "Cornelius", "Okonjo"],
  ["His phone?", "509.555.0164", "555.0164"],
  ["Claim number of the accident?", "Claim number CLM-2024-118820.", "118820"],
  ["Which bank for the refund?", "Routing number 021000021, account 88120034.", "021000021", "88120034"],
  ["Your prescription number?", "Rx number 6650913.", "6650913"],
  ["Passport, for the overseas form?", "Passport number 563018274.", "563018274"],
  ["Shall I read it back?", "Please, it is Ottoline Brackenridge, 219-09-9931.", "Ottoline", "219-09-9931"],
];

const SPOKEN: readonly Exchange[] = [
  ["Who am I speaking with?", "Hi, my name is Ottoline Brackenridge.", "Ottoline", "Brackenridge"],
  ["How do you spell the last name?", "B-R-A-C-K-E-N-R-I-D-G-E.", "B-R-A-C-K"],
  ["And your date of birth?", "March fourteenth, nineteen eighty-two.", "March fourteenth", "eighty-two"],
  ["What is the best phone number?", "It's four one five, five five five, oh one three two.", "oh one three two"],
  ["Do you have a fax?", "The fax number is 415 555 0190.", "555 0190"],
  ["What e-mail can we write to?", "Sure, o dot brackenridge at example dot org.", "brackenridge at example"],
  ["Your home address?", "Four eighty-two Alder Crescent, Tacoma, Washington 98402.", "Alder Crescent", "Tacoma"],
  ["Social security number, please.", "Two one nine, zero nine, nine nine three one.", "nine nine three one"],
  ["Your medical record number?", "My MRN is zero zero four seven eight two one three.", "four seven eight two"],
  ["And your member ID?", "The member ID is W X B nine nine two zero four seven one.", "nine nine two zero"],
  [
    "How would you like to pay?",
    "Visa, four one one one, one one one one, one one one one, one one one one.",
    "one one one one",
  ],
  ["Who is your doctor?", "Doctor Ignatius Pemberlin.", "Ignatius", "Pemberlin"],
  ["When were you admitted?", "On May third, twenty twenty-four.", "May third"],
  ["To which hospital?", "To St. Brannoc's Medical Center.", "Brannoc"],
  ["Whom may we talk to?", "My mother, Euphemia Brackenridge. She's ninety-four.", "Euphemia", "ninety-four"],
  ["Claim number?", "The claim number is C L M one one eight eight two zero.", "one one eight eight two zero"],
  [
    "Serial number of your pump?",
    "The serial number is S N seven seven three nine zero two one.",
    "seven seven three nine",
  ],
  ["What is your license plate?", "My license plate is B K R four four seven one.", "four four seven one"],
  ["And the confirmation number?", "Confirmation number seven seven one oh four.", "seven seven one oh four"],
  ["Driver's license number?", "It's D, eight eight one two two zero four.", "eight eight one two two zero four"],
];

const ASR: readonly Exchange[] = [
  ["Who am I speaking with?", "yeah hi this is ottoline brackenridge calling", "ottoline", "brackenridge"],
  ["And your date of birth?", "uh march fourteenth nineteen eighty two", "march fourteenth", "eighty two"],
  ["What is the best phone number?", "four one five five five five oh one three two", "oh one three two"],
  ["Did you say four one five?", "yes four one five then five five five oh one seven seven", "oh one seven seven"],
  ["What e-mail can we write to?", "it's o dot brackenridge at example dot org", "brackenridge at example"],
  [
    "Your home address?",
    "four eighty two alder crescent tacoma washington nine eight four zero two",
    "alder crescent",
    "tacoma",
  ],
  ["Social security number, please.", "two one nine oh nine nine nine three one", "nine nine three one"],
  ["The last four?", "nine nine three one", "nine nine three one"],
  [
    "Your medical record number?",
    "my chart number is zero zero four seven eight two one three",
    "seven eight two one three",
  ],
  ["And your member ID?", "member id w x b nine nine two zero four seven one", "nine nine two zero"],
  [
    "How would you like to pay?",
    "visa four one one one one one one one one one one one one one one one",
    "one one one one",
  ],
  ["Who is your doctor?", "doctor ignatius pemberlin", "ignatius", "pemberlin"],
  ["When were you admitted?", "on may third twenty twenty four", "may third"],
  ["To which hospital?", "saint brannoc's medical center", "brannoc"],
  ["Whom may we talk to?", "my mother euphemia brackenridge she's ninety four", "euphemia", "ninety four"],
  ["Claim number?", "claim number c l m one one eight eight two zero", "one one eight eight two zero"],
  ["What is your license plate?", "my license plate is b k r four four seven one", "four four seven one"],
  ["And the confirmation number?", "confirmation number seven seven one oh four", "seven seven one oh four"],
];

export const CALLS: readonly (readonly [register: string, exchanges: readonly Exchange[]])[] = [
  ["written", WRITTEN],
  ["spoken", SPOKEN],
  ["asr", ASR],
];
