/** An element with properties and children. Text goes in as text: nothing that a device or a person named is markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const two = (n) => String(n).padStart(2, '0');

/** A clock time in the reader's zone, with milliseconds: what people compare with their switch's log. */
export function clock(at) {
  const d = new Date(at);
  const time = `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${String(d.getMilliseconds()).padStart(3, '0')}`;
  return element('time', { dateTime: d.toISOString(), title: d.toString() }, time);
}
