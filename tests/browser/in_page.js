// What the tests measure in a page, as functions of `look`. Each returns words for what is wrong.
globalThis.look = (() => {
  const HIDDEN = ".visually-hidden, .skip-link:not(:focus)";
  const CONTROLS = "a[href], button, summary, select, textarea, input:not([type=hidden])";

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  // Out of sight on purpose, for those who listen.
  const isClipped = (element) => {
    for (let each = element; each; each = each.parentElement) {
      if (getComputedStyle(each).clipPath !== "none") return true;
    }
    return element.closest(HIDDEN) !== null;
  };

  const called = (element) => {
    const words = element.ariaLabel || element.textContent || element.labels?.[0]?.textContent;
    const part = element.classList.length ? `.${[...element.classList].join(".")}` : "";
    return `${element.localName}${part} “${(words || "").trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  };

  const texts = () => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const parent = node.parentElement;
      if (node.data.trim() && isShown(parent) && !isClipped(parent)) found.push(node);
    }
    return found;
  };

  const lines = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((line) => line.width > 0 && line.height > 0);
  };

  const openEverything = () => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  };

  // Every word that can be read, so that two sizes of a page can be compared.
  const words = () => {
    const said = texts()
      .filter((node) => !node.parentElement.closest("thead th:first-child, thead td"))
      .map((node) => node.data);
    for (const cell of document.querySelectorAll("td[data-label]")) said.push(cell.dataset.label);
    return [...new Set(said.join(" ").split(/\s+/))].filter(Boolean);
  };

  const sideways = () => {
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push("the page scrolls sideways");
    for (const node of texts()) {
      for (const line of lines(node)) {
        const leaves = line.right > innerWidth + 1 || line.left < -1;
        if (leaves) found.push(`leaves the page: ${called(node.parentElement)}`);
      }
    }
    return [...new Set(found)];
  };

  const cutOff = () => {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      if (element.closest("svg") || !isShown(element) || isClipped(element)) continue;
      const style = getComputedStyle(element);
      const wide = element.scrollWidth > element.clientWidth + 1;
      const high = element.scrollHeight > element.clientHeight + 1;
      const cutsX = wide && style.overflowX !== "visible";
      const cutsY = high && ["hidden", "clip"].includes(style.overflowY);
      if (cutsX || cutsY) found.push(`cut off: ${called(element)}`);
    }
    for (const node of texts()) {
      const element = node.parentElement;
      if (element.closest("svg") || getComputedStyle(element).display === "inline") continue;
      const box = element.getBoundingClientRect();
      for (const line of lines(node)) {
        // A line may be lower than its letters are high.
        const slack = line.height / 4;
        const leaves =
          line.left < box.left - 1 ||
          line.right > box.right + 1 ||
          line.top < box.top - slack ||
          line.bottom > box.bottom + slack;
        if (leaves) found.push(`leaves its box: ${called(element)}`);
      }
    }
    return [...new Set(found)];
  };

  // Only the middle of each line: ascenders and descenders may come close to each other.
  const middles = () =>
    texts()
      .filter((node) => !node.parentElement.closest("svg"))
      .flatMap((node) =>
        lines(node).map((line) => ({
          node,
          left: line.left + 1,
          right: line.right - 1,
          top: line.top + line.height * 0.3,
          bottom: line.bottom - line.height * 0.3,
        })),
      )
      .sort((one, other) => one.top - other.top);

  const overlaps = () => {
    const all = middles();
    const found = new Set();
    all.forEach((one, at) => {
      for (let next = at + 1; next < all.length && all[next].top < one.bottom; next += 1) {
        const other = all[next];
        const meet = other.left < one.right && one.left < other.right;
        if (meet && other.node !== one.node) {
          found.add(`${called(one.node.parentElement)} over ${called(other.node.parentElement)}`);
        }
      }
    });
    return [...found];
  };

  const unreadable = () => [...sideways(), ...cutOff(), ...overlaps()];

  const blockOf = (element) => {
    let block = element;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block;
  };

  // WCAG 2.2, 2.5.8: a link within a sentence is as high as its line.
  const isInText = (element) => {
    if (element.localName !== "a" || getComputedStyle(element).display !== "inline") return false;
    const block = blockOf(element);
    const rest = texts().filter((node) => {
      const parent = node.parentElement;
      return block.contains(parent) && !parent.closest("a") && blockOf(parent) === block;
    });
    return rest.some((node) => /[\p{L}\p{N}]/u.test(node.data));
  };

  // What is hit from the middle of an element to each side, in CSS pixels.
  const reach = (element, box) => {
    const x = box.left + box.width / 2;
    const y = box.top + box.height / 2;
    const hits = (dx, dy) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      return hit !== null && (element.contains(hit) || hit.contains(element) === false && hit.control === element);
    };
    const far = (dx, dy) => {
      let steps = 0;
      while (steps < 60 && hits(dx * (steps + 1), dy * (steps + 1))) steps += 1;
      return steps;
    };
    return { width: far(-1, 0) + far(1, 0) + 1, height: far(0, -1) + far(0, 1) + 1 };
  };

  const sizeOf = (element) => {
    // Its label is the row that is pressed.
    const pressed = element.matches("[type=radio], [type=checkbox]") ? element.labels[0] : element;
    const box = pressed.getBoundingClientRect();
    if (Math.min(box.width, box.height) >= 44) return box;
    pressed.scrollIntoView({ block: "center", behavior: "instant" });
    return reach(pressed, pressed.getBoundingClientRect());
  };

  const smallTargets = () => {
    const found = [];
    for (const element of document.querySelectorAll(CONTROLS)) {
      if (!isShown(element) || element.matches(HIDDEN) || isInText(element)) continue;
      const least = element.closest("svg") ? 24 : 43.9;
      const { width, height } = sizeOf(element);
      if (width < least || height < least) {
        found.push(`${called(element)} is ${Math.round(width)} × ${Math.round(height)}`);
      }
    }
    return found;
  };

  // WCAG 2.2, 1.4.12: line height 1.5, after paragraphs 2, letters 0.12, words 0.16 of the text size.
  const spacing = new CSSStyleSheet();
  spacing.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-block-end: 2em !important; }
  `);
  const space = (isOn) => {
    document.adoptedStyleSheets = isOn ? [spacing] : [];
  };

  // Everything that Tab should come to, in the order of the document.
  const stops = () => {
    const all = [...document.querySelectorAll(`${CONTROLS}, [tabindex]`)];
    const reached = all.filter((each) => isShown(each) && each.tabIndex >= 0 && !each.disabled);
    return reached.filter((each) => {
      if (each.type !== "radio") return true;
      const group = reached.filter((other) => other.type === "radio" && other.name === each.name);
      return each === (group.find((other) => other.checked) ?? group[0]);
    });
  };

  const place = (element) => {
    // A link that begins a line leaves an empty box at the end of the line before.
    const boxes = [...element.getClientRects()];
    const first = boxes.find((box) => box.width > 1) ?? boxes[0];
    return { top: first.top + scrollY, left: first.left + scrollX, height: first.height };
  };

  const isAfter = (one, other) => {
    const [from, to] = [place(one), place(other)];
    const down = to.top - from.top;
    const row = Math.min(from.height, to.height) / 2;
    return down > row || (down > -row && to.left > from.left);
  };

  // Beside each other on a wide screen; each is read to its end.
  const column = (element) => element.closest("td, th, nav, header, .page__side, main > *, footer > *, body");

  // What a reader cannot follow, where the order of the document is not that of the screen.
  const outOfOrder = (hasColumns) => {
    const all = stops().filter((each) => !each.matches(HIDDEN));
    return all.slice(1).flatMap((each, at) => {
      const before = all[at];
      if (hasColumns && column(each) !== column(before)) return [];
      return isAfter(before, each) ? [] : [`${called(each)} comes after ${called(before)}`];
    });
  };

  const isTransparent = (colour) => /^rgba\(.*, 0\)$|^transparent$/.test(colour);

  // What is wrong with the focus where it is now, and the number of the stop.
  const focus = () => {
    const element = document.activeElement;
    const at = stops().indexOf(element);
    if (at < 0) return { at, faults: [] };
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    const ring = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
    const hit = document.elementFromPoint(
      Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
      Math.min(Math.max(box.top + Math.min(box.height, 20) / 2, 0), innerHeight - 1),
    );
    const faults = [];
    if (ring < 2 || isTransparent(style.outlineColor)) faults.push("has no ring");
    if (box.bottom < 1 || box.top > innerHeight - 1) faults.push("is out of sight");
    else if (!element.contains(hit) && !hit?.contains(element)) faults.push("is covered");
    return { at, faults: faults.map((fault) => `${called(element)} ${fault}`) };
  };

  return {
    openEverything, words, unreadable, smallTargets, space, stops, outOfOrder, focus,
  };
})();
