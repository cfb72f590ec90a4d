/** What a number counts or measures when one of these follows it. */
export const UNITS: ReadonlySet<string> = new Set(
  `mg mcg ug g gm gram grams kg kilo kilos kilogram kilograms milligram milligrams microgram micrograms mics ml cc
  ccs milliliter milliliters millilitre millilitres liter liters litre litres l unit units iu meq mmol mol percent
  % degree degrees ° pound pounds lb lbs ounce ounces oz stone foot feet ft inch inches in cm mm centimeter
  centimeters millimeter millimeters mile miles km yard yards meter meters tablet tablets tab tabs pill pills
  capsule capsules caps puff puffs drop drops spray sprays patch patches dose doses refill refills shot shots vial
  vials pen pens teaspoon teaspoons tablespoon tablespoons cup cups glass glasses can cans bottle bottles year
  years yr yrs month months mo week weeks wk wks day days hour hours hr hrs minute minutes min mins second seconds
  sec secs s ms am pm o'clock oclock hundred thousand million billion dollar dollars buck bucks cent cents grand
  euro euros pounds time times x people person kids children steps step stairs pages questions points beats bpm
  mmhg breaths calories carbs carb cal kcal volts watts hz words char chars characters letters digits digit items
  item rings tries attempts sessions visits weeks' ish something bytes kb mb gb tokens rpm mph french gauge weeker
  over out per mmh cmh packs pack cigarettes beers drinks stitches staples wpm semanas dias años horas pastillas
  stars sets reps laps miligramos hertz liters rounds meals nights mornings degrees fahrenheit celsius f c kph bid
  tid qid qd prn daily po iv nightly twice ips psi decibels amps milliamps`.split(/\s+/),
);
