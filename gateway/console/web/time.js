// Times and spans as people read them. 64-bit numbers come as text.
import { h } from "./dom.js";

export const ms = (value) => Number(value ?? 0);

export function when(unixMs) {
  const at = ms(unixMs);
  if (!at) return null;
  const date = new Date(at);
  const day = date.toDateString() === new Date().toDateString() ? "" : `${date.toLocaleDateString()} `;
  return h("time", { datetime: date.toISOString(), title: date.toISOString() }, day + date.toLocaleTimeString());
}

export function span(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  if (seconds < 1) return `${Math.round(Math.abs(milliseconds))} ms`;
  const parts = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ]
    .map(([size, unit]) => [Math.floor(seconds / size) % (size === 86400 ? 1e9 : size === 3600 ? 24 : 60), unit])
    .filter(([count]) => count > 0);
  return parts
    .slice(0, 2)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

export const micros = (value) => (ms(value) < 1000 ? `${ms(value)} µs` : span(ms(value) / 1000));

// Counts down by itself: tick() below renews every one that is on the page.
export function countdown(unixMs) {
  const element = h("time", {
    class: "countdown",
    "data-until": ms(unixMs),
    datetime: new Date(ms(unixMs)).toISOString(),
  });
  renew(element);
  return element;
}

function renew(element) {
  const left = Number(element.dataset.until) - Date.now();
  element.textContent = left > 0 ? `in ${span(left)}` : "now";
  element.classList.toggle("soon", left < 60_000);
}

setInterval(() => document.querySelectorAll(".countdown").forEach(renew), 1000);
