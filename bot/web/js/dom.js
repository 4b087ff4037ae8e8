/** Elements, made from data. Text only ever becomes text: nothing here reads HTML. */

/**
 * Make an element: `h("button.quiet", {type: "button", onclick: stop}, "Stop")`.
 * Attributes that are functions listen; null, undefined and false are left out; value, checked and hidden are set as
 * properties.
 */
export function h(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) put(element, key, value);
  append(element, children);
  return element;
}

function put(element, key, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(key.slice(2), value);
  else if (key === "dataset") Object.assign(element.dataset, value);
  else if (key === "value" || key === "checked" || key === "hidden") element[key] = value;
  else element.setAttribute(key, value === true ? "" : String(value));
}

/** Add children to an element; strings become text, nothing is passed over. */
export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

const SVG = "http://www.w3.org/2000/svg";

/** Make an SVG element. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  append(element, children);
  return element;
}

let last = 0;

/** An id that no other element of this page has. */
export function fresh(prefix) {
  last += 1;
  return `${prefix}-${last}`;
}

/** An id that no other request has: what is sent twice under it is done once. */
export function eventId() {
  return crypto.randomUUID();
}

/** Call `work` once things have been quiet for `pause` milliseconds. */
export function settled(work, pause) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), pause);
  };
}

/**
 * One stop for the Tab key in a list of many: arrows, Home and End go from item to item.
 * Items are found anew at each key, so that a list may change.
 */
export function roving(container, selector) {
  const items = () => [...container.querySelectorAll(selector)].filter((each) => !each.closest("[hidden]"));
  const enter = (item) => {
    for (const each of items()) each.tabIndex = each === item ? 0 : -1;
  };
  container.addEventListener("focusin", (event) => {
    const item = event.target.closest(selector);
    if (item) enter(item);
  });
  container.addEventListener("keydown", (event) => {
    if (!event.target.matches(selector)) return;
    const all = items();
    const at = all.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || !all[to]) return;
    event.preventDefault();
    all[to].focus();
  });
  return () => {
    const all = items();
    if (all.length && !all.some((each) => each.tabIndex === 0)) enter(all[0]);
  };
}
