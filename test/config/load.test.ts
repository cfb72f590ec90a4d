import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { unknownSettings } from "../../src/config/source.ts";
import { MaskerError } from "../../src/errors.ts";

const KEY = Buffer.alloc(32, 7).toString("base64");
const OTHER_KEY = Buffer.alloc(32, 9).toString("base64");
const folder = () => mkdtempSync(join(tmpdir(), "masker-config-"));

/** A whole environment: its own data folder and HOME, so that nothing of this machine counts. */
function environment(extra: Record<string, string> = {}) {
  const home = folder();
  return { HOME: home, MASKER_DATA_DIR: join(home, "data"), ...extra };
}

function problemsOf(env: Record<string, string>, configFile?: string): Record<string, string> {
  try {
    loadConfig(env, configFile === undefined ? {} : { configFile });
  } catch (thrown) {
    if (!(thrown instanceof MaskerError)) throw thrown;
    expect(thrown.code).toBe("validation_failed");
    const details = Object.fromEntries((thrown.details ?? []).map(({ path, message }) => [path, message]));
    for (const [path, message] of Object.entries(details)) expect(thrown.message).toContain(`${path}: ${message}`);
    return details;
  }
  return {};
}

function fileWith(text: string): string {
  const path = join(folder(), "file");
  writeFileSync(path, text);
  return path;
}

describe("defaults", () => {
  it("serves with nothing set, on loopback, with the stub", () => {
    const env = environment();
    const config = loadConfig(env);
    expect(config.listen).toEqual({ host: "127.0.0.1", port: 8080, loopback: true });
    expect(config.databasePath).toBe(join(env.MASKER_DATA_DIR, "masker.db"));
    expect(config.upstream.provider).toBe("stub");
    expect(config.upstream.providers.get("openai")?.baseUrl).toBe("https://api.openai.com/v1");
    expect(config.maxBodyBytes).toBe(4 * 1024 * 1024);
    expect(config.retention).toEqual({ payloadDays: 0, sessionDays: 90, keyRotationGraceDays: 30, vaultDays: 0 });
    expect(config.rateLimit.enabled).toBe(false);
    expect(config.log).toEqual({ level: "info", format: "json" });
  });

  it("logs prettily on a terminal unless told otherwise", () => {
    expect(loadConfig(environment(), { terminal: true }).log.format).toBe("pretty");
    expect(loadConfig(environment({ MASKER_LOG_FORMAT: "json" }), { terminal: true }).log.format).toBe("json");
  });

  it("uses openai once it is configured, by key or by address", () => {
    expect(loadConfig(environment({ MASKER_OPENAI_API_KEY: "sk-x" })).upstream.provider).toBe("openai");
    expect(loadConfig(environment({ MASKER_OPENAI_BASE_URL: "http://127.0.0.1:1" })).upstream.provider).toBe("openai");
    const both = environment({ MASKER_OPENAI_API_KEY: "sk-x", MASKER_UPSTREAM_PROVIDER: "stub" });
    expect(loadConfig(both).upstream.provider).toBe("stub");
  });
});

describe("forms", () => {
  it.each([
    ["127.0.0.1:0", { host: "127.0.0.1", port: 0, loopback: true }],
    ["127.9.9.9:1", { host: "127.9.9.9", port: 1, loopback: true }],
    ["[::1]:8443", { host: "::1", port: 8443, loopback: true }],
    ["localhost:80", { host: "localhost", port: 80, loopback: true }],
  ])("listens on %s", (value, listen) => {
    expect(loadConfig(environment({ MASKER_LISTEN_ADDR: value })).listen).toEqual(listen);
  });

  it.each([
    // A bare host of an OpenAI-compatible server answers under /v1; a path is taken as written.
    ["http://127.0.0.1:11434", "http://127.0.0.1:11434/v1"],
    ["http://127.0.0.1:11434/", "http://127.0.0.1:11434/v1"],
    ["https://x.openai.azure.com/openai/v1/", "https://x.openai.azure.com/openai/v1"],
  ])("reads the base address %s", (value, expected) => {
    const { providers } = loadConfig(environment({ MASKER_OPENAI_BASE_URL: value })).upstream;
    expect(providers.get("openai")?.baseUrl).toBe(expected);
  });

  it("reads further providers", () => {
    const env = environment({
      MASKER_UPSTREAM_VLLM_EAST_BASE_URL: "http://10.0.0.5:8000/v1",
      MASKER_UPSTREAM_VLLM_EAST_MODELS: "llama-3, qwen",
      MASKER_UPSTREAM_PROVIDER: "vllm_east",
    });
    expect(loadConfig(env).upstream.providers.get("vllm_east")).toEqual({
      name: "vllm_east",
      baseUrl: "http://10.0.0.5:8000/v1",
      apiKey: null,
      models: ["llama-3", "qwen"],
    });
  });

  it("reads rate limits", () => {
    const { rateLimit } = loadConfig(environment({ MASKER_RATE_LIMIT: "proxy=5/10" }));
    expect(rateLimit).toEqual({
      enabled: true,
      proxy: { perSecond: 5, burst: 10 },
      api: { perSecond: 30, burst: 60 },
    });
  });

  it("takes an empty variable as unset", () => {
    expect(loadConfig(environment({ MASKER_LISTEN_ADDR: "", MASKER_SIGNUP: " " })).signup).toBe("invite");
  });
});

