/** The icons, drawn on a grid of 24 with lines of 1.75; each is one path. */

import { svg } from "./dom.js";

const PATHS = {
  alert: "M12 8v5m0 3.500v.01M12 3l9.500 17h-19z",
  attach:
    "M20 11.500l-8.200 8.200a5 5 0 0 1-7.100-7.100l8.500-8.500a3.400 3.400 0 0 1 4.800 4.800l-8.400 8.400a1.700 1.700 0 0 1-2.400-2.400l7.600-7.600",
  captions:
    "M4 5h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zm6 5.500a2 2 0 1 0 0 3m7-3a2 2 0 1 0 0 3",
  chart: "M4 20V10m5.300 10V4m5.400 16v-7M20 20V8",
  chat: "M4 5h16v11H10l-4.500 4V16H4z",
  check: "M5 12.500l4.500 4.500L19 7.500",
  chevron: "M7 10l5 5 5-5",
  close: "M6 6l12 12M18 6L6 18",
  commands: "M9 4L7 20M17 4l-2 16M4 9h17M3 15h17",
  contrast: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 0v18m3-16.500v15m3-12v9",
  download: "M12 4v11m-4.500-4.500L12 15l4.500-4.500M4.500 19.500h15",
  file: "M6 3h8l4 4v14H6zm8 0v4h4",
  help: "M9 9.500a3 3 0 1 1 4.200 2.800c-.8.4-1.200 1-1.200 2M12 17.500v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  mic: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zm-6.500 8a6.500 6.500 0 0 0 13 0M12 17.500V21m-3.500 0h7",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4a8.500 8.500 0 1 0 10.500 10.500z",
  pause: "M7 5h3.500v14H7zm6.500 0H17v14h-3.500z",
  people:
    "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zm-6.500 9a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500m2.500 3.500a6.500 6.500 0 0 1 3 5.500",
  play: "M8 5l11 7-11 7z",
  retry: "M5 12a7 7 0 1 1 2 5m-2-5l-2 2.500M5 12l3 1.500",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zm5 12l4.500 4.500",
  send: "M12 19V5m-6.500 6L12 4.500 18.500 11",
  stop: "M6.500 6.500h11v11h-11z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm0-5.500v2m0 15v2M2.500 12h2m15 0h2M5.300 5.300l1.400 1.400m10.600 10.600l1.400 1.400m0-13.400l-1.400 1.400M6.700 17.300l-1.400 1.400",
  voices: "M4 10v4m4-8v12m4-15v18m4-14v10m4-7v4",
};

/** Draw an icon; it says nothing to a screen reader, so what it stands on needs a name. */
export function icon(name) {
  const drawn = svg("svg", {
    viewBox: "0 0 24 24",
    class: `icon icon-${name}`,
    "aria-hidden": "true",
    focusable: "false",
  });
  drawn.append(svg("path", { d: PATHS[name] }));
  return drawn;
}
