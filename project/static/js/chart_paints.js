// The colours of a chart, read from the style sheet's variables, so that light, dark and the badges agree.

const HATCH = 6;

function resolved(host, value) {
  const probe = document.createElement("span");
  probe.style.color = value;
  host.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function hatch(ground, line) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = HATCH;
  const pen = tile.getContext("2d");
  pen.fillStyle = ground;
  pen.fillRect(0, 0, HATCH, HATCH);
  pen.strokeStyle = line;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const offset of [-HATCH, 0, HATCH]) {
    pen.moveTo(offset, HATCH);
    pen.lineTo(offset + HATCH, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}

/** Gives the paints for one canvas: colour by class, fill by class (hatched where the class is), and the chart's own. */
export function paints(canvas) {
  const host = canvas.parentElement;
  const colour = (name) => resolved(host, `var(--c-${name})`);
  const isUnknown = (name) => name.endsWith("-unknown");
  const gap = resolved(host, "var(--c-hatch)");
  return {
    colour,
    isUnknown,
    faint: (name) => resolved(host, `color-mix(in srgb, var(--c-${name}) 12%, transparent)`),
    fill: (name) => {
      if (isUnknown(name)) return hatch(gap, colour(name));
      if (name === "tls-none") return hatch(colour(name), gap);
      return colour(name);
    },
    text: resolved(host, "var(--tblr-secondary)"),
    strong: resolved(host, "var(--tblr-body-color)"),
    surface: resolved(host, "var(--tblr-bg-surface)"),
    grid: resolved(host, "var(--c-grid)"),
    nothingKnown: hatch("transparent", resolved(host, "var(--c-grid)")),
    font: getComputedStyle(document.body).fontFamily,
  };
}
