// The bot's clock: what it shows, and turning it.

import { byId, toast } from "./dom.js";
import { ask } from "./net.js";
import { parts } from "./time.js";

export class Clock {
  /** `onDate()` when another day has begun. */
  constructor(onDate) {
    this.onDate = onDate;
    this.base = Date.now();
    this.speed = 1;
    this.since = performance.now();
    this.virtual = false;
    this.reachable = false;
    this.moving = false;
    this.arrived = 0;
    this.shown = {};
    for (const button of byId("clock-buttons").querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => this.turn({ step: button.dataset.step }));
    }
    byId("clock-jump").addEventListener("submit", (event) => {
      event.preventDefault();
      this.turn({ now: byId("clock-date-to").value });
    });
    setInterval(() => this.paint(), 1000);
  }

  /** What the clock shows, in milliseconds. */
  now() {
    return this.base + (performance.now() - this.since) * this.speed;
  }

  async load() {
    const clock = await ask("/sandbox/clock");
    if (!clock.now) return;
    this.set(clock.now, clock.speed);
    this.virtual = clock.virtual;
    this.reachable = clock.reachable;
    this.day = clock;
    byId("clock-buttons").hidden = !clock.virtual;
    this.setMoving(clock.moving);
    this.paint(false);
    this.paintDay();
  }

  set(iso, speed = this.speed) {
    this.base = Date.parse(iso);
    this.speed = speed;
    this.since = performance.now();
  }

  setMoving(moving) {
    if (moving && !this.moving) this.arrived = 0;
    this.moving = moving;
    byId("clock-moving").hidden = !moving;
    if (moving) byId("clock-day").hidden = true;
    for (const control of byId("clock-buttons").querySelectorAll("button, input")) control.disabled = moving;
    this.progress();
  }

  /** A message was sent at this moment: while the clock runs, this is how far it has come. */
  passed(iso, fromBot) {
    if (!this.moving) return;
    if (fromBot) this.arrived += 1;
    if (Date.parse(iso) > this.now()) this.set(iso);
    this.progress();
    this.paint();
  }

  progress() {
    byId("clock-moving-text").textContent = this.arrived ? `时钟正在走，已送出 ${this.arrived} 条` : "时钟正在走…";
  }

  async turn(how) {
    this.setMoving(true);
    const answer = await ask("/sandbox/clock", how);
    await this.load();
    if (!answer.ok) {
      toast(answer.error, "bad");
      return;
    }
    const { month, day, weekday, time } = parts(Date.parse(answer.now));
    toast(`走到 ${month}月${day}日 星期${weekday} ${time}，送出 ${answer.sent} 条消息`, "good");
  }

  /** Show the time; `reload` asks what kind of day it is when a new one has begun. */
  paint(reload = true) {
    const now = parts(this.now());
    if (now.time === this.shown.time && now.iso === this.shown.iso) return;
    const newDay = this.shown.iso !== undefined && now.iso !== this.shown.iso;
    this.shown = now;
    byId("clock-time").textContent = byId("phone-clock").textContent = now.time;
    byId("clock-date").textContent = `${now.year}年${now.month}月${now.day}日 星期${now.weekday}`;
    byId("clock-date-to").min = byId("clock-date-to").value = now.iso;
    if (newDay) this.onDate();
    if (newDay && reload && !this.moving) this.load();
  }

  paintDay() {
    const chip = byId("clock-day");
    const workday = this.day?.workday ?? null;
    const name = this.day?.day_name ? ` · ${this.day.day_name}` : "";
    chip.textContent = workday === null ? "" : `${workday ? "工作日" : "休息日"}${name}`;
    chip.className = `chip ${workday ? "work" : "rest"}`;
    chip.hidden = this.moving || workday === null;
  }
}
