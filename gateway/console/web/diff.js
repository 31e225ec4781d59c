// Which lines of two texts differ, by the longest run of lines they share (Myers' greedy way). Pure.

const mostSteps = 2000;

// [["same" | "gone" | "new", line], …]; past a bound on the differences: all of one gone, all of the other new.
export function diff(before, after) {
  const [a, b] = [before.split("\n"), after.split("\n")];
  const trails = [];
  let best = new Map([[1, 0]]);
  for (let steps = 0; steps <= Math.min(mostSteps, a.length + b.length); ++steps) {
    trails.push(new Map(best));
    for (let k = -steps; k <= steps; k += 2) {
      let x =
        k === -steps || (k !== steps && best.get(k - 1) < best.get(k + 1)) ? best.get(k + 1) : best.get(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) ++x;
      best.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trails);
    }
  }
  return [...a.map((line) => ["gone", line]), ...b.map((line) => ["new", line])];
}

function walkBack(a, b, trails) {
  const found = [];
  let [x, y] = [a.length, b.length];
  for (let steps = trails.length - 1; steps >= 0; --steps) {
    const best = trails[steps];
    const k = x - y;
    const down = k === -steps || (k !== steps && best.get(k - 1) < best.get(k + 1));
    const from = down ? k + 1 : k - 1;
    const fromX = best.get(from);
    while (x > fromX && y > fromX - from && x > 0 && y > 0) found.push(["same", a[--x]]) && --y;
    if (steps > 0) found.push(down ? ["new", b[--y]] : ["gone", a[--x]]);
  }
  return found.reverse();
}

// Only what changed, with some lines around it; ["skip", count] for the rest.
export function brief(lines, around = 3) {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some(([kind]) => kind !== "same"),
  );
  const shown = [];
  let skipped = 0;
  lines.forEach((line, i) => {
    if (near[i]) {
      if (skipped) shown.push(["skip", skipped]);
      skipped = 0;
      shown.push(line);
    } else {
      ++skipped;
    }
  });
  if (skipped) shown.push(["skip", skipped]);
  return shown;
}
