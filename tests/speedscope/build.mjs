// Copies speedscope's own page script into built/, and writes the licences of all that is bundled in it.
// The only program here that needs Node; run it when a version in package.json changes (see README.md).
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const json = (path) => JSON.parse(readFileSync(path, "utf8"));
const ours = Object.keys(json("package.json").devDependencies);
const release = "node_modules/speedscope/dist/release";

const script = readdirSync(release).filter((name) => /^speedscope-\w+\.js$/.test(name));
if (script.length !== 1) throw new Error(`which of ${script} is the page's script?`);
copyFileSync(join(release, script[0]), "built/speedscope.js");

// What speedscope bundles are its devDependencies, so they are named in our package.json, at speedscope's versions;
// its one dependency serves its command line. Types are no code.
const packages = new Set();
const add = (name) => {
  if (packages.has(name) || name.startsWith("@types/")) return;
  packages.add(name);
  if (name === "speedscope") return;
  Object.keys(json(join("node_modules", name, "package.json")).dependencies ?? {}).forEach(add);
};
ours.forEach(add);
const wanted = json("node_modules/speedscope/package.json").devDependencies;
for (const name of ours.filter((name) => name !== "speedscope")) {
  const { version } = json(join("node_modules", name, "package.json"));
  if (wanted[name] !== version) throw new Error(`speedscope bundles ${name} ${wanted[name]}, not ${version}`);
}

function licence(name) {
  const folder = join("node_modules", name);
  const entry = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (entry) return readFileSync(join(folder, entry), "utf8").trim();
  const readme = readFileSync(join(folder, "README.md"), "utf8");
  const at = readme.search(/^(#+ )?licen[cs]e/im);
  return at < 0 ? "No other text than its package.json's comes with it." : readme.slice(at).trim();
}

const notices = [...packages].sort().map((name) => {
  const { version, license } = json(join("node_modules", name, "package.json"));
  return `${name} ${version} (${license})\n\n${licence(name)}\n`;
});
const rule = `\n${"-".repeat(78)}\n\n`;
const head = "speedscope.js holds code of these packages, under the licences below.\n";
writeFileSync("built/THIRD_PARTY.txt", [head, ...notices].join(rule));
console.log(`${packages.size} packages`);
