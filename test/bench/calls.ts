/** Invented calls from a seed: no text comes twice, and about half of the turns hold identifiers. */

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** Repeatable random numbers in [0, 1) (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const FIRST = ["Maria", "James", "Aiko", "Priya", "Olu", "Svetlana", "Hector", "Fatima", "Grace", "Liam"];
const SYLLABLES = ["bar", "ten", "kov", "mi", "ra", "sol", "vik", "dan", "qui", "lo", "fer", "nan", "tam", "os"];
const WORDS =
  "the appointment medicine pharmacy morning afternoon doctor nurse refill dose pain knee cough fever insurance card copay visit results blood pressure sugar allergy rash sleep back shoulder clinic nothing maybe really because before after again still better worse please thank you okay sure well actually when where how often twice daily with food water".split(
    " ",
  );

/** One call as it grows; a turn's text is new in every call of every seed. */
export class Call {
  readonly #random: () => number;
  readonly #name: string;
  readonly messages: Message[];

  constructor(seed: number) {
    this.#random = randomFrom(seed);
    this.#name = `${this.#one(FIRST)} ${this.#surname()}`;
    this.messages = [{ role: "system", content: SYSTEM_PROMPT }];
  }

  /** The request of the next turn: everything said so far, the answer as far as it came, and something new. */
  next(answer = ""): readonly Message[] {
    if (this.messages.length > 1) this.messages.push({ role: "assistant", content: answer || this.#answer() });
    this.messages.push({ role: "user", content: this.#said() });
    return [...this.messages];
  }

  #said(): string {
    const filler = this.words(20);
    const at = Math.floor(this.#random() * 8);
    if (this.messages.length === 1) return `Hi, my name is ${this.#name}, ${filler}.`;
    if (at === 0) return `You can call me at 415-555-${this.#digits(4)}, ${filler}.`;
    if (at === 1) return `My member ID is XQ${this.#digits(7)} and ${filler}.`;
    if (at === 2)
      return `I was born on ${1 + Math.floor(this.#random() * 12)}/${10 + Math.floor(this.#random() * 18)}/19${50 + Math.floor(this.#random() * 49)}, ${filler}.`;
    if (at === 3) return `my number is four one five five five five ${this.#spoken(4)} and ${filler}`;
    return `${filler}, ${this.words(8)}.`;
  }

  #answer(): string {
    return `Thank you, ${this.#name}. ${this.words(12)}?`;
  }

  words(count: number): string {
    return Array.from({ length: count }, () => this.#one(WORDS)).join(" ");
  }

  #surname(): string {
    const name = `${this.#one(SYLLABLES)}${this.#one(SYLLABLES)}${this.#one(SYLLABLES)}`;
    return name.charAt(0).toUpperCase() + name.slice(1);
  }

  #digits(count: number): string {
    return Array.from({ length: count }, () => Math.floor(this.#random() * 10)).join("");
  }

  #spoken(count: number): string {
    const digits = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    return Array.from({ length: count }, () => this.#one(digits)).join(" ");
  }

  #one(list: readonly string[]): string {
    return list[Math.floor(this.#random() * list.length)] ?? "";
  }
}

/** What an agent is told, about 170 words; the same in every call. */
const SYSTEM_PROMPT = [
  "You are the telephone assistant of a clinic. You help callers to make, move and cancel appointments, to ask for a refill",
  "of a prescription and to leave a message for the nurse. Speak in short sentences, one question at a time. Ask for the full",
  "name and the date of birth first, then for the telephone number. Read numbers back digit by digit and wait for a yes. Never",
  "give medical advice; when somebody tells of chest pain, trouble breathing or thoughts of harming themselves, tell them to",
  "call the emergency number at once. Appointments last twenty minutes; the first is at eight in the morning, the last at half",
  "past four. On Fridays the clinic closes at noon. A refill takes two working days. If the caller is angry, stay kind and",
  "offer a call back. If you do not understand, say so and ask again. When everything is done, sum up what was agreed, ask if",
  "there is anything else, and say goodbye.",
].join(" ");

const LONG_PROMPT_WORDS = 4_000;

/** The first turn of a call with a very long system prompt and many tools: nothing of it was seen before. */
export function longPrompt(seed: number): {
  readonly messages: readonly Message[];
  readonly tools: readonly unknown[];
} {
  const call = new Call(seed);
  const paragraphs = Array.from({ length: LONG_PROMPT_WORDS / 40 }, () => `${call.words(40)}.`);
  const tools = Array.from({ length: 20 }, (_, at) => ({
    type: "function",
    function: {
      name: `tool_${at}`,
      description: call.words(20),
      parameters: {
        type: "object",
        properties: Object.fromEntries(
          ["when", "who", "note"].map((name) => [name, { type: "string", description: call.words(8) }]),
        ),
      },
    },
  }));
  const [, said] = call.next();
  return { messages: [{ role: "system", content: paragraphs.join(" ") }, said as Message], tools };
}
