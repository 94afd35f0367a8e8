// Joins the parts of the page; everything it knows comes over one stream of events.

import { Chat } from "./chat.js";
import { Clock } from "./clock.js";
import { Composer, Menu } from "./composer.js";
import { byId } from "./dom.js";
import { ask, listen } from "./net.js";
import { People } from "./people.js";

const wide = matchMedia("(min-width: 860px)");

const clock = new Clock(() => {
  chat.dateChanged();
  people.repaint();
});
const chat = new Chat(() => clock.now());
const people = new People((userid) => pick(userid), () => clock.now());
const composer = new Composer((message) => chat.apply(message));
const menu = new Menu(() => people.current);
const entered = new Set();

function pick(userid) {
  if (inHand() === userid) show();
  else location.hash = encodeURIComponent(userid);
}

const inHand = () => decodeURIComponent(location.hash.slice(1));

/** Whose phone is in hand stands in the address, so that reload and the browser's back button work. */
function show() {
  const userid = inHand();
  const person = people.people.get(userid);
  document.body.dataset.screen = person ? "phone" : "people";
  if (!person) {
    people.pick(null);
    return;
  }
  // The platform's authorize page reads here who opened a link.
  if (/^[\w.@-]+$/.test(userid)) document.cookie = `sandbox_userid=${userid}; path=/; SameSite=Lax`;
  people.pick(userid);
  composer.open(userid);
  chat.open(person);
  markRead(userid);
  if (!entered.has(userid)) {
    entered.add(userid);
    ask("/sandbox/enter", { userid });
  }
}

function markRead(userid) {
  const person = people.people.get(userid);
  if (document.visibilityState !== "visible" || !person || person.unread === 0) return;
  person.unread = 0;
  ask("/sandbox/read", { userid });
}

async function load() {
  const [all] = await Promise.all([ask("/sandbox/people"), clock.load()]);
  if (!all.people) return;
  people.load(all.people);
  menu.load(all.menu);
  if (!location.hash && wide.matches && all.people.length) {
    history.replaceState(null, "", `#${encodeURIComponent(all.people[0].userid)}`);
  }
  show();
}

const handlers = {
  hello: load,
  message({ message, last, unread, now }) {
    people.update(message.userid, { unread, last });
    chat.apply(message);
    if (message.userid === people.current) markRead(message.userid);
    clock.passed(now, !message.mine);
    if (!clock.reachable && !message.mine) clock.load();
  },
  read: ({ userid }) => people.update(userid, { unread: 0 }),
  menu: (event) => menu.load(event.menu),
  clock({ moving }) {
    clock.setMoving(moving);
    if (!moving) clock.load();
  },
};

addEventListener("hashchange", show);
document.addEventListener("visibilitychange", () => markRead(people.current));
byId("back").addEventListener("click", () => {
  history.replaceState(null, "", location.pathname);
  show();
  people.box.focus();
});
listen(
  (event) => handlers[event.type]?.(event),
  (up) => {
    byId("offline").hidden = up;
  },
);
