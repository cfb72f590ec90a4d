import { MaskerError } from "../errors.ts";

const MIN_LENGTH = 12;
const MAX_LENGTH = 256;

/** argon2id cost; OWASP's minimum is 19 MiB with two rounds. */
export interface HashCost {
  readonly memoryKiB: number;
  readonly rounds: number;
}

const DEFAULT_COST: HashCost = { memoryKiB: 65_536, rounds: 2 };

/** How many hashes run at once and how many may wait: each takes the memory of its cost, so a flood must not add up. */
const PARALLEL = 2;
const MAX_WAITING = 32;

export interface PasswordHasher {
  hash(password: string): Promise<string>;
  /** Null (no such user, or one without a password) does the same work as a real hash and is false. */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** What is wrong with a password that somebody wants to set, or null. Length counts, composition does not (NIST SP 800-63B). */
export function passwordProblem(password: string, email: string): string | null {
  const length = [...password].length;
  if (length < MIN_LENGTH) return `must have at least ${MIN_LENGTH} characters`;
  if (length > MAX_LENGTH) return `must have at most ${MAX_LENGTH} characters`;
  if (new Set(password).size < 5) return "repeats too few characters";
  if (normalise(password).toLowerCase() === email.toLowerCase()) return "must not be the e-mail address";
  return null;
}

/** The same password typed on two keyboards can differ in code points (NIST SP 800-63B, 5.1.1.2). */
function normalise(password: string): string {
  return password.normalize("NFKC");
}

/** Local passwords as argon2id. */
export function createPasswordHasher(cost: HashCost = DEFAULT_COST): PasswordHasher {
  const options = { algorithm: "argon2id", memoryCost: cost.memoryKiB, timeCost: cost.rounds } as const;
  const queue = createQueue();
  let decoy: Promise<string> | null = null;
  const decoyHash = () => {
    decoy ??= Bun.password.hash(crypto.randomUUID(), options);
    return decoy;
  };
  return {
    hash: (password) => queue(() => Bun.password.hash(normalise(password), options)),
    verify: (password, hash) =>
      queue(async () => {
        // An empty password makes Bun throw; it is nobody's, and costs the same.
        const matches = await Bun.password.verify(normalise(password) || "\0", hash ?? (await decoyHash()));
        return matches && hash !== null && password !== "";
      }),
  };
}

function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= PARALLEL) {
      if (waiting.length >= MAX_WAITING) throw new MaskerError("rate_limited", { retryAfterSeconds: 5 });
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
