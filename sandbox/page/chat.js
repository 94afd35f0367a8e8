// One person's conversation with the bot.

import { avatar, botAvatar } from "./avatar.js";
import { templateCard, textcard } from "./cards.js";
import { byId, el, icon, toast } from "./dom.js";
import { ask } from "./net.js";
import { linkified, markdown } from "./richtext.js";
import { parts, separator } from "./time.js";

const PAUSE = 5 * 60_000; // ms between two bubbles that earns a time of its own
const TYPING = 6000; // ms after which nobody believes any more that the bot is typing

export class Chat {
  /** `now()` in milliseconds, for the words of the separators. */
  constructor(now) {
    this.now = now;
    this.person = null;
    this.messages = new Map();
    this.busy = new Set();
    this.awaited = new Set(); // own messages whose answer was waited for
    this.last = null; // when the newest bubble was sent, ms
    this.newest = null; // its id
    this.more = false;
    this.unseen = 0;
    this.stick = true;
    this.box = byId("talk");
    this.box.addEventListener("scroll", () => this.atBottom() && this.seen());
    byId("newer").addEventListener("click", () => this.toBottom(true));
  }

  async open(person) {
    const other = person.userid !== this.person?.userid;
    this.person = person;
    if (other) {
      this.messages.clear();
      clearTimeout(this.timer);
      this.box.replaceChildren();
    }
    byId("phone-owner").textContent = `${person.name} · ${person.label.replace(" · ", " ")}`;
    const page = await ask(`/sandbox/messages?userid=${encodeURIComponent(person.userid)}`);
    if (this.person !== person || !page.messages) return;
    for (const message of page.messages) this.messages.set(message.id, message);
    this.more = page.more;
    this.draw();
    this.toBottom();
  }

  async earlier() {
    const { person } = this;
    const [first] = this.messages.values();
    const page = await ask(`/sandbox/messages?userid=${encodeURIComponent(person.userid)}&before=${first.number}`);
    if (this.person !== person || !page.messages) return;
    this.messages = new Map([...page.messages.map((message) => [message.id, message]), ...this.messages]);
    this.more = page.more;
    const below = this.box.scrollHeight - this.box.scrollTop;
    this.draw();
    this.box.scrollTop = this.box.scrollHeight - below;
  }

  /** Show a message that is new or has changed. */
  apply(message) {
    if (message.userid !== this.person?.userid) return;
    const known = this.messages.has(message.id);
    const [first] = this.messages.values();
    if (!known && first && message.number < first.number) return; // on a page not loaded yet
    const follow = this.atBottom() || (!known && message.mine);
    this.messages.set(message.id, message);
    if (known) this.redraw(message);
    else this.append(message);
    this.expect(message);
    if (follow) this.toBottom();
    else if (!known) this.announce();
  }

  /** The separators say 昨天 once the clock has passed midnight. */
  dateChanged() {
    for (const line of this.box.querySelectorAll("time.separator")) {
      line.textContent = separator(Number(line.dataset.at), this.now());
    }
  }

  draw() {
    const earlier = el("button", { type: "button", class: "earlier", on: { click: () => this.earlier() } }, "查看更早的消息");
    this.box.replaceChildren(...(this.more ? [earlier] : []));
    this.last = null;
    for (const message of this.messages.values()) this.append(message);
    if (!this.messages.size) this.box.append(el("p", { class: "line empty" }, "还没有消息，说句话试试，例如“帮助”"));
  }

  append(message) {
    this.box.querySelector(".empty")?.remove();
    const at = Date.parse(message.at);
    if (this.last === null || at - this.last > PAUSE || parts(at).dayNumber !== parts(this.last).dayNumber) {
      const line = el("time", { class: "line separator", datetime: message.at }, separator(at, this.now()));
      line.dataset.at = String(at);
      this.box.append(line);
    }
    this.last = at;
    this.newest = message.id;
    const typing = this.box.querySelector(".typing");
    this.box.append(this.node(message));
    if (typing) this.box.append(typing);
  }

  redraw(message) {
    const old = this.box.querySelector(`[data-id="${CSS.escape(message.id)}"]`);
    if (!old) return;
    const held = old.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const fresh = this.node(message);
    old.replaceWith(fresh);
    // Whoever works by keyboard stays where they were.
    if (held !== null) (fresh.querySelector(`[data-key="${CSS.escape(held ?? "")}"]:enabled`) ?? this.box).focus();
  }

