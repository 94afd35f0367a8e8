// Cards: the platform's text cards and template cards, with buttons that work.

import { el, icon } from "./dom.js";
import { link } from "./richtext.js";

/** A text card: the whole card is a link. */
export function textcard(body) {
  return fill(link(body.url, "", { class: "card textcard" }), textcardParts(body));
}

function textcardParts(body) {
  return [
    el("strong", { class: "card-title" }, body.title),
    el("p", { class: "card-text" }, plain(body.description)),
    el("span", { class: "card-more" }, body.btntxt, icon("right")),
  ];
}

/** A template card. `onPress(key, selected)` for a button that calls back; `busy` while a press is under way. */
export function templateCard(message, busy, onPress) {
  const card = message.body;
  const box = el("div", { class: "card", role: "group", "aria-label": card.main_title?.title ?? "卡片" });
  const press = (key) => onPress(key, chosen(box));
  fill(box, [
    source(card.source),
    heading(card),
    card.emphasis_content
      ? el("div", { class: "emphasis" }, el("b", {}, card.emphasis_content.title ?? ""), card.emphasis_content.desc ?? "")
      : null,
    card.quote_area
      ? el("blockquote", {}, el("b", {}, card.quote_area.title ?? ""), card.quote_area.quote_text ?? "")
      : null,
    card.sub_title_text ? el("p", { class: "card-text" }, card.sub_title_text) : null,
    rows(card.horizontal_content_list),
    questions(card, message.replaced !== "" || busy, message.selected),
    buttons(message, busy, press),
    (card.jump_list ?? []).map((jump) => jumpLink(jump)),
    card.card_action?.type === 1 ? jumpLink({ type: 1, url: card.card_action.url, title: "查看详情" }) : null,
  ]);
  return box;
}

function fill(box, parts) {
  box.append(...parts.flat().filter(Boolean));
  return box;
}

/** Descriptions of text cards may carry <div class="…"> and <br>; only their words and breaks are kept. */
function plain(text) {
  return text.replace(/<br\s*\/?>/gi, "\n").replace(/<div[^>]*>(.*?)<\/div>/gis, "$1\n").trim();
}

function source(value) {
  return value?.desc ? el("p", { class: "card-source" }, value.desc) : null;
}

function heading(card) {
  const { title, desc } = card.main_title ?? {};
  if (!title && !desc) return null;
  return el("div", { class: "card-head" }, title ? el("strong", { class: "card-title" }, title) : null, desc ? el("p", {}, desc) : null);
}

function rows(list) {
  if (!list?.length) return null;
  return el("dl", { class: "card-rows" }, list.map((row) => el("div", {}, el("dt", {}, row.keyname), el("dd", {}, value(row)))));
}

function value(row) {
  if (row.type === 1) return link(row.url, row.value || row.url);
  if (row.type === 2) return el("a", { href: `/sandbox/media/${encodeURIComponent(row.media_id)}`, download: true }, row.value || "附件");
  return row.value ?? "";
}

function jumpLink(jump) {
  const line = [el("span", {}, jump.title), icon("right")];
  if (jump.type !== 1) return el("p", { class: "card-jump" }, line);
  const anchor = link(jump.url, "", { class: "card-jump" });
  anchor.append(...line);
  return anchor;
}

function questions(card, closed, selected) {
  if (card.card_type === "vote_interaction") return checkbox(card.checkbox, closed || card.checkbox.disable, selected);
  const selects = card.card_type === "multiple_interaction" ? card.select_list : card.button_selection ? [card.button_selection] : [];
  return selects.map((one) => select(one, closed || one.disable, selected));
}

function checkbox(question, closed, selected) {
  const kept = selected[question.question_key];
  const type = question.mode === 1 ? "checkbox" : "radio";
  const options = question.option_list.map((option) => {
    const input = el("input", { type, value: option.id, name: question.question_key, disabled: closed, checked: kept ? kept.includes(option.id) : Boolean(option.is_checked) });
    return el("label", { class: "option" }, input, el("span", {}, option.text));
  });
  const box = el("fieldset", { class: "options" }, options);
  box.dataset.question = question.question_key;
  return box;
}

function select(question, closed, selected) {
  const [kept = question.selected_id] = selected[question.question_key] ?? [];
  const options = question.option_list.map((option) =>
    el("option", { value: option.id, selected: option.id === kept }, option.text),
  );
  const field = el("select", { disabled: closed, "aria-label": question.title ?? "请选择" }, options);
  field.dataset.question = question.question_key;
  return el("label", { class: "select" }, el("span", {}, question.title ?? ""), field);
}

/** What is chosen on the card: question key → option ids. */
function chosen(box) {
  const selected = {};
  for (const field of box.querySelectorAll("select[data-question]")) selected[field.dataset.question] = [field.value];
  for (const field of box.querySelectorAll("fieldset[data-question]")) {
    selected[field.dataset.question] = [...field.querySelectorAll("input:checked")].map((input) => input.value);
  }
  return selected;
}

function buttons(message, busy, press) {
  const card = message.body;
  const list = card.card_type === "button_interaction" ? card.button_list : card.submit_button ? [card.submit_button] : [];
  if (!list.length) return null;
  if (message.replaced) {
    return el("div", { class: "card-buttons" }, el("button", { type: "button", class: "done", disabled: true }, message.replaced));
  }
  const made = list.map((button, index) => {
    if (button.type === 1) return link(button.url, button.text, { class: "button" });
    const pressed = message.pressed === button.key;
    const waiting = busy && pressed ? el("i", { class: "spinner" }) : null;
    const props = { type: "button", class: `style-${button.style ?? (index === 0 ? 1 : 2)}${pressed ? " pressed" : ""}`, disabled: busy };
    const node = el("button", { ...props, on: { click: () => press(button.key) } }, waiting, button.text);
    node.dataset.key = button.key;
    return node;
  });
  const narrow = list.length > 1 && list.every((button) => [...button.text].length <= 6);
  return el("div", { class: `card-buttons${narrow ? " narrow" : ""}` }, made);
}