describe("problems", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["MASKER_LISTEN_ADDR", { MASKER_LISTEN_ADDR: "8080" }, /host:port/],
    ["MASKER_LISTEN_ADDR", { MASKER_LISTEN_ADDR: "127.0.0.1:70000" }, /host:port/],
    ["MASKER_LISTEN_ADDR", { MASKER_LISTEN_ADDR: "0.0.0.0:8080" }, /plain HTTP/],
    ["MASKER_LISTEN_ADDR", { MASKER_LISTEN_ADDR: ":8080" }, /plain HTTP/],
    // A name that only starts like a loopback address is none.
    ["MASKER_LISTEN_ADDR", { MASKER_LISTEN_ADDR: "127.evil.example:80" }, /plain HTTP/],
    ["MASKER_PUBLIC_URL", { MASKER_PUBLIC_URL: "ftp://x" }, /http/],
    ["MASKER_PUBLIC_URL", { MASKER_PUBLIC_URL: "https://x.example/sub" }, /only scheme/],
    ["MASKER_DATABASE_URL", { MASKER_DATABASE_URL: "postgres://u:p@h/db" }, /PostgreSQL is not supported/],
    ["MASKER_DATABASE_URL", { MASKER_DATABASE_URL: "postgresql://h/db" }, /PostgreSQL is not supported/],
    ["MASKER_DATABASE_URL", { MASKER_DATABASE_URL: "mysql://h/db" }, /sqlite/],
    ["MASKER_TLS_KEY", { MASKER_TLS_CERT: "/nowhere" }, /together/],
    ["MASKER_TLS_CERT", { MASKER_TLS_CERT: "/nowhere", MASKER_TLS_KEY: "/nowhere" }, /cannot be read/],
    ["MASKER_TRUSTED_PROXIES", { MASKER_TRUSTED_PROXIES: "10.0.0.0/33" }, /CIDR/],
    ["MASKER_TRUSTED_PROXIES", { MASKER_TRUSTED_PROXIES: "proxy.local" }, /CIDR/],
    ["MASKER_DETECTION_TIMEOUT_MS", { MASKER_DETECTION_TIMEOUT_MS: "0" }, /whole number/],
    ["MASKER_DETECTION_TIMEOUT_MS", { MASKER_DETECTION_TIMEOUT_MS: "1e3" }, /whole number/],
    ["MASKER_VAULT_RETENTION_DAYS", { MASKER_VAULT_RETENTION_DAYS: "-1" }, /whole number/],
    ["MASKER_SIGNUP", { MASKER_SIGNUP: "everyone" }, /one of/],
    ["MASKER_DEV", { MASKER_DEV: "maybe" }, /1 or 0/],
    ["MASKER_CALL_ID_HEADER", { MASKER_CALL_ID_HEADER: "x y" }, /header/],
    ["MASKER_AUDIT_ANCHOR", { MASKER_AUDIT_ANCHOR: "syslog://host" }, /syslog/],
    ["MASKER_RATE_LIMIT", { MASKER_RATE_LIMIT: "fast" }, /off, on/],
    ["MASKER_POLICY_PATH", { MASKER_POLICY_PATH: "/nowhere/policy.yaml" }, /no such file/],
    ["MASKER_UPSTREAM_PROVIDER", { MASKER_UPSTREAM_PROVIDER: "azure" }, /BASE_URL/],
    ["MASKER_UPSTREAM_AZURE_BASE_URL", { MASKER_UPSTREAM_AZURE_API_KEY: "k" }, /not set/],
    ["MASKER_UPSTREAM_STUB", { MASKER_UPSTREAM_STUB_BASE_URL: "http://h" }, /built-in/],
    ["MASKER_OIDC_CLIENT_SECRET", { MASKER_OIDC_ISSUER: "https://i", MASKER_OIDC_CLIENT_ID: "c" }, /needed/],
    ["MASKER_GITHUB_CLIENT_SECRET", { MASKER_GITHUB_CLIENT_ID: "c" }, /needed/],
    ["MASKER_OPENAI_API_KEY_FILE", { MASKER_OPENAI_API_KEY_FILE: "/nowhere" }, /cannot be read/],
    ["MASKER_SIGNING_KEY", { MASKER_SIGNING_KEY: "AAAA" }, /32 bytes, and is of 3/],
    ["MASKER_AUDIT_HMAC_KEY", { MASKER_AUDIT_HMAC_KEY: `${KEY.slice(0, -2)}!=` }, /not base64/],
    ["MASKER_KEY_A_OLD", { MASKER_KEY_A_OLD: KEY }, /previous key of A/],
    ["MASKER_KEY_A_OLD_OLD", { MASKER_KEY_A: KEY, MASKER_KEY_A_OLD_OLD: KEY }, /must not end/],
    ["MASKER_KEY_A_FILE_OLD", { MASKER_KEY_A: KEY, MASKER_KEY_A_FILE_OLD: KEY }, /must not end/],
    ["MASKER_KEY_lower", { MASKER_KEY_lower: KEY }, /upper-case/],
  ])("%s of %o", (name, env, message) => {
    expect(problemsOf(environment(env))[name]).toMatch(message);
  });

  it("lists every problem at once, of settings and keys, and makes nothing", () => {
    const env = environment({
      MASKER_LISTEN_ADDR: "x",
      MASKER_DEV: "x",
      MASKER_UPSTREAM_TIMEOUT_MS: "x",
      MASKER_KEY_A: "x",
      MASKER_OPENAI_API_KEY_FILE: "/nowhere",
    });
    expect(Object.keys(problemsOf(env)).sort()).toEqual([
      "MASKER_DEV",
      "MASKER_KEY_A",
      "MASKER_LISTEN_ADDR",
      "MASKER_OPENAI_API_KEY_FILE",
      "MASKER_UPSTREAM_TIMEOUT_MS",
    ]);
    expect(existsSync(env.MASKER_DATA_DIR)).toBe(false);
  });

  it("never repeats a value", () => {
    const planted = "QUJDU0VDUkVUdmFsdWU";
    const env = environment({
      MASKER_KEY_A: planted,
      MASKER_OPENAI_BASE_URL: `ftp://${planted}`,
      MASKER_SESSION_SECRET: planted,
    });
    expect(JSON.stringify(problemsOf(env))).not.toContain(planted);
  });

  it.each([
    ["MASKER_TRUSTED_PROXIES", { MASKER_TRUSTED_PROXIES: "10.0.0.0/8,::1" }],
    ["MASKER_ALLOW_PLAIN_HTTP", { MASKER_ALLOW_PLAIN_HTTP: "1" }],
  ])("listens beyond loopback with %s", (_, extra) => {
    expect(problemsOf(environment({ MASKER_LISTEN_ADDR: ":8080", ...extra }))).toEqual({});
  });
});

