/** Words that name diseases, tests, brands and regions rather than persons or places of a patient. Lower case, whole words. */

const EPONYMS = `addison alzheimer's alzheimers alzheimer apgar asperger's asperger babinski baker's barrett's barretts behcet's bell's bells bishop bouchard's braden braxton burkitt's bovie cheyne chiari chvostek's colles crohn's crohns crohn cushing's cushings
de down's downs duchenne dupuytren's dupuytrens ehlers danlos epley epstein barr erb's ewing's fallot foley fowler's friedreich's gaucher's gilbert's glasgow gram graves graves' guillain barre hashimoto hashimoto's hashimotos heberden's heimlich hicks hirschsprung's hodgkin hodgkin's hodgkins
homans horner's huntington's huntingtons jones kaposi kawasaki kegel kegels klinefelter krukenberg kussmaul lachman lewy lisfranc lou gehrig's lyme mallory weiss marfan marfans mcburney's mcmurray meniere's menieres meckel's moro morton's munchausen murphy's osgood schlatter osler paget's papanicolaou parkinson's parkinsons parkinson
peyronie's phalen pott's pott prader willi pugh quervain's raynaud's raynauds raynaud reye's romberg rorschach schwann sjogren's sjogrens snellen spurling stevens-johnson stokes tay sachs tinel tourette's tourettes tourette trendelenburg trousseau turner's valsalva virchow von willebrand weber wernicke whipple wilson's wilms zollinger ellison
budd leopold's mcroberts katz barthel bartholin's bartholin roux billroth hartmann nissen tommy kirschner steinmann mohs ludwig's korotkoff bence vincent's yale brown child-pugh`;

const BRANDS = `aetna ambetter anthem cigna humana kaiser molina oscar centene wellcare medicare medicaid tricare medi-cal bluecross cvs walgreens walmart costco kroger safeway publix target amazon uber lyft goodrx quest labcorp optum caremark express scripts unitedhealthcare united uhc rite aid
medtronic abbott dexcom omnipod libre tandem resmed philips fitbit apple google zoom mychart epic cologuard humalog novolog lantus ozempic trulicity wegovy mounjaro jardiance farxiga xarelto eliquis lipitor crestor plavix metformin lisinopril tylenol advil motrin aleve zyrtec claritin benadryl pepto tums prilosec nexium
zofran lexapro zoloft prozac wellbutrin xanax ativan klonopin adderall ritalin vyvanse humira enbrel keytruda synthroid lasix coumadin warfarin albuterol ventolin symbicort advair flonase singulair gabapentin neurontin lyrica celebrex valtrex keppra lamictal depakote seroquel abilify silvadene neosporin micra cialis viagra`;

const REGIONS = `alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada hampshire jersey mexico ohio oklahoma oregon
pennsylvania tennessee texas utah vermont wisconsin wyoming usa america american mexico canada england france germany spain italy china india japan kenya nigeria ghana philippines vietnam korea haiti cuba jamaica brazil colombia peru ukraine russia poland ireland scotland wales australia`;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Names of diseases, signs, tests and scores; a title before them makes them persons. */
export const EPONYM_WORDS = words(EPONYMS);
/** Bare brands of plans, pharmacies, products and drugs. */
export const BRAND_WORDS = words(BRANDS);
/** States and countries, which are no identifiers alone. */
export const REGION_WORDS = words(REGIONS);

/** Stems of international nonproprietary names (WHO), long enough that no person's name ends so. */
const DRUG_STEMS =
  /.{2,}(?:oxicam|pril|sartan|statin|olol|conazole|mycin|cillin|floxacin|gliptin|gliflozin|glutide|tinib|zumab|ximab|limumab|azepam|azolam|oxetine|prazole|tidine|dipine|formin|parin|xaban|triptan|cyclovir|asone|isolone|phylline|codone|profen|thiazide|semide|gabalin|setron|barbital|caine)$/;

/** True for a word that ends like a drug's generic name. */
export function isDrugName(word: string): boolean {
  // The bound keeps a spelling of a megabyte from being searched at every place.
  return word.length <= 30 && DRUG_STEMS.test(word);
}
