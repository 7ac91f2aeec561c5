const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const dayNames = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/**
 * Cron text of five or six fields in words, such as "every day at 02:30". Undefined for text whose words would be
 * longer than the text itself, which is then shown instead.
 */
export function cronInWords(cron: string): string | undefined {
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return undefined;
  const [second = "0", minute = "", hour = "", day = "", month = "", weekday = ""] =
    fields.length === 6 ? fields : ["0", ...fields];
  const often = everyFew([second, minute, hour]);
  const at = often ?? clockTimes([second, minute, hour]);
  const on = dates(day, month, weekday);
  if (at === undefined || on === undefined) return undefined;
  if (often !== undefined) return on === "every day" ? often : `${often}, ${on}`;
  return `${on} ${at}`;
}

type Clock = readonly [second: string, minute: string, hour: string];

/** A repetition within the hour or the day, such as "every 5 minutes". */
function everyFew([second, minute, hour]: Clock): string | undefined {
  if (minute === "*" && hour === "*")
    return everyUnit(second, "second") ?? (second === "0" ? "every minute" : undefined);
  if (second !== "0") return undefined;
  if (hour === "*") {
    const every = everyUnit(minute, "minute");
    if (every !== undefined) return every;
    if (!isNumber(minute)) return undefined;
    return minute === "0" ? "every hour" : `every hour at minute ${Number(minute)}`;
  }
  return minute === "0" ? everyUnit(hour, "hour") : undefined;
}

function everyUnit(field: string, unit: string): string | undefined {
  if (field === "*" && unit === "second") return "every second";
  const step = /^(?:\*|0)\/(\d+)$/.exec(field)?.[1];
  if (step === undefined || (unit === "hour" ? 24 : 60) % Number(step) !== 0) return undefined;
  return step === "1" ? `every ${unit}` : `every ${step} ${unit}s`;
}

function clockTimes([second, minute, hour]: Clock): string | undefined {
  const hours = hour.split(",");
  if (!isNumber(minute) || !isNumber(second) || !hours.every(isNumber) || hours.length > 4) return undefined;
  const tail = second === "0" ? "" : `:${second.padStart(2, "0")}`;
  return `at ${join(hours.map((each) => `${each.padStart(2, "0")}:${minute.padStart(2, "0")}${tail}`))}`;
}

/** A day of the month together with a day of the week means either of them: the cron text is shown instead. */
function dates(day: string, month: string, weekday: string): string | undefined {
  const isAnyDay = day === "*" || day === "?";
  const isAnyWeekday = weekday === "*" || weekday === "?";
  if (month !== "*") {
    const name = isNumber(month) ? months[Number(month) - 1] : undefined;
    return name === undefined || !isNumber(day) || !isAnyWeekday ? undefined : `every year on ${Number(day)} ${name}`;
  }
  if (isAnyDay && isAnyWeekday) return "every day";
  if (isAnyDay) return weekdays(weekday);
  if (!isAnyWeekday) return undefined;
  if (day === "L") return "on the last day of every month";
  return isNumber(day) ? `on day ${Number(day)} of every month` : undefined;
}

function weekdays(field: string): string | undefined {
  if (/^(?:1-5|MON-FRI)$/i.test(field)) return "Monday to Friday";
  if (/^(?:6,0|0,6|6-7|6,7|SAT,SUN)$/i.test(field)) return "on Saturday and Sunday";
  const names = field.split(",").map(dayName);
  return names.every((name) => name !== undefined) ? `every ${join(names)}` : undefined;
}

function dayName(field: string): string | undefined {
  const index = dayNames.indexOf(field.toUpperCase());
  return index >= 0 ? days[index] : isNumber(field) ? days[Number(field)] : undefined;
}

function isNumber(field: string): boolean {
  return /^\d{1,2}$/.test(field);
}

function join(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}
