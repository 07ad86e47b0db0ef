// Bundles src/ into built/page.js and built/page.css, and writes the licences of all that went in.
// The only program here that needs Node; run it when src/ changes (see README.md).
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as esbuild from "esbuild";

const PICTURES = "node_modules/@iconify-json/fluent-emoji-flat";
const json = (path) => JSON.parse(readFileSync(path, "utf8"));

// Of some 3,000 pictures only those named in src/pictures.json go in, as data URIs.
const drawnEmoji = {
  name: "drawn-emoji",
  setup(build) {
    build.onResolve({ filter: /^drawn-emoji$/ }, () => ({ path: "drawn-emoji", namespace: "drawn" }));
    build.onLoad({ filter: /.*/, namespace: "drawn" }, () => {
      const { icons } = json(join(PICTURES, "icons.json"));
      const svg = (body) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${body}</svg>`;
      const drawn = {};
      for (const name of new Set(Object.values(json("src/pictures.json")))) {
        if (!icons[name]) throw new Error(`no picture named ${name}`);
        drawn[name] = `data:image/svg+xml,${encodeURIComponent(svg(icons[name].body))}`;
      }
      return { contents: JSON.stringify(drawn), loader: "json" };
    });
  },
};

const result = await esbuild.build({
  entryPoints: { page: "src/main.jsx" },
  outdir: "built",
  bundle: true,
  minify: true,
  metafile: true,
  format: "iife",
  target: "es2022",
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  plugins: [drawnEmoji],
});

const packages = new Set([PICTURES]);
for (const [path, input] of Object.entries(result.metafile.inputs)) {
  const inside = path.match(/^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//);
  if (inside && input.bytes > 0) packages.add(inside[1]);
}

// Some packages leave their licence text out; those stand in licences/.
function licence(folder, name) {
  const own = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (own) return readFileSync(join(folder, own), "utf8").trim();
  const kept = `licences/${name.replace(/^@/, "").replaceAll("/", "-")}.txt`;
  if (!existsSync(kept)) throw new Error(`${name} comes without a licence text: put it into ${kept}`);
  return readFileSync(kept, "utf8").trim();
}

const notices = [...packages].sort().map((folder) => {
  const { name, version, license } = json(join(folder, "package.json"));
  return `${name} ${version} (${license})\n\n${licence(folder, name)}\n`;
});
const rule = `\n${"-".repeat(78)}\n\n`;
const head = "page.js and page.css hold code and pictures of these packages, under the licences below.\n";
writeFileSync("built/THIRD_PARTY.txt", [head, ...notices].join(rule));
console.log(`${packages.size} packages bundled`);
