/** @type {Intl.DateTimeFormatOptions} */
const DATE = { day: "numeric", month: "long" };
/** @type {Intl.DateTimeFormatOptions} */
const TIME = { hour: "2-digit", minute: "2-digit" };
/** @type {[seconds: number, name: string][]} */
const SPANS = [[86400, "day"], [3600, "hour"], [60, "minute"], [1, "second"]];

/**
 * A moment in the reader's own time zone: `29 November, 20:04`, with the year when it is another one.
 * @param {string} iso
 * @param {Date} [now]
 */
export function momentText(iso, now = new Date()) {
  const moment = new Date(iso);
  /** @type {Intl.DateTimeFormatOptions} */
  const year = moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat("en-GB", { ...DATE, ...year, ...TIME }).format(moment).replace(" at ", ", ");
}

/**
 * A length of time to the second: `1 minute 5 seconds`.
 * @param {number} seconds
 */
export function exactSpanText(seconds) {
  const spans = [];
  let left = seconds;
  for (const [length, name] of SPANS) {
    const count = Math.floor(left / length);
    if (count > 0) spans.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    left -= count * length;
  }
  return spans.join(" ");
}

/**
 * A length of time in its largest unit: `7 days`, `1 hour`.
 * @param {number} seconds
 */
export function spanText(seconds) {
  const [length, name] = SPANS.find(([unit]) => seconds >= unit) ?? SPANS[SPANS.length - 1];
  const count = Math.round(seconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
