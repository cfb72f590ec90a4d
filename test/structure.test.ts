/** What the house rules say of the tree, checked rather than hoped for. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/cli/registry.ts";
import { MIGRATIONS } from "../src/db/migrations.ts";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

function filesBelow(folder: string, skip: (name: string) => boolean = () => false): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skip(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(path, skip) : [path];
    });
}

const isSource = (path: string) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts");
const sources = filesBelow(src).filter(isSource).sort();
const below = (path: string) => relative(src, path);
const textOf = new Map(sources.map((path) => [path, readFileSync(path, "utf8")]));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typesOnly: boolean;
}

/** Relative imports and re-exports, types included; comments do not count. */
function importsOf(path: string): readonly Import[] {
  const code = (textOf.get(path) ?? "").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = code.matchAll(/^(import|export)\s+(type\s)?[^;]*?from\s+"(\.[^"]+)"|import\("(\.[^"]+)"\)/gm);
  return [...found].map(([, , type, to, later]) => ({
    from: path,
    to: resolve(dirname(path), to ?? later ?? ""),
    typesOnly: type !== undefined,
  }));
}

const imports = sources.flatMap(importsOf);

/** The portal's pages are a program of their own: they run in a browser and see the server through types. */
const isPage = (path: string) => below(path).startsWith("portal/app/");

