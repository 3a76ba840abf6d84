const DATE = { day: "numeric", month: "long" };
const TIME = { hour: "2-digit", minute: "2-digit" };
const SPANS = [
  [86400, "day"],
  [3600, "hour"],
  [60, "minute"],
  [1, "second"],
];

/** A moment in the reader's own time zone: `29 November, 20:04`, with the year when it is another one. */
export function momentText(iso, now = new Date()) {
  const moment = new Date(iso);
  const year = moment.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat("en-GB", { ...DATE, ...year, ...TIME }).format(moment).replace(" at ", ", ");
}

/** A length of time to the second: `1 minute 5 seconds`. */
export function exactSpanText(seconds) {
  const words = [];
  let left = seconds;
  for (const [length, name] of SPANS) {
    const count = Math.floor(left / length);
    if (count > 0) words.push(`${count} ${name}${count === 1 ? "" : "s"}`);
    left -= count * length;
  }
  return words.join(" ");
}

/** A length of time in its largest unit: `7 days`, `1 hour`. */
export function spanText(seconds) {
  const [length, name] = SPANS.find(([unit]) => seconds >= unit) ?? SPANS.at(-1);
  const count = Math.round(seconds / length);
  return `${count} ${name}${count === 1 ? "" : "s"}`;
}
