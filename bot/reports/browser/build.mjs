// Bundles src/ into built/page.js and built/page.css, and writes the licences of all that went in and the hash of what
// it was made of. The only program here that needs Node; run it when src/ changes (see README.md).
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const json = (path) => JSON.parse(readFileSync(path, "utf8"));

// The library's style is for light pages and in Verdana; src/flame.css says all that is needed.
const ownStyleOnly = {
  name: "own-style-only",
  setup(build) {
    build.onLoad({ filter: /node_modules.*\.css$/ }, () => ({ contents: "", loader: "css" }));
  },
};

const result = await esbuild.build({
  entryPoints: { page: "src/main.js" },
  outdir: "built",
  bundle: true,
  minify: true,
  metafile: true,
  format: "iife",
  target: "es2022",
  charset: "ascii",
  legalComments: "none",
  plugins: [ownStyleOnly],
});

const packages = new Set();
for (const [path, input] of Object.entries(result.metafile.inputs)) {
  const inside = path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (inside && input.bytes > 0) packages.add(inside[1]);
}

const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = json(join(folder, "package.json"));
  const text = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!text) throw new Error(`${name} comes without a licence text`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, text), "utf8").trim()}\n`;
});
const rule = `\n${"-".repeat(78)}\n\n`;
const head = "page.js holds code of these packages, under the licences below.\n";
writeFileSync("built/THIRD_PARTY.txt", [head, ...notices].join(rule));

// tests/reports/test_built.py holds that nobody changed the one and forgot the other.
const made = ["package.json", "build.mjs", ...readdirSync("src").sort().map((name) => `src/${name}`)];
const hash = createHash("sha256");
for (const path of made) hash.update(`${path}\n`).update(readFileSync(path));
writeFileSync("built/SOURCES.sha256", `${hash.digest("hex")}\n`);
console.log(`${packages.size} packages bundled`);
