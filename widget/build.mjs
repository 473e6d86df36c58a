// Builds service/static/widget.js: one file, the same bytes from the same sources. `--check` compares, and writes nothing.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUTPUT = join(HERE, "..", "service", "static", "widget.js");
const LICENCE = "node_modules/lit/LICENSE";

/** Every file that the build depends on, in order; tests/service/test_widget_build.py lists the same. */
async function sources() {
  const below = await readdir(join(HERE, "src"), { recursive: true });
  const modules = below.filter((name) => name.endsWith(".ts")).map((name) => `src/${name.split(sep).join("/")}`);
  return ["build.mjs", "package-lock.json", "tsconfig.json", ...modules].sort();
}

async function fingerprint() {
  const hash = createHash("sha256");
  for (const name of await sources()) {
    const bytes = await readFile(join(HERE, name));
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest("hex");
}

// Lit notes its version in three global lists: a guest on other people's pages leaves no globals. Its policy of trusted
// types gets a name of its own, because a page that uses Lit itself may have taken the other.
const guest = {
  name: "guest",
  setup({ onLoad, onEnd }) {
    let found = 0;
    onLoad({ filter: /(lit-html|lit-element|reactive-element)\.js$/ }, async ({ path }) => {
      const contents = (await readFile(path, "utf8")).replace(/\(\w+\.(?:lit|reactive)\w+Versions\?\?=\[\]\)\.push\("[\d.]+"\)/, () => {
        found++;
        return "0";
      }).replace('createPolicy("lit-html"', () => {
        found++;
        return 'createPolicy("footnoted"';
      });
      return { contents, loader: "js" };
    });
    onEnd(() => {
      if (found !== 4) throw new Error(`Of Lit's four global traces ${found} were found: adapt build.mjs to this version`);
    });
  },
};

// White space between tags that no style keeps, and comments of style sheets, are not sent.
const tighter = {
  name: "tighter",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]styles[\\/][^\\/]+\.ts$/ }, async ({ path }) => {
      const contents = (await readFile(path, "utf8")).replace(/css`[^`]*`/g, (sheet) =>
        sheet.replace(/\/\*[^]*?\*\//g, "").replace(/\s+/g, " ").replace(/\s*([{};])\s*/g, "$1").replace(/`\s+|\s+`/g, "`"),
      );
      return { contents, loader: "ts" };
    });
  },
};

// esbuild's helper walks inherited names too, and some pages put things on Object.prototype.
function ownNamesOnly(code) {
  const helpers = code.split(/(?<=for\(var (\w+) in (\w+)\))(?=\w+\(\w+,\1,\{get:\2\[\1\],)/);
  if (helpers.length !== 4) throw new Error("esbuild's export helper was not found once: adapt build.mjs to this version");
  const [before, name, object, after] = helpers;
  return `${before}Object.hasOwn(${object},${name})&&${after}`;
}

async function banner() {
  const { version } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
  const lit = JSON.parse(await readFile(join(HERE, "node_modules/lit/package.json"), "utf8"));
  const licence = (await readFile(join(HERE, LICENCE), "utf8")).trim();
  const head = `Footnoted widget ${version}, Apache-2.0. Built from widget/ by "make widget"; do not edit.\nsources-sha256: ${await fingerprint()}\n\nContains Lit ${lit.version} (lit, lit-html, lit-element, @lit/reactive-element), ${lit.license}:\n${licence}`;
  return `/*!\n${head.split("\n").map((line) => ` * ${line}`.trimEnd()).join("\n")}\n */`;
}

const { outputFiles } = await build({
  absWorkingDir: HERE,
  entryPoints: ["src/define.ts"],
  bundle: true,
  write: false,
  minify: true,
  format: "iife",
  target: ["es2022", "chrome111", "firefox113", "safari16.4"],
  charset: "utf8",
  legalComments: "none", // the banner has the licence
  banner: { js: await banner() },
  plugins: [guest, tighter],
  logLevel: "warning",
});
const contents = Buffer.from(ownNamesOnly(outputFiles[0].text));

if (process.argv.includes("--check")) {
  const present = await readFile(OUTPUT).catch(() => Buffer.alloc(0));
  if (Buffer.compare(present, contents) !== 0) {
    console.error(`${relative(process.cwd(), OUTPUT)} is not what the sources make: run "make widget"`);
    process.exit(1);
  }
} else {
  await writeFile(OUTPUT, contents);
  console.log(`${relative(process.cwd(), OUTPUT)}: ${contents.length} bytes`);
}
