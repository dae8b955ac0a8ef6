// Prints what PrairieLearn makes of a results.json. Its function is taken out of its file, which needs the whole server.
const fs = require("fs");
const typescript = require("typescript");
const [folder, made] = process.argv.slice(2);
const source = fs.readFileSync(`${folder}/apps/prairielearn/src/lib/externalGraderCommon.ts`, "utf8");
const code = source.slice(source.indexOf("export function makeGradingResult")).replace("export ", "");
const mapValues = (held, of) => Object.fromEntries(Object.entries(held).map(([key, value]) => [key, of(value)]));
const make = new Function("mapValues", `${typescript.transpile(code)}; return makeGradingResult;`)(mapValues);
const results = JSON.parse(fs.readFileSync(made, "utf8"));
console.log(JSON.stringify(make("1", { succeeded: true, results }).grading));