describe("imports", () => {
  it("are read at all", () => {
    expect(imports.length).toBeGreaterThan(sources.length);
    expect(imports.filter(({ to }) => isSource(to) && !existsSync(to))).toEqual([]);
  });

  it("have no cycles, types included", () => {
    const next = new Map(sources.map((path) => [path, importsOf(path).map(({ to }) => to)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, way: readonly string[]): void => {
      const at = way.indexOf(path);
      if (at >= 0) cycles.push([...way.slice(at), path].map(below).join(" -> "));
      if (at >= 0 || done.has(path)) return;
      for (const to of next.get(path) ?? []) visit(to, [...way, path]);
      done.add(path);
    };
    for (const path of sources) visit(path, []);
    expect(cycles).toEqual([]);
  });

  /** A file imports from lower ranks, from its own folder, or as the exceptions below say. */
  const RANKS: Readonly<Record<string, number>> = {
    "errors.ts": 0,
    "id.ts": 0,
    "build-info.ts": 0,
    log: 0,
    detect: 1,
    db: 1,
    config: 1,
    json: 1,
    crypto: 1,
    tokens: 2,
    audit: 2,
    policy: 2,
    ner: 2,
    report: 3,
    auth: 3,
    upstream: 3,
    rehydrate: 3,
    metrics: 3,
    api: 4,
    proxy: 4,
    rest: 5,
    portal: 5,
    vapi: 5,
    "app.ts": 6,
    appliance: 6,
    "serve.ts": 6,
    "client-info.ts": 6,
    cli: 7,
    "main.ts": 7,
  };

  /** Sideways imports that are meant: the second may never import the first back. */
  const SIDEWAYS: readonly (readonly [from: string, to: string])[] = [
    ["upstream", "rehydrate"],
    ["audit", "policy"],
    ["report", "auth"],
  ];

  /** Files that hold what other parts are agreed on; their types may be imported by any. */
  const CONTRACTS = new Set([
    "audit/event.ts",
    "policy/policy.ts",
    "policy/vocabulary.ts",
    "detect/kind.ts",
    "db/schema.ts",
    "config/config.ts",
  ]);

  const partOf = (path: string) => below(path).split("/")[0] ?? "";

  it("know the rank of every part", () => {
    expect([...new Set(sources.map(partOf))].filter((part) => !(part in RANKS))).toEqual([]);
  });

  it("go from higher ranks to lower ones", () => {
    const wrong = imports.filter(({ from, to, typesOnly }) => {
      if (!to.startsWith(src) || isPage(from)) return false;
      const [a, b] = [partOf(from), partOf(to)];
      if (a === b || (typesOnly && CONTRACTS.has(below(to)))) return false;
      if (SIDEWAYS.some(([x, y]) => x === a && y === b)) return false;
      const [high = 0, low = 0] = [RANKS[a], RANKS[b]];
      return high <= low && !(high === 0 && low === 0) && !(high >= 6 && high === low);
    });
    expect(wrong.map(({ from, to }) => `${below(from)} -> ${below(to)}`)).toEqual([]);
  });

  it("bring no server code into the portal's pages but plain vocabularies", () => {
    const shared = new Set(["detect/kind.ts", "policy/vocabulary.ts"]);
    const wrong = imports.filter(
      ({ from, to, typesOnly }) => isPage(from) && !isPage(to) && isSource(to) && !typesOnly && !shared.has(below(to)),
    );
    expect(wrong.map(({ from, to }) => `${below(from)} -> ${below(to)}`)).toEqual([]);
  });
});

describe("the environment", () => {
  it("is read in config alone", () => {
    const readers = sources.filter((path) => /(?<!")(process|Bun|import\.meta)\.env\b/.test(textOf.get(path) ?? ""));
    expect(readers.map(below).filter((path) => !path.startsWith("config/"))).toEqual([]);
  });
});

describe("registries", () => {
  const namesIn = (folder: string) =>
    readdirSync(join(src, folder))
      .filter((name) => name.endsWith(".ts"))
      .sort();
  const importedBy = (file: string) =>
    new Set(importsOf(join(src, file)).map(({ to }) => relative(join(src, dirname(file)), to)));

  it("hold every recognizer", () => {
    const registered = importedBy("detect/registry.ts");
    expect(namesIn("detect/recognizers").filter((name) => !registered.has(`recognizers/${name}`))).toEqual([]);
  });

  it("hold every command", () => {
    const registered = importedBy("cli/registry.ts");
    const commands = namesIn("cli").filter((name) => /: Command = \{/.test(textOf.get(join(src, "cli", name)) ?? ""));
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((name) => !registered.has(name))).toEqual([]);
    const names = COMMANDS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("hold every migration, in order", () => {
    const files = readdirSync(join(root, "migrations")).sort();
    expect(MIGRATIONS.map(({ name }) => `${name}.sql`)).toEqual(files);
  });

  it("hold every worker as an entry point of the build", () => {
    const build = readFileSync(join(root, "build.ts"), "utf8");
    const workers = [...textOf.values()].flatMap((code) =>
      [...code.matchAll(/workerUrl\("([^"]+)"\)/g)].map((m) => m[1]),
    );
    expect(workers.length).toBeGreaterThan(0);
    expect(
      workers.filter((worker) => !build.includes(`"src/${worker}"`) || !existsSync(join(src, worker ?? ""))),
    ).toEqual([]);
  });
});

describe("files", () => {
  it("are at the top level only where a newcomer looks for them", () => {
    const visible = readdirSync(root).filter((name) => !name.startsWith("."));
    const allowed = [
      "LICENSE",
      "README.md",
      "build.ts",
      "bunfig.toml",
      "migrations",
      "package-lock.json",
      "package.json",
      "src",
      "test",
      "tsconfig.json",
    ];
    const ignored = ["dist", "node_modules", "masker-data"];
    expect(visible.filter((name) => !allowed.includes(name) && !ignored.includes(name))).toEqual([]);
    expect(allowed.filter((name) => !visible.includes(name))).toEqual([]);
  });

  it("have kebab-case names, and none is a drawer for leftovers", () => {
    const drawers = /^(utils?|helpers?|common|misc|types|services?|shared|lib)(\.tsx?)?$/;
    const names = sources.flatMap((path) => below(path).split("/"));
    expect(names.filter((name) => drawers.test(name))).toEqual([]);
    expect(names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.worker)?(\.tsx?)?$/.test(name))).toEqual([]);
  });

  /** Longer than 400 lines with a reason. */
  const LONG: Readonly<Record<string, string>> = {};

  it("are at most 400 lines long", () => {
    const lines = (path: string) => (textOf.get(path) ?? "").split("\n").length;
    const long = sources.filter((path) => lines(path) > 400).map(below);
    expect(long.filter((path) => !(path in LONG))).toEqual([]);
    expect(Object.keys(LONG).filter((path) => !long.includes(path))).toEqual([]);
  });

  it("hold nothing that waits to be finished, and no way around the checks", () => {
    const marks = /\b(TODO|FIXME)\b|@ts-(ignore|nocheck|expect-error)/;
    const tests = filesBelow(join(root, "test"), (name) => name === "artifacts" || name === "node_modules").filter(
      isSource,
    );
    const marked = [...sources, ...tests].filter(
      (path) => !path.endsWith("structure.test.ts") && marks.test(readFileSync(path, "utf8")),
    );
    expect(marked.map((path) => relative(root, path))).toEqual([]);
  });

  it("skip no test", () => {
    const tests = filesBelow(join(root, "test"), (name) => name === "artifacts" || name === "node_modules").filter(
      (path) => path.endsWith(".test.ts") && !path.endsWith("structure.test.ts"),
    );
    const skipped = tests.filter((path) => /\b(it|describe|test)\.(skip|only|todo)\b/.test(readFileSync(path, "utf8")));
    expect(skipped.map((path) => relative(root, path))).toEqual([]);
  });
});

describe("packages", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  const isText = (path: string) => /\.(?:tsx?|mjs|css)$/.test(path);
  const textBelow = (folder: string) =>
    filesBelow(folder, (name) => name === "artifacts")
      .filter(isText)
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
  const built = `${textBelow(src)}\n${readFileSync(join(root, "build.ts"), "utf8")}`;
  const tested = textBelow(join(root, "test"));
  const isImportedBy = (code: string) => (name: string) =>
    new RegExp(
      String.raw`^(?:@?import |export |\} from )[^\n]*"${name}(?:/[^"]*)?"|(?:import|resolve)\(\s*"${name}["/]|node_modules/${name}/`,
      "m",
    ).test(code);

  /** Run by their commands, or read by the compiler alone. */
  const TOOLS = /^(?:@types\/.+|bun-types|typescript|@biomejs\/biome)$/;

  it("that the executable is built from are dependencies, and no others", () => {
    const names = Object.keys(manifest.dependencies).filter((name) => name !== "bun");
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !isImportedBy(built)(name))).toEqual([]);
    expect(Object.keys(manifest.devDependencies).filter(isImportedBy(built))).toEqual([]);
  });

  it("that only tests and checks need are development dependencies, and each is used", () => {
    const names = Object.keys(manifest.devDependencies).filter((name) => !TOOLS.test(name));
    expect(names.filter((name) => !isImportedBy(tested)(name))).toEqual([]);
  });

  it("have exact versions", () => {
    const versions = Object.values({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter((version) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe("the README", () => {
  it("names only paths and scripts that exist", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const paths = [...readme.matchAll(/`((?:src|test|migrations|\.ci)(?:\/[\w.-]+)*\/?|build\.ts|LICENSE)`/g)].map(
      (m) => m[1] ?? "",
    );
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/\bnpm (?:run )?([a-z]+)\b/g)].map((m) => m[1] ?? "");
    expect(named.filter((name) => !(name in scripts) && name !== "ci")).toEqual([]);
  });

  it("names only commands that exist", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const called = [...readme.matchAll(/`masker ([a-z]+(?: [a-z-]+)?)`/g)].map((m) => m[1] ?? "");
    const known = COMMANDS.map(({ name }) => name);
    const isKnown = (words: string) => known.some((name) => words === name || words.startsWith(`${name} `));
    expect(called.filter((words) => words !== "help" && !isKnown(words))).toEqual([]);
  });

  it("is not alone: the scripts' own files exist", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const files = Object.values(scripts).flatMap((line) => line.match(/[\w./-]+\.(?:ts|mjs)\b/g) ?? []);
    expect(files.filter((file) => !statSync(join(root, file), { throwIfNoEntry: false }))).toEqual([]);
  });
});
