// Faces drawn from names.

import { el } from "./dom.js";

const COLOURS = 8; // classes tone-0 … tone-7 of layout.css

/** A rounded square with the first character of the name, coloured by the unit. */
export function avatar(person) {
  let sum = 0;
  for (const letter of person.department) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return el("span", { class: `avatar tone-${sum % COLOURS}`, "aria-hidden": "true" }, [...person.name][0] ?? "");
}

export function botAvatar() {
  return el("img", { class: "avatar", src: "/page/icon.svg", alt: "" });
}