  node(message) {
    if (message.state === "recalled") return this.line(message, "应用撤回了一条消息");
    if (message.kind === "note") return this.line(message, message.body.content);
    const face = message.mine ? avatar(this.person) : botAvatar();
    const bubble = el("div", { class: `bubble ${message.kind}` }, this.content(message));
    const row = el(
      "article",
      { class: `message ${message.mine ? "mine" : "theirs"} ${message.state}`, "aria-label": message.mine ? "我" : "政务公开督办" },
      face,
      el("div", { class: "stack" }, message.chat ? el("span", { class: "from-chat" }, `群聊 · ${message.chat}`) : null,
        el("div", { class: "bubble-line" }, this.state(message), bubble), this.failure(message)),
    );
    row.dataset.id = message.id;
    return row;
  }

  line(message, words) {
    const line = el("p", { class: "line" }, words);
    line.dataset.id = message.id;
    return line;
  }

  content(message) {
    const { body } = message;
    switch (message.kind) {
      case "text":
        return linkified(body.content);
      case "markdown":
        return markdown(body.content);
      case "textcard":
        return textcard(body);
      case "template_card":
        return templateCard(message, this.busy.has(message.id), (key, selected) => this.press(message, key, selected));
      case "image":
        return this.image(body);
      default:
        return this.file(body);
    }
  }

  image(body) {
    const address = `/sandbox/media/${encodeURIComponent(body.media_id)}`;
    const picture = el("img", { src: address, alt: body.name, on: { load: () => this.stick && this.toBottom() } });
    return el("a", { href: address, target: "_blank", rel: "noopener" }, picture);
  }

  file(body) {
    const kind = /\.([A-Za-z0-9]{1,4})$/.exec(body.name)?.[1].toLowerCase() ?? "";
    return el(
      "a",
      { class: "file-link", href: `/sandbox/media/${encodeURIComponent(body.media_id)}`, download: body.name },
      el("span", { class: "file-words" }, el("strong", {}, body.name), el("small", {}, size(body.size), icon("save"), "下载")),
      el("span", { class: `file-kind kind-${kind}`, "aria-hidden": "true" }, kind ? kind.toUpperCase() : "?"),
    );
  }

  state(message) {
    if (message.state === "sending") return el("i", { class: "spinner", role: "img", "aria-label": "正在发送" });
    if (message.state !== "failed") return null;
    return el("button", { type: "button", class: "again", "aria-label": "没有送达，重新发送", on: { click: () => this.retry(message) } }, "!");
  }

  failure(message) {
    return message.state === "failed" ? el("small", { class: "failure" }, `没有送达：${message.error}，点红色感叹号重发`) : null;
  }

  async retry(message) {
    const answer = await ask("/sandbox/retry", { userid: message.userid, message_id: message.id });
    if (answer.message) this.apply(answer.message);
    else if (!answer.ok) toast(answer.error, "bad");
  }

  async press(message, key, selected) {
    this.busy.add(message.id);
    this.apply({ ...this.messages.get(message.id), pressed: key, selected });
    const answer = await ask("/sandbox/press", { userid: message.userid, message_id: message.id, key, selected });
    this.busy.delete(message.id);
    if (this.messages.has(message.id)) this.apply(this.messages.get(message.id));
    if (!answer.ok) toast(`没有送达：${answer.error}`, "bad");
    else this.typing();
  }

  /** After one's own words the bot is expected to speak; once it has, the wait is over. */
  expect(message) {
    if (!message.mine) this.stopTyping();
    else if (message.id === this.newest && message.state === "sent" && !this.awaited.has(message.id)) {
      this.awaited.add(message.id);
      this.typing();
    }
  }

  typing() {
    this.stopTyping();
    this.box.append(
      el("div", { class: "message theirs typing" }, botAvatar(),
        el("div", { class: "bubble", role: "img", "aria-label": "对方正在输入" }, el("i"), el("i"), el("i"))),
    );
    if (this.stick) this.toBottom();
    this.timer = setTimeout(() => this.stopTyping(), TYPING);
  }

  stopTyping() {
    clearTimeout(this.timer);
    this.box.querySelector(".typing")?.remove();
  }

  atBottom() {
    this.stick = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 80;
    return this.stick;
  }

  toBottom(smooth = false) {
    this.stick = true;
    this.box.scrollTo({ top: this.box.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    this.seen();
  }

  announce() {
    this.unseen += 1;
    byId("newer").hidden = false;
    byId("newer").querySelector("span").textContent = `${this.unseen} 条新消息`;
  }

  seen() {
    this.unseen = 0;
    byId("newer").hidden = true;
  }
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
}
