import type { Run } from "../spoken/runs.ts";
import { DIGIT_WORDS, TEEN_WORDS, TEN_WORDS } from "../spoken/words.ts";
import type { Token } from "../text/tokens.ts";
import { UNITS } from "./units.ts";

/** Cues of numbers that are no identifiers: vital signs, laboratory values, doses, codes of systems, money. */
export const HARMLESS_CUES: readonly string[] =
  `blood pressure, bp, pressure, systolic, diastolic, pulse, heart rate, hr, resp, rr, temp, temperature, oxygen,
o2, sat, sats, spo2, weight, weigh, weighs, weighed, height, bmi, a1c, hba1c, hemoglobin, glucose, sugar,
sugars, blood sugar, cholesterol, ldl, hdl, triglycerides, creatinine, egfr, gfr, potassium, sodium, inr, tsh,
psa, wbc, platelets, platelet, hematocrit, ferritin, troponin, bnp, vitamin, icd, icd 10, icd 9, cpt, hcpcs,
loinc, ndc, snomed, cvx, rxnorm, drg, carc, rarc, procedure code, diagnosis code, billing code, dx code, revenue
code, modifier, taxonomy, copay, co pay, deductible, coinsurance, price, cost, costs, costing, total, balance
of, owe, owed, paid, payment of, charge of, charged, amount, budget, salary, fee, premium, balance, room, bed,
floor, suite, gate, lane, level, stage, grade, step, bay, desk, option, press, version, model, size, channel,
chapter, lot, lot number, batch, route, highway, score, scale, scored, apgar, apgars, gcs, mmse, phq, gad, ef,
ejection fraction, range, between, extension cord, dose, doses, carbs, calories, count to, counting, timeout,
retry, temperature of, max tokens, top p, latency, http, status, error code, exit code, error, port, build,
release, lisinopril, metformin, atorvastatin, amlodipine, losartan, gabapentin, levothyroxine, insulin, lantus,
humalog, novolog, prednisone, warfarin, aspirin, ibuprofen, tylenol, acetaminophen, omeprazole, sertraline,
metoprolol, hydrochlorothiazide, furosemide, lasix, eliquis, xarelto, plavix, crestor, lipitor, zoloft, every,
social history, social work, social worker, social workers, social anxiety, social media, social drinker, social
life, group therapy, group home, support group, age group, muscle group, blood group, family member, staff
member, team member, chart review, growth chart, twenty four seven, growth charts, insurance plan, savings card,
in case, worst case, case manager, case management, in order, on order, doctors order, standing order, how many,
how much, how long, how tall, how far, how often, what time, what dose, readings, reading, about, around,
roughly, almost, approximately, at least, up to, less than, more than`.split(/,\s+/);

const COUNTED_UP = "0123456789012345678910111213141516171819202122232425";
const COUNTED_DOWN = "302928272625242322212019181716151413121110987654321000";

/** "one two three four five", "two four six eight ten": counting, not a number. */
export function isCounting(run: Run): boolean {
  const { compact } = run;
  if (compact.length >= 4 && (COUNTED_UP.includes(compact) || COUNTED_DOWN.includes(compact))) return true;
  const values = run.atoms.filter((atom) => atom.type === "digits").map((atom) => Number(atom.text));
  const isRising = values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
  // Written groups with a hyphen or dots between them are a number however they rise.
  if (!run.spoken && run.joints.length === 0) return false;
  return values.length >= 4 && isRising && values.every((value) => value < 100);
}

/** A written form that says what it is: a decimal, a time, a fraction or reading, a thousands group. */
export function isMeasureForm(run: Run): boolean {
  return (
    (run.atoms.length === 1 && run.atoms[0]?.cardinal === true && !run.spoken) ||
    /^(?:\d{1,4}(?:MG|MCG|ML|CC|KG|CM|MM|MMH2O|MMHG|IU|MEQ|DL|BPM)){1,3}$/.test(run.compact) ||
    /^\d{1,4}\.\d{1,3}$/.test(run.grouped) ||
    /^\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?[AP]?M?$/.test(run.grouped) ||
    (!(run.spoken && isDayAndMonth(run.grouped)) && /^\d{1,3}\/\d{1,3}(?: ?[LR])?$/.test(run.grouped)) ||
    (!run.spoken && /^\d{1,3}(?:\.\d+)? ?- ?\d{1,3}(?:\.\d+)?$/.test(run.grouped))
  );
}

/** "nine slash four": a month and a day. */
function isDayAndMonth(grouped: string): boolean {
  return /^(?:[1-9]|1[0-2])\/(?:[1-9]|[12]\d|3[01])$/.test(grouped);
}

