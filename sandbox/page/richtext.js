// Text of messages as nodes: links in plain text, and the small markdown of the platform.

import { el } from "./dom.js";

// An address ends at white space, at Chinese text and at the punctuation that follows it in Chinese sentences.
const ADDRESS = String.raw`https?:\/\/[^\s<>"'\u3000-\u303f\u2018-\u201d\u4e00-\u9fff\uff00-\uffef]+`;
const PLAIN = new RegExp(String.raw`<a href="(${ADDRESS})">([^<]*)<\/a>|(${ADDRESS})`, "g");
const INLINE = new RegExp(
  String.raw`\*\*(.+?)\*\*|` +
    "`([^`]+)`|" +
    String.raw`\[([^\]]+)\]\((${ADDRESS})\)|<font color="(\w+)">(.*?)<\/font>|(${ADDRESS})`,
  "g",
);

/** A link that opens elsewhere, or just the words when the address is not one of the web. */
export function link(address, words, props = {}) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return el("span", {}, words);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return el("span", {}, words);
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", ...props }, words);
}

/** Plain text with its addresses, and the <a href> the platform knows in texts, made links. */
export function linkified(text) {
  return pieces(text, PLAIN, ([, href, words, bare]) => (href ? [link(href, words)] : bareLink(bare)));
}

/** The markdown the platform shows: headings, quotes, lists, bold, code, links, three colours. */
export function markdown(text) {
  const box = el("div", { class: "markdown" });
  for (const line of text.split("\n")) {
    const [, mark, rest] = /^(#{1,6} |> ?|[-*] |\d+\. )?(.*)$/.exec(line);
    const words = inline(rest);
    if (!mark) box.append(el("p", {}, words));
    else if (mark.startsWith("#")) box.append(el("p", { class: `heading h${mark.trim().length}` }, words));
    else if (mark.startsWith(">")) box.append(el("blockquote", {}, words));
    else box.append(el("p", { class: "item" }, el("span", {}, /\d/.test(mark) ? mark : "•"), el("span", {}, words)));
  }
  return box;
}

function inline(text) {
  return pieces(text, INLINE, ([, bold, code, words, href, colour, coloured, bare]) => {
    if (bold) return [el("strong", {}, inline(bold))];
    if (code) return [el("code", {}, code)];
    if (href) return [link(href, words)];
    if (colour) return [el("span", { class: `ink-${colour}` }, inline(coloured))];
    return bareLink(bare);
  });
}

function bareLink(address) {
  const [trailing] = /[.,;:!?)\]]*$/.exec(address);
  const kept = address.slice(0, address.length - trailing.length);
  return [link(kept, kept), trailing];
}

function pieces(text, pattern, make) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(text.slice(at, match.index), ...make(match));
    at = match.index + match[0].length;
  }
  return [...nodes, text.slice(at)];
}
