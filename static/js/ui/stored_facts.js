import { byteSize } from "./byte_size.js";
import { newElement } from "./elements.js";
import { momentText, spanText } from "./moment_text.js";

/** @type {Record<string, string>} */
const KEY_FACTS = {
  payload_bytes: "Sealed bytes",
  file_size_bytes: "Size of the files together",
  part_bytes: "Size of a sealed part",
  created_at: "Begun",
  completed_at: "Sealed",
  expires_at: "Expires",
  max_downloads: "Downloads allowed",
  download_count: "Downloads so far",
  envelope: "For making keys",
};
const MOMENT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/;

/**
 * A stored value as people read it; `name` is the column's.
 * @param {string} name
 * @param {StoredValue} value
 */
export function valueText(name, value) {
  if (name === "max_downloads" && value === null) return "no limit";
  if (value === null || value === "") return "empty";
  if (name === "envelope") return String(value).includes("argon2id") ? "random bytes; how long a passphrase takes to try" : "random bytes, not secret";
  if (typeof value === "number" && name.endsWith("_bytes")) return byteSize(value);
  if (typeof value === "number" && name.endsWith("_seconds")) return spanText(value);
  return MOMENT.test(String(value)) ? momentText(String(value)) : String(value);
}

/**
 * The facts that say most, from the row as the server describes it.
 * @param {Record<string, StoredValue>} storedFields
 * @returns {{label: string, value: string}[]}
 */
export function storedFacts(storedFields) {
  const names = Object.keys(KEY_FACTS).filter((name) => name in storedFields && storedFields[name] !== "");
  const facts = names.map((name) => ({ label: KEY_FACTS[name], value: valueText(name, storedFields[name]) }));
  const hashes = Object.entries(storedFields).filter(([name, value]) => name.endsWith("_hash") && value !== "");
  if (hashes.length > 0) facts.push({ label: "To tell you and readers from others", value: `${hashes.length} hashes of random numbers` });
  return facts;
}

/**
 * @param {HTMLElement} list
 * @param {{label: string, value: string}[]} facts
 */
export function showFacts(list, facts) {
  list.replaceChildren(...facts.map(({ label, value }) => newElement("div", "", newElement("dt", "", label), newElement("dd", "", value))));
}
