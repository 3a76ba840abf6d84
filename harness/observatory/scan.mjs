// node scan.mjs PACKAGE HOST HTTP_PORT HTTPS_PORT PATH: the Observatory's own tests and marks, on ports of our
// choice, which its command line can't be told. Prints {test: {result, pass, modifier}}.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, host, httpPort, httpsPort, path] = process.argv.slice(2);
const part = (name) => import(pathToFileURL(join(folder, "src", name)));
const { retrieve } = await part("retriever/retriever.js");
const { getScoreModifier } = await part("grader/grader.js");
const { ALL_TESTS } = await part("constants.js");

const found = await retrieve(host, { httpPort, httpsPort, path });
const marks = ALL_TESTS.map((test) => test(found)).map((output) => [
  output.constructor.name,
  { result: output.result, pass: output.pass, modifier: getScoreModifier(output.result) },
]);
process.stdout.write(JSON.stringify(Object.fromEntries(marks)));
