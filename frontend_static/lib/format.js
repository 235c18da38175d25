// Numbers and times as people write them, in the language of the page.

import { language } from "./strings.js";

export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((n) => String(n).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

export function duration(seconds) {
  const [value, unit] = seconds < 90 ? [seconds, "second"]
    : seconds < 5400 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  const digits = unit === "hour" || value < 10 ? 1 : 0;
  return new Intl.NumberFormat(language.value, {
    style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits,
  }).format(value);
}

// Measured means are rough: an honest estimate is a range.
export function range(seconds) {
  const low = Math.max(1, seconds * 0.8);
  const high = Math.max(2, seconds * 1.4);
  const unit = high < 90 ? ["second", 1] : high < 5400 ? ["minute", 60] : ["hour", 3600];
  const figures = new Intl.NumberFormat(language.value, {
    style: "unit", unit: unit[0], unitDisplay: "short", maximumFractionDigits: unit[1] === 3600 ? 1 : 0,
  });
  return figures.formatRange(low / unit[1], high / unit[1]);
}

export function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const steps = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < steps.length - 1) {
    value /= 1000;
    step += 1;
  }
  return new Intl.NumberFormat(language.value, {
    style: "unit", unit: steps[step], unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}

export function percent(share) {
  return new Intl.NumberFormat(language.value, { style: "percent" }).format(share);
}

export function number(value) {
  return new Intl.NumberFormat(language.value).format(value);
}

export function when(time) {
  return new Intl.DateTimeFormat(language.value, { dateStyle: "medium", timeStyle: "short" })
    .format(new Date(time));
}

export function ago(time, now = Date.now()) {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const steps = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, length] = steps.find(([, s]) => Math.abs(seconds) >= s) ?? steps.at(-1);
  return new Intl.RelativeTimeFormat(language.value, { numeric: "auto" })
    .format(Math.round(seconds / length), unit);
}

export function words(text) {
  return text.split(/\s+/).filter(Boolean).length;
}
