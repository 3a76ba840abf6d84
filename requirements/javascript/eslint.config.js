// The rules for static/js: ESLint's recommended ones, and those that keep text from becoming markup or code.
import js from "@eslint/js";

const SHARED = {
  AbortController: "readonly", AbortSignal: "readonly", Blob: "readonly", TextDecoder: "readonly", TextEncoder: "readonly",
  URL: "readonly", atob: "readonly", btoa: "readonly", clearInterval: "readonly", clearTimeout: "readonly",
  crypto: "readonly", fetch: "readonly", navigator: "readonly", performance: "readonly", setInterval: "readonly",
  setTimeout: "readonly",
};
const WORKER = { ...SHARED, self: "readonly" };
const PAGE = {
  ...SHARED, File: "readonly", FormData: "readonly", HTMLButtonElement: "readonly", HTMLDetailsElement: "readonly",
  HTMLDialogElement: "readonly", HTMLElement: "readonly", HTMLFormElement: "readonly", HTMLInputElement: "readonly",
  HTMLSelectElement: "readonly", HTMLTextAreaElement: "readonly", IDBKeyRange: "readonly", MutationObserver: "readonly",
  Option: "readonly", Worker: "readonly", XMLHttpRequest: "readonly", addEventListener: "readonly",
  createImageBitmap: "readonly", document: "readonly", getComputedStyle: "readonly", getSelection: "readonly",
  history: "readonly", indexedDB: "readonly", location: "readonly", matchMedia: "readonly",
  removeEventListener: "readonly", requestAnimationFrame: "readonly", sessionStorage: "readonly",
  showDirectoryPicker: "readonly", showSaveFilePicker: "readonly", uPlot: "readonly",
};
const TEST = { ...SHARED, Buffer: "readonly", File: "readonly", ReadableStream: "readonly", console: "readonly", process: "readonly", setImmediate: "readonly" };

// Trusted Types refuses these sinks in browsers that have it; here they are refused before.
const MARKUP_SINKS = ["innerHTML", "outerHTML", "insertAdjacentHTML", "srcdoc"].map((property) => {
  return { property, message: "Text goes in as textContent or as nodes." };
});
const DOCUMENT_WRITES = ["write", "writeln"].map((property) => {
  return { object: "document", property, message: "Text goes in as nodes." };
});

export default [
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  js.configs.recommended,
  {
    rules: {
      "array-callback-return": "error",
      eqeqeq: "error",
      "no-control-regex": "off", // file names are searched for control characters on purpose
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-restricted-properties": ["error", ...MARKUP_SINKS, ...DOCUMENT_WRITES],
      "no-script-url": "error",
      "no-throw-literal": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": ["error", { destructuring: "all" }],
    },
  },
  { files: ["static/js/**/*.js"], languageOptions: { globals: PAGE } },
  { files: ["static/js/crypto/**/*.js", "static/js/*.js"], languageOptions: { globals: SHARED } },
  {
    files: ["static/js/worker/{crypto_worker,sink_worker,qr_worker,serve_calls,slice_reader,outputs,folder_output,zip_stream,zip_layout}.js"],
    languageOptions: { globals: WORKER },
  },
  { files: ["tests/js/**/*.js"], languageOptions: { globals: TEST } },
];