describe("keys", () => {
  it("are made on the first start, mode 0600, and are the same on the next", () => {
    const env = environment();
    const first = loadConfig(env).keys;
    const files = readdirSync(join(env.MASKER_DATA_DIR, "keys")).sort();
    expect(files).toEqual([
      "MASKER_AUDIT_HMAC_KEY",
      "MASKER_KEY_K_HEALTHCARE",
      "MASKER_SESSION_SECRET",
      "MASKER_SIGNING_KEY",
    ]);
    for (const file of files) expect(statSync(join(env.MASKER_DATA_DIR, "keys", file)).mode & 0o777).toBe(0o600);
    expect(loadConfig(env).keys).toEqual(first);
    expect(new Set([first.session, first.auditHmac, first.signing].map((key) => key.join())).size).toBe(3);
    expect([...first.tokens.keys()]).toEqual(["K_HEALTHCARE"]);
  });

  it("narrows a key file that became readable by others", () => {
    const env = environment();
    loadConfig(env);
    const path = join(env.MASKER_DATA_DIR, "keys", "MASKER_SIGNING_KEY");
    chmodSync(path, 0o644);
    loadConfig(env);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("are not made again for a data folder in use", () => {
    const env = environment();
    loadConfig(env);
    writeFileSync(join(env.MASKER_DATA_DIR, "vault.db"), "");
    const keys = join(env.MASKER_DATA_DIR, "keys", "MASKER_KEY_K_HEALTHCARE");
    writeFileSync(keys, "");
    expect(problemsOf(env).MASKER_KEY_K_HEALTHCARE).toMatch(/is of 0/);
    const moved = { ...env, MASKER_VAULT_PATH: join(env.MASKER_DATA_DIR, "vault.db"), MASKER_DATA_DIR: folder() };
    expect(problemsOf(moved).MASKER_KEY_K_HEALTHCARE).toMatch(/missing although/);
  });

  it("come from variables and from mounted files, with the one before", () => {
    const env = environment({ MASKER_KEY_B: KEY, MASKER_KEY_B_OLD_FILE: fileWith(`${OTHER_KEY}\n`) });
    const { tokens } = loadConfig(env).keys;
    expect([...tokens.keys()]).toEqual(["B"]);
    expect(tokens.get("B")?.secret).toEqual(new Uint8Array(32).fill(7));
    expect(tokens.get("B")?.old).toEqual(new Uint8Array(32).fill(9));
  });

  it("do not include the setting of the grace days", () => {
    const config = loadConfig(environment({ MASKER_KEY_ROTATION_GRACE_DAYS: "7" }));
    expect([...config.keys.tokens.keys()]).toEqual(["K_HEALTHCARE"]);
    expect(config.retention.keyRotationGraceDays).toBe(7);
  });

  it("are thrown away when a command needs none kept", () => {
    const env = environment();
    expect(loadConfig(env, { throwawayKeys: true }).keys.tokens.size).toBe(1);
    expect(existsSync(env.MASKER_DATA_DIR)).toBe(false);
  });
});

describe("the configuration file", () => {
  it("holds the same settings in sections, and a variable wins", () => {
    const configFile = fileWith(`
      listen_addr = "127.0.0.1:9000"
      default_model = "from-file"
      https_proxy = "http://proxy:3128"
      trusted_proxies = ["10.0.0.1", "10.0.0.2"]
      [upstream]
      timeout_ms = 5000
      [upstream.azure]
      base_url = "https://a.example/openai/v1"
      [retention]
    `);
    const config = loadConfig(environment({ MASKER_DEFAULT_MODEL: "from-variable" }), { configFile });
    expect(config.listen.port).toBe(9000);
    expect(config.upstream.defaultModel).toBe("from-variable");
    expect(config.upstream.httpsProxy).toBe("http://proxy:3128");
    expect(config.trustedProxies).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(config.upstream.timeoutMs).toBe(5000);
    expect(config.upstream.providers.has("azure")).toBe(true);
  });

  it("is named by MASKER_CONFIG, or found in the home folder", () => {
    expect(loadConfig(environment({ MASKER_CONFIG: fileWith("dev = true") })).dev).toBe(true);
    const env = environment();
    mkdirSync(join(env.HOME, ".config", "masker"), { recursive: true });
    writeFileSync(join(env.HOME, ".config", "masker", "config.toml"), "dev = true");
    expect(loadConfig(env).dev).toBe(true);
  });

  it("is refused when it names no setting, cannot be parsed or is not there", () => {
    const unknown = fileWith('listen_address = "x"');
    expect(problemsOf(environment(), unknown)[`${unknown} listen_address`]).toBe("is not a setting");
    const broken = fileWith('openai_api_key = "sk-planted');
    const problems = problemsOf(environment(), broken);
    expect(problems[broken]).toMatch(/TOML/);
    expect(JSON.stringify(problems)).not.toContain("planted");
    expect(problemsOf(environment(), "/nowhere.toml")["/nowhere.toml"]).toMatch(/cannot be read/);
  });

  it("lets a variable replace what the file says in the other form", () => {
    const configFile = fileWith('openai_api_key_file = "/nowhere"');
    const config = loadConfig(environment({ MASKER_OPENAI_API_KEY: "sk-x" }), { configFile });
    expect(config.upstream.providers.get("openai")?.apiKey).toBe("sk-x");
  });
});

it("names variables that are no settings, but not those of Kubernetes", () => {
  const env = { MASKER_LISTEN_ADR: "x", MASKER_SERVICE_HOST: "x", MASKER_PORT_8080_TCP: "x", MASKER_KEY_A_FILE: "x" };
  expect(unknownSettings(env)).toEqual(["MASKER_LISTEN_ADR"]);
});
