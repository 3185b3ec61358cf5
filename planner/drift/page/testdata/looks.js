// What is wrong with how the page looks just now, as lines.

// rgba are the parts of a computed colour.
function rgba(colour) {
  const parts = colour.match(/[\d.]+/g).map(Number);
  return parts.length === 4 ? parts : [...parts, 1];
}

// over lays a colour over another one, which lets nothing through.
function over(top, below) {
  return [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
}

// background is what is seen behind an element.
function background(element, screen) {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    layers.push(rgba(getComputedStyle(e).backgroundColor));
  }
  return layers.reverse().reduce((below, top) => over(top, below), screen);
}

// luminance is that of WCAG 2.
function luminance(colour) {
  const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

// hidden tells that an element is there for screen readers alone.
function hidden(element) {
  const thead = element.closest("thead");
  return thead !== null && getComputedStyle(thead).position === "absolute";
}

function place(element) {
  const text = element.textContent.trim().slice(0, 30);
  return `<${element.localName} class="${element.getAttribute("class") || ""}"> ${text}`;
}

// faint are texts that do not stand out.
function faint() {
  const faults = new Set();
  const white = [255, 255, 255, 1];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || hidden(element) || element.getClientRects().length === 0) {
      continue;
    }
    const behind = background(element, white);
    const style = getComputedStyle(element);
    const ratio = contrast(over(rgba(style.color), behind), behind);
    if (ratio < 4.5) {
      faults.add(`${place(element)}: contrast ${ratio.toFixed(2)}`);
    }
    if (parseFloat(style.fontSize) < 11) {
      faults.add(`${place(element)}: ${style.fontSize} is small`);
    }
    let opaque = 1;
    for (let e = element; e; e = e.parentElement) {
      opaque *= parseFloat(getComputedStyle(e).opacity);
    }
    if (opaque < 1) {
      faults.add(`${place(element)}: opacity ${opaque}`);
    }
  }
  return [...faults];
}

// wide are elements that are not within the window, or texts that are not within what they are in.
function wide(width) {
  const faults = [];
  if (document.documentElement.scrollWidth > width) {
    faults.push(`the page is ${document.documentElement.scrollWidth} wide`);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (hidden(element) || element.closest("svg")) {
      continue;
    }
    for (const box of element.getClientRects()) {
      if (box.right > width + 0.5 || box.left < -0.5) {
        faults.push(`${place(element)}: from ${box.left} to ${box.right}`);
        break;
      }
    }
    const own = getComputedStyle(element);
    if (own.display === "list-item" && own.listStyleType !== "none" && own.overflowX !== "visible") {
      faults.push(`${place(element)}: its bullet is cut off`);
    }
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && own.display !== "inline") {
      faults.push(`${place(element)}: its content is ${element.scrollWidth} wide, and it is ${element.clientWidth}`);
    }
  }
  return faults;
}

// active is what could run or load something.
function active() {
  const faults = [];
  for (const element of document.querySelectorAll("script, img, iframe, object, embed, link, audio, video, form, input, base, foreignObject, use, image, animate, set, a:not([href^='#'])")) {
    faults.push(`there is a ${element.localName}`);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (/^on|^style$|^src/.test(attribute.name)) {
        faults.push(`${place(element)}: it has ${attribute.name}`);
      }
    }
  }
  return faults;
}

// printed looks at the page in print, where no detail may be closed.
function printed(findings) {
  const faults = faint();
  let shown = 0;
  for (const finding of document.querySelectorAll("article.f")) {
    const box = finding.getBoundingClientRect();
    if (box.height > 10 && finding.checkVisibility({ contentVisibilityAuto: true, opacityProperty: true, visibilityProperty: true })) {
      shown++;
    }
  }
  if (shown !== findings) {
    faults.push(`${shown} findings of ${findings} are printed`);
  }
  if (rgba(getComputedStyle(document.body).backgroundColor).join() !== "255,255,255,1") {
    faults.push(`its background is ${getComputedStyle(document.body).backgroundColor}`);
  }
  return faults;
}
