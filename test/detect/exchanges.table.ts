/**
 * Short exchanges: A the agent, U the caller, S the system, T a tool's result. Identifiers between « and ».
 * Behind `=` the kind that every mark of the exchange has; none where the exchange holds no identifier. Invented.
 */
export const EXCHANGES = `
A: What's your member number?
U: «eight eight one two»
A: Go ahead.
U: «four four oh seven»
A: So «8812 4407»?
U: yes
= HEALTH_PLAN_ID

A: Can I have your date of birth?
U: «march ninth seventy one»
= DOB

A: And your date of birth please?
U: «oh four twelve eighty eight»
A: «April 12th, 1988», correct?
U: that's right
= DOB

A: Your birthday?
U: «June 3rd»
A: And the year?
U: «nineteen sixty six»
= DOB

A: What number can we reach you at?
U: «six two eight»
A: Mm-hm.
U: «five five five»
A: Okay.
U: «oh one one seven»
= PHONE

A: What's a good callback number?
U: «628-555-0117»
A: Is that a cell?
U: yeah it's a cell
= PHONE

A: Your phone number, starting with the area code?
U: «six two eight five five five oh one one seven»
A: I have «628-555-0117».
U: no «six two nine» sorry
A: «629-555-0117»?
U: yes
= PHONE

A: Is there an extension?
U: «four two»
= PHONE

A: Could you give me the last four of your social?
U: «one one seven three»
= SSN

A: And your Social Security number?
U: «five two nine»
A: Uh-huh.
U: «forty eight»
A: And the rest?
U: «eleven seventy three»
= SSN

A: May I have your medical record number?
U: let me look uh «four four seven one eight oh two»
= MRN

A: What does the wristband say for the record number?
U: «K 2 0 4 1 8»
= MRN

A: What's the group number on the card?
U: «five five two oh one»
= HEALTH_PLAN_ID

A: Please read me the Medicare number.
U: «one e g four»
A: Yes.
U: «t e five m k seven three»
= HEALTH_PLAN_ID

A: What's the claim number?
U: it says «three one seven d»
A: Go on.
U: «eight five two»
= ACCOUNT

A: Which account is this about?
U: «88402 137»
= ACCOUNT

A: What card would you like to use?
U: «four five five six»
A: Mm-hm.
U: «seven three seven five»
A: Mm-hm.
U: «eight six eight nine»
A: Mm-hm.
U: «nine eight five five»
= CREDIT_CARD

A: What's the expiration date on the card?
U: «oh nine twenty seven»
= ACCOUNT

A: And the security code on the back?
U: «three one eight»
= ACCOUNT

A: Your routing number?
U: «oh two one triple zero oh two one»
= ACCOUNT

A: What's your NPI, doctor?
U: «one two four five three one nine five nine nine»
= LICENSE

A: Driver's license number?
U: «d four four eight»
A: Okay.
U: «two oh one one»
= LICENSE

A: And your DEA number?
U: «a b one two three four five six three»
= LICENSE

A: Passport number please.
U: «K30517762»
= LICENSE

A: What's the license plate?
U: «seven k l m»
A: Got it.
U: «three two one»
= VEHICLE

A: Can you read me the VIN?
U: «one h g c m eight two six three three a oh oh four three five two»
= VEHICLE

A: What's the serial number on the pump?
U: «b as in boy four four two nine oh»
= DEVICE

A: And the IMEI of the tablet?
U: «490154203237518»
= DEVICE

A: What is the transmitter's serial number?
U: «eight g x»
A: Yes?
U: «two two one»
= DEVICE

A: What's your email address?
U: «j dot park at gmail dot com»
A: Got it.
= EMAIL

A: Email?
U: «k lee seventy two at yahoo dot com»
A: Was that «klee72@yahoo.com»?
U: yep
= EMAIL

A: What's the prescription number on the bottle?
U: «six six three oh nine one four»
= OTHER_ID

A: Do you have a confirmation number?
U: «seven f three»
A: Mm-hm.
U: «k two two»
= OTHER_ID

A: What's the case number?
U: «20-11874»
= OTHER_ID

A: Your four digit PIN?
U: «four four one two»
= OTHER_ID

A: And your employee ID?
U: «four four two one eight»
= OTHER_ID

A: What's your ZIP code?
U: «nine eight four oh two»
= ADDRESS

A: And the ZIP?
U: «45402»
= ADDRESS

A: What's your street address?
U: «four eighteen quincy street»
A: Any apartment number?
U: «6 b»
= ADDRESS

A: How old is your mother?
U: «ninety four»
= AGE

A: How old is he?
U: he's «ninety seven»
= AGE

A: How old are you?
U: forty two

A: What's your fax number?
U: «six two eight five five five oh one nine oh»
= FAX

A: And the fax?
U: «628-555-0190»
= FAX

A: What's the voiceprint ID on the form?
U: «v p eight eight two one three»
= BIOMETRIC

A: What IP address does the router show?
U: «one ninety two dot one sixty eight dot one dot four»
= IP_ADDRESS

A: Can you spell your last name?
U: «v a s z a r y»
= NAME

A: And how do you spell that?
U: «W-I-E-D-E-R»
= NAME

A: What's your username?
U: «quill underscore feather seven»
= OTHER_ID

A: When was your last visit?
U: «march fifth»
= DATE

A: What date works for you?
U: «the twelfth»
= DATE

A: Which day, «the tenth» or «the eleventh»?
U: «the eleventh» please
= DATE

A: When was the surgery?
U: «two nine twenty three»
= DATE

U: my member number is «four four one»
A: Mm-hm, go ahead.
U: «seven seven two nine»
= HEALTH_PLAN_ID

U: the MRN is «four four seven»
A: Yes?
U: «one eight oh two»
= MRN

U: you can reach me at «six two eight five five five»
A: I'm listening.
U: «oh one one seven»
= PHONE

A: What's your policy number?
U: «h four four seven one»
A: Is there more?
U: dash «two two oh»
= HEALTH_PLAN_ID

A: Member number?
U: it's «w two two oh»
A: Right.
U: «one eight»
A: And then?
U: «eight four three seven»
= HEALTH_PLAN_ID

A: Your member ID, please.
U: «w two two oh one eight» no sorry «one nine»
= HEALTH_PLAN_ID

A: Can I get the reference number?
U: «t z seven one nine oh two»
A: «TZ 71902»?
U: yes
= OTHER_ID

A: Your student ID?
U: «nine zero zero four one seven seven three six»
= OTHER_ID

A: What's the invoice number?
U: «i n v two oh four four eight»
= ACCOUNT

A: Number on the badge?
U: «t four four one nine»
= OTHER_ID

A: What's your subscriber ID?
U: «a b c one two three four five six seven eight nine»
= HEALTH_PLAN_ID

A: Can you tell me the tracking number?
U: sure «nine four double oh one one one eight»
= OTHER_ID

A: What's your blood sugar right now?
U: one eighty two

A: And your weight?
U: two hundred twelve

A: What was your blood pressure?
U: one thirty over eighty five

A: How many pills do you have left?
U: about twelve

A: On a scale of one to ten?
U: maybe seven

A: What dose are you taking?
U: five hundred twice a day

A: What time works?
U: three thirty

A: How many units?
U: twenty two

A: What's your temperature?
U: one oh one point four

A: How long has it hurt?
U: three or four days

A: What year was that?
U: two thousand nineteen

A: How tall are you?
U: five foot six

A: How much was the copay?
U: forty five

A: What's your A1c?
U: seven point two

A: How many times a day?
U: two

A: Is it the one on the left or on the right?
U: the first one

A: Press one for billing, two for refills.
U: two

A: Which floor?
U: the third floor

A: Oxygen level?
U: ninety four

A: What were your last four readings?
U: one ten one twenty two ninety eight and one thirty

A: Was that 10 or 20 milligrams?
U: twenty

A: How many weeks pregnant are you?
U: thirty one

A: How old is your son?
U: he's six

A: What's your pulse?
U: seventy two

A: How many hours did you sleep?
U: four maybe five

A: Do you need an interpreter?
U: no

A: What pharmacy do you use?
U: the one on the corner

A: Your date of birth?
U: «4/12/1988»
A: And your phone?
U: «628 555 0117»
= -

A: Date of birth?
U: «april twelfth»
A: Year?
U: «eighty eight»
= DOB

A: What's your birth date?
U: «the twelfth of april nineteen eighty eight»
= DOB

A: What is the patient's date of birth?
U: «1949-03-15»
= DOB

A: Birth date?
U: «five five fifty five»
= DOB

T: {"member_id":"«W2201884»","status":"active"}
A: I found member «W2201884».
= HEALTH_PLAN_ID

T: {"mrn":"«4471802»","room":"214","bed":"2"}
A: Your record «4471802» is open.
= MRN

T: {"phone":"«+16285550117»","preferred":true}
U: my number is «six two eight five five five oh one one seven»
= PHONE

T: {"dob":"«1988-04-12»","age":36}
A: I have «April 12, 1988».
= DOB

T: {"order_id":"«ORD-99120»","qty":90,"refills":2}
A: Order «ORD-99120» has two refills.
= OTHER_ID

T: {"ssn":«529481173»}
A: Verified.
= SSN

T: {"email":"«j.park@example.com»","opt_in":false}
A: I'll send it to «j.park@example.com».
= EMAIL

T: {"vitals":{"bp":"120/80","pulse":72},"a1c":7.2}
A: Your blood pressure was 120/80.

T: {"drug":{"name":"Metformin","strength":"500 mg","ndc":"00093-1048-01"}}
A: That's metformin 500 milligrams.

T: {"npi":"«1245319599»","specialty":"cardiology"}
A: The NPI is «1245319599».
= LICENSE

T: {"claim_number":"«317D852»","amount":310.5}
A: Claim «317D852» was paid.
= ACCOUNT

T: {"device":{"serial":"«BXK230118»","model":"Sense 4"}}
A: Serial «BXK230118».
= DEVICE

T: {"slots":[{"time":"09:30","provider_type":"NP"}]}
A: I have nine thirty with a nurse practitioner.

T: {"appointment":{"start":"«2025-07-14»T09:20:00-05:00","visit_type":"follow-up"}}
A: You're set for «July 14th».
= DATE

T: {"plate":"«HTR-2207»","color":"blue"}
A: Plate «HTR-2207».
= VEHICLE

T: {"ip":"«203.0.113.77»","ok":true}
A: I see a login from «203.0.113.77».
= IP_ADDRESS

S: Today is a weekday. Ask for the member number, then the date of birth. Offer 30 minute slots.
A: What's your member number?
U: «four four one two nine»
= HEALTH_PLAN_ID

S: Never give doses above 400 mg. If in danger, dial 911.
A: How can I help?
U: I need a refill

U: my mrn is «4471802»
A: Thanks.
U: and I weigh 182
= MRN

U: call me on «628-555-0117»
A: Will do.
U: after 5 is better
= PHONE

U: the plate is «HTR 2207»
A: Thanks, «HTR 2207», parked on level 2.
= VEHICLE

U: my confirmation is «7F3K22»
A: Found «7f3k22».
= OTHER_ID

U: I take the 40 in the morning and the 20 at night
A: So 40 and 20?
U: yes

U: it was ninety eight point six
A: Good.

U: my social is «five two nine forty eight eleven seventy three»
A: «529-48-1173», thank you.
= SSN

U: my claim got denied, «317 D 852»
A: I see «317D852».
= ACCOUNT

U: fax it to «628 555 0190»
A: Faxing to «628-555-0190».
= FAX

U: rx «six six three oh nine one four»
A: Is that «6630914»?
U: uh huh
= OTHER_ID

A: Please say or enter your ten digit phone number.
U: «6285550117»
= PHONE

A: Enter the last four digits of the card.
U: «9855»
= CREDIT_CARD

A: Can you confirm the last four of the phone number?
U: «oh one one seven»
= PHONE

A: What's the number on your insurance card?
U: «x o p nine nine one two three four»
= HEALTH_PLAN_ID

A: And the group?
U: «oh oh eight eight one»
= HEALTH_PLAN_ID

A: Do you have your Medicaid ID handy?
U: yeah it's «eight eight one two oh four four»
= HEALTH_PLAN_ID

A: What's the auth number?
U: «six six two oh nine»
= OTHER_ID

A: What is the accession number on the report?
U: «a as in apple two two nine one»
= OTHER_ID

A: Referral number?
U: «r f four four oh nine one»
= OTHER_ID

A: And the tag on the wheelchair?
U: «q r t five five one nine»
= VEHICLE

A: Whats the website?
U: «oak dental dot com slash forms»
= URL

A: What's the session ID on your screen?
U: «s e s s eight eight one two»
= OTHER_ID

A: What's your locker number?
U: «four one two»
= OTHER_ID

A: Checking account number?
U: «four four one oh»
A: And?
U: «two two eight eight one nine»
= ACCOUNT

A: Your apartment?
U: «twelve c»
= ADDRESS

A: What's your zip?
U: it's «four five four oh two»
A: Thanks. How many people live with you?
U: three
= ADDRESS

A: What's your member number?
U: I don't have it
A: That's fine. How many pills are left?
U: twelve

A: What's your phone number?
U: can I give you my wife's
A: Sure.
U: «628 555 0118»
= PHONE

A: Any allergies?
U: penicillin since I was six

A: What's your account number?
U: hold on
A: Take your time.
U: okay it's «88402»
A: Mm-hm.
U: «137»
= ACCOUNT

A: What's your Humana ID?
U: «h four four one two two nine oh»
= HEALTH_PLAN_ID

A: Could I get the bank account number for the refund?
U: «four four one oh two two eight»
= ACCOUNT

A: Which pacemaker do you have, and what's the serial?
U: «b x k two three oh»
A: Mm-hm.
U: «one one eight»
= DEVICE

A: And the best phone number for you?
U: uh «six two eight» that's the new one «five five five oh one one seven»
= PHONE

A: What's the copay you were charged?
U: sixty

A: Is that the 5 or the 10 milligram?
U: the ten

A: What's the trip number for your ride?
U: «four four oh nine one»
= OTHER_ID

A: When did she fall?
U: «the fifth of march» around noon
= DATE

A: Chart number, please?
U: «b two two nine one»
A: B as in boy?
U: yes «b as in boy two two nine one»
= MRN
`;
