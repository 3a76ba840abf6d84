import { byteSize } from "./byte_size.js";
import { momentText } from "./moment_text.js";

const LABELS = {
  payload_bytes: "Sealed bytes",
  file_size_bytes: "Size of the files together",
  part_bytes: "Size of a sealed part",
  created_at: "Begun",
  completed_at: "Sealed",
  expires_at: "Expires",
  max_downloads: "Downloads allowed",
  download_count: "Downloads so far",
  envelope: "Envelope",
};
const ORDER = Object.keys(LABELS);
const SELF_EVIDENT = ["kind", "state", "expires_in_seconds"];

function valueText(name, value) {
  if (name === "max_downloads" && value === null) return "no limit";
  if (name === "envelope") return value.includes("argon2id") ? "a salt, the passphrase's cost" : "a salt";
  if (name.endsWith("_bytes")) return byteSize(value);
  if (name.endsWith("_at")) return momentText(value);
  return String(value);
}

function isEmpty(name, value) {
  return value === "" || (value === null && name !== "max_downloads");
}

/**
 * What the row holds, as the server told it, in words. Names that are unknown here are shown as they are.
 * @param {Record<string, string|number|null>} storedFields
 * @returns {{label: string, value: string}[]}
 */
export function storedFacts(storedFields) {
  const all = Object.entries(storedFields).filter(([name, value]) => !isEmpty(name, value));
  const hashes = all.filter(([name]) => name.endsWith("_hash"));
  const rest = all.filter(([name]) => !name.endsWith("_hash") && !SELF_EVIDENT.includes(name));
  const rank = ([name]) => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const facts = rest.sort((a, b) => rank(a) - rank(b)).map(([name, value]) => {
    return { label: LABELS[name] ?? name.replaceAll("_", " "), value: valueText(name, value) };
  });
  if (hashes.length > 0) facts.push({ label: "Hashes", value: `of ${hashes.length} random proofs` });
  return facts;
}

/** @param {HTMLDListElement} list @param {{label: string, value: string}[]} facts */
export function showFacts(list, facts) {
  const rows = facts.map(({ label, value }) => {
    const row = document.createElement("div");
    const term = document.createElement("dt");
    const description = document.createElement("dd");
    term.textContent = label;
    description.textContent = value;
    row.append(term, description);
    return row;
  });
  list.replaceChildren(...rows);
}