/** "at six ten", "before twelve thirty": a time of day. */
export function isTimeLike(tokens: readonly Token[], run: Run): boolean {
  const before = tokens[run.first - 1]?.text ?? "";
  if (before === "at" && /^0\d[0-5]\d$/.test(run.grouped)) return true;
  return (
    /^(?:1[0-2]|[1-9])(?:[0-5]\d)?$/.test(run.compact) &&
    /^(?:at|time|before|after|until|till|by|around|noon)$/.test(before)
  );
}

function isNumberWord(token: Token | undefined): boolean {
  return (
    token !== undefined &&
    (token.type === "digits" ||
      DIGIT_WORDS.has(token.text) ||
      TEEN_WORDS.has(token.text) ||
      TEN_WORDS.has(token.text) ||
      token.text === "hundred")
  );
}

/** True when the token after the run says that the run was a quantity. */
export function isMeasured(tokens: readonly Token[], run: Run): boolean {
  let next = tokens[run.last + 1];
  let at = run.last + 1;
  if (next?.type === "mark" && (next.text === "-" || next.text === ".") && tokens[at + 1]?.spaced === false)
    next = tokens[++at];
  // "one thirty over eighty"
  if (next?.text === "over" && run.compact.length <= 3 && isNumberWord(tokens[at + 1])) return true;
  if (tokens[run.first - 1]?.text === "over" && run.compact.length <= 3 && isNumberWord(tokens[run.first - 2]))
    return true;
  if (next === undefined) return false;
  if (next.text === "%" || next.text === "°") return true;
  if (next.type !== "word") return false;
  if ((next.text === "a" || next.text === "p") && tokens[at + 1]?.text === "m") return true;
  if ((next.text === "a" || next.text === "p") && tokens[at + 1]?.text === "." && tokens[at + 2]?.text === "m")
    return true;
  if (next.text === "or" || next.text === "to" || next.text === "and") {
    // "five or six days"
    const unit = tokens[at + 2];
    return run.compact.length <= 3 && unit !== undefined && UNITS.has(unit.text);
  }
  if (!UNITS.has(next.text)) return false;
  // A long number is not measured by a word that also goes on with the sentence.
  return run.compact.length <= 4 || !LOOSE_UNITS.has(next.text);
}

const LOOSE_UNITS: ReadonlySet<string> = new Set(
  `twice daily nightly bid tid day days patch shot number am pm month week item person people letters digits
  characters minute points cards visits minutes in over out per can second time times x s f c l g something ish
  may pen step`.split(/\s+/),
);

/** "valid to 2031", "since 1998": a year, not a code. */
export function isYearAlone(tokens: readonly Token[], run: Run): boolean {
  return (
    /^(?:19|20)\d\d$/.test(run.compact) &&
    /^(?:in|to|until|since|of|by|through|thru|from|year|around|before|after|during|early|late|till|back)$/.test(
      tokens[run.first - 1]?.text ?? "",
    )
  );
}

/** True when money, "about" or the like stands right before. */
export function isPriced(tokens: readonly Token[], run: Run): boolean {
  const before = tokens[run.first - 1];
  return before !== undefined && (before.text === "$" || before.text === "£" || before.text === "€");
}

const PUBLIC_NUMBERS: ReadonlySet<string> = new Set([
  "911",
  "988",
  "211",
  "311",
  "411",
  "511",
  "711",
  "811",
  "999",
  "112",
]);

/** Emergency and information numbers that belong to nobody. */
export function isPublicNumber(compact: string): boolean {
  return PUBLIC_NUMBERS.has(compact);
}

/** A code of a classification: ICD-10 ("E11.65", "j forty four"), a claim adjustment reason. */
export function isCodeOfSystem(run: Run): boolean {
  return (
    /^[A-TV-Z]\d[\dAB](?:\.[\dA-Z]{1,4})?$/.test(run.grouped) ||
    /^(?:CO|PR|OA|PI)-?\d{1,3}$|^\d{5}-\d{2}$/.test(run.grouped)
  );
}

/** Vitamins, hormones, levels of the spine, and the like: letters and digits of a clinic, never issued to anybody. */
export function isClinicalShorthand(run: Run): boolean {
  return /^A?(?:A1C|B12|B6|D3|T[34]|H1N1|CMS1500|UB04|HCFA1500|CO2|O2|COVID19|Q\d{1,2}H?|PHQ[29]|GAD[27]|W[249]|I9|1099|109[589][A-C]?|(?:C[1-8]|T\d|T1[0-2]|L[1-6]|S[1-5])(?:C[1-8]|T\d|T1[0-2]|L[1-6]|S[1-5])?)$/.test(
    run.compact,
  );
}
