/** Numbers as text, bit for bit. */

/** @param {ArrayBufferView} numbers */
export function textOf({ buffer, byteOffset, byteLength }) {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}
