// The list of people: grouped by unit, searchable, with what waits for each of them.

import { avatar } from "./avatar.js";
import { byId, el } from "./dom.js";
import { brief } from "./time.js";

export class People {
  /** `onPick(userid)` when somebody is chosen; `now()` in milliseconds. */
  constructor(onPick, now) {
    this.people = new Map();
    this.rows = new Map();
    this.current = null;
    this.onlyUnread = false;
    this.waiting = false;
    this.onPick = onPick;
    this.now = now;
    this.box = byId("people");
    byId("search").addEventListener("input", () => this.filter());
    byId("tab-all").addEventListener("click", () => this.showUnread(false));
    byId("tab-unread").addEventListener("click", () => this.showUnread(true));
    this.box.addEventListener("keydown", (event) => this.walk(event));
  }

  load(people) {
    this.people = new Map(people.map((person) => [person.userid, person]));
    this.rows.clear();
    const groups = new Map();
    for (const person of people) {
      if (!groups.has(person.department)) groups.set(person.department, []);
      groups.get(person.department).push(person);
    }
    this.box.replaceChildren(
      ...[...groups].map(([unit, members]) =>
        el("section", { class: "unit", "aria-label": unit }, el("h2", {}, unit), members.map((one) => this.row(one))),
      ),
      el("p", { class: "nobody", hidden: true }),
    );
    this.filter();
  }

  row(person) {
    const role = person.label.startsWith(`${person.department} · `)
      ? person.label.slice(person.department.length + 3)
      : person.label;
    const row = el(
      "button",
      { type: "button", class: "person", on: { click: () => this.onPick(person.userid) } },
      el("span", { class: "face" }, avatar(person), el("b", { class: "badge", hidden: true })),
      el("span", { class: "who" }, el("strong", {}, person.name), el("span", { class: "role" }, role)),
      el("time", {}),
      el("span", { class: "last" }),
    );
    row.dataset.userid = person.userid;
    this.rows.set(person.userid, row);
    this.paint(person);
    return row;
  }

  paint(person) {
    const row = this.rows.get(person.userid);
    const unread = person.userid === this.current ? 0 : person.unread;
    const badge = row.querySelector(".badge");
    badge.hidden = unread === 0;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    row.querySelector(".last").textContent = person.last ? person.last.text : "还没有消息";
    row.querySelector("time").textContent = person.last ? brief(Date.parse(person.last.at), this.now()) : "";
    row.setAttribute("aria-label", `${person.name}，${person.label}${unread ? `，${unread} 条未读` : ""}`);
    if (person.userid === this.current) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }

  update(userid, changes) {
    const person = this.people.get(userid);
    if (!person) return;
    Object.assign(person, changes);
    this.paint(person);
    this.filterSoon();
  }

  /** Once per frame: a jump of the clock can bring hundreds of messages in a moment. */
  filterSoon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.filter();
    });
  }

  repaint() {
    for (const person of this.people.values()) this.paint(person);
  }

  pick(userid) {
    this.current = userid;
    this.repaint();
    this.filter();
    if (userid) this.rows.get(userid).scrollIntoView({ block: "nearest" });
  }

  showUnread(only) {
    this.onlyUnread = only;
    byId("tab-all").setAttribute("aria-pressed", String(!only));
    byId("tab-unread").setAttribute("aria-pressed", String(only));
    this.filter();
  }

  /** Show who fits the search and the tab; a unit without anybody left is hidden. */
  filter() {
    const words = byId("search").value.trim().toLowerCase().split(/\s+/);
    let shown = 0;
    let waiting = 0;
    for (const person of this.people.values()) {
      const unread = person.userid === this.current ? 0 : person.unread;
      const text = `${person.name} ${person.label} ${person.department} ${person.userid}`.toLowerCase();
      const fits = words.every((word) => text.includes(word)) && (!this.onlyUnread || unread > 0);
      this.rows.get(person.userid).hidden = !fits;
      shown += fits;
      waiting += unread;
    }
    for (const unit of this.box.querySelectorAll(".unit")) {
      unit.hidden = !unit.querySelector(".person:not([hidden])");
    }
    const nobody = this.box.querySelector(".nobody");
    if (nobody) {
      nobody.hidden = shown > 0;
      nobody.textContent = this.onlyUnread ? "都读过了" : "没有找到";
    }
    for (const id of ["unread-total", "back-unread"]) {
      byId(id).hidden = waiting === 0;
      byId(id).textContent = waiting > 999 ? "999+" : String(waiting);
    }
    document.title = `${waiting ? `(${waiting}) ` : ""}政务公开督办 · 手机沙箱`;
  }

  /** Arrow keys go from one person to the next. */
  walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const rows = [...this.box.querySelectorAll(".person:not([hidden])")].filter((row) => row.offsetParent);
    const next = rows[rows.indexOf(document.activeElement) + step];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
}
