const gap = 4;

/** Puts an open menu below the button that opened it, or above where there is no room, and never over the edge of the window. */
export function placeMenu(menu, opener) {
  const { left, right, top, bottom } = opener.getBoundingClientRect();
  const { offsetWidth, offsetHeight } = menu;
  const under = bottom + gap + offsetHeight < innerHeight ? bottom + gap : top - gap - offsetHeight;
  const beside = left + offsetWidth < innerWidth - gap ? left : right - offsetWidth;
  menu.style.top = `${Math.max(gap, under)}px`;
  menu.style.left = `${Math.max(gap, beside)}px`;
}
