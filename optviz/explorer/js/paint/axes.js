/** The axes of a diagram: a quiet line on the left and one below, labels, and thin lines across. */

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{left: number, top: number, width: number, height: number}} inner  in CSS pixels
 * @param {string} ink
 * @param {number} letter  the size of letters
 * @param {{across: [number, string][], up: [number, string][], name: string, below?: string}} axes
 *   places of the ticks and their labels; `name` stands over the upright axis, `below` is the other's
 */
export function paintAxes(context, { left, top, width, height }, ink, letter, { across, up, name, below = "" }) {
  context.font = `${letter}px system-ui, sans-serif`;
  context.lineWidth = 1;
  context.fillStyle = context.strokeStyle = ink;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const [py, label] of up) {
    context.globalAlpha = 0.18;
    context.fillRect(left, py, width, 1);
    context.globalAlpha = 1;
    context.fillText(label, left - 6, py);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const [px, label] of across) {
    // The last one ends where the picture does.
    const most = left + width + 13 - context.measureText(label).width / 2;
    context.fillText(label, Math.min(px, most), top + height + 7);
  }
  // Its name stands between the last two labels.
  const [before, last] = across.slice(-2).map(([px]) => px);
  if (last !== undefined) context.fillText(below, (before + last) / 2, top + height + 7);
  context.textBaseline = "bottom";
  context.textAlign = "left";
  context.fillText(name, left, top - 4);
  context.beginPath();
  context.moveTo(left + 0.5, top);
  context.lineTo(left + 0.5, top + height + 0.5);
  context.lineTo(left + width, top + height + 0.5);
  context.stroke();
}
