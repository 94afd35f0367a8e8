// Moments as people in Shanghai read them; the viewer's own zone does not matter.

const WEEKDAYS = "日一二三四五六";
const SHANGHAI = 8 * 3600_000;

/** The parts of a moment given in milliseconds. */
export function parts(ms) {
  const d = new Date(ms + SHANGHAI);
  const two = (n) => String(n).padStart(2, "0");
  return {
    year: d.getUTCFullYear(),
    month: d.getUTCMonth() + 1,
    day: d.getUTCDate(),
    weekday: WEEKDAYS[d.getUTCDay()],
    time: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`,
    iso: `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())}`,
    dayNumber: Math.floor((ms + SHANGHAI) / 86400_000),
  };
}

/** A separator between bubbles: 09:05, 昨天 09:05, 5月25日 星期二 09:05. */
export function separator(ms, now) {
  const then = parts(ms);
  const today = parts(now);
  const ago = today.dayNumber - then.dayNumber;
  if (ago === 0) return then.time;
  if (ago === 1) return `昨天 ${then.time}`;
  const year = then.year === today.year ? "" : `${then.year}年`;
  return `${year}${then.month}月${then.day}日 星期${then.weekday} ${then.time}`;
}

/** The same for a line of the list: 09:05, 昨天, 5月25日. */
export function brief(ms, now) {
  const then = parts(ms);
  const ago = parts(now).dayNumber - then.dayNumber;
  if (ago === 0) return then.time;
  return ago === 1 ? "昨天" : `${then.month}月${then.day}日`;
}
