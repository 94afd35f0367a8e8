// The input bar: words, files, and the application's menu.

import { byId, el, icon, toast } from "./dom.js";
import { ask, upload } from "./net.js";
import { link } from "./richtext.js";

const LARGEST = 20 * 1024 ** 2; // bytes, the platform's limit for a file

export class Composer {
  /** `onMessage(message)` for what the sandbox says became of a message. */
  constructor(onMessage) {
    this.onMessage = onMessage;
    this.userid = null;
    this.drafts = new Map();
    this.words = byId("words");
    this.words.addEventListener("input", () => this.fit());
    this.words.addEventListener("keydown", (event) => {
      // While an input method is choosing characters, Enter belongs to it.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send();
      }
    });
    this.words.addEventListener("paste", (event) => {
      const [file] = event.clipboardData?.files ?? [];
      if (file) {
        event.preventDefault();
        this.attach(file);
      }
    });
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", () => {
      const [file] = byId("file").files;
      if (file) this.attach(file);
      byId("file").value = "";
    });
  }

  open(userid) {
    if (this.userid) this.drafts.set(this.userid, this.words.value);
    this.userid = userid;
    this.words.value = this.drafts.get(userid) ?? "";
    this.fit();
  }

  fit() {
    byId("send").disabled = !this.words.value.trim();
    byId("composer").classList.toggle("writing", Boolean(this.words.value.trim()));
    this.words.style.height = "auto";
    this.words.style.height = `${Math.min(this.words.scrollHeight, 132)}px`;
  }

  async send() {
    const text = this.words.value.trim();
    const { userid } = this;
    if (!text || !userid) return;
    this.words.value = "";
    this.fit();
    this.words.focus();
    const answer = await ask("/sandbox/say", { userid, text });
    if (answer.message) this.onMessage(answer.message);
    else {
      toast(answer.error, "bad");
      if (this.userid === userid && !this.words.value) {
        this.words.value = text;
        this.fit();
      }
    }
  }

  async attach(file) {
    if (file.size > LARGEST) {
      toast("文件不能超过 20 MB", "bad");
      return;
    }
    const answer = await upload(this.userid, file);
    if (answer.message) this.onMessage(answer.message);
    else toast(answer.error, "bad");
  }
}

export class Menu {
  /** `who()` is the userid of the phone in hand. */
  constructor(who) {
    this.who = who;
    this.box = byId("menu");
    document.addEventListener("click", (event) => {
      if (!this.box.contains(event.target)) this.close();
    });
    this.box.addEventListener("keydown", (event) => this.key(event));
  }

  load(menu) {
    this.box.hidden = menu.length === 0;
    this.box.replaceChildren(...menu.map((button) => this.entry(button)));
  }

  entry(button) {
    if (!button.sub_button) return el("div", { class: "menu-entry" }, this.item(button));
    const list = el("div", { class: "submenu", role: "menu", hidden: true }, button.sub_button.map((sub) => this.item(sub, "menuitem")));
    const opener = el(
      "button",
      { type: "button", "aria-haspopup": "menu", "aria-expanded": "false", on: { click: () => this.toggle(opener, list) } },
      icon("lines"),
      button.name,
    );
    return el("div", { class: "menu-entry" }, list, opener);
  }

  item(item, role = null) {
    const choose = () => this.choose(item);
    if (item.type === "view") {
      const anchor = link(item.url, item.name, { role });
      anchor.addEventListener("click", choose);
      return anchor;
    }
    return el("button", { type: "button", role, on: { click: choose } }, item.name);
  }

  async choose(item) {
    this.close();
    const answer = await ask("/sandbox/menu", { userid: this.who(), key: item.key ?? item.url });
    if (!answer.ok) toast(`没有送达：${answer.error}`, "bad");
  }

  toggle(opener, list) {
    const opening = list.hidden;
    this.close();
    list.hidden = !opening;
    opener.setAttribute("aria-expanded", String(opening));
    if (opening) list.firstElementChild.focus();
  }

  close() {
    for (const list of this.box.querySelectorAll(".submenu")) list.hidden = true;
    for (const opener of this.box.querySelectorAll("[aria-expanded]")) opener.setAttribute("aria-expanded", "false");
  }

  key(event) {
    const list = event.target.closest(".submenu");
    if (!list) return;
    if (event.key === "Escape") {
      this.close();
      list.nextElementSibling.focus();
    }
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (step) {
      event.preventDefault();
      event.target[step]?.focus();
    }
  }
}
