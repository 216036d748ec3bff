// Records of which only the size matters, for `ladder`.

export const SIZE_SET = "bench-size";
/** Records of each shape; fifty bins of a KiB make 25 MB of them. */
export const SIZE_RECORDS = 500;
/** What each client writes over and over, under its own prefix. */
export const SIZE_PUT_KEYS = 64;

export const SIZES = [
  { bins: 3, bytes: 10 },
  { bins: 10, bytes: 100 },
  { bins: 50, bytes: 1_024 },
];

export const nameOf = ({ bins, bytes }) => `${bins} x ${bytes === 1_024 ? "1 KiB" : `${bytes} B`}`;
export const sizedKeyOf = ({ bins, bytes }, i) => `${bins}x${bytes}:${i}`;

/** The bins of record `i`: texts of ASCII, of which each tells its record and its bin. */
export function sizedBinsOf({ bins, bytes }, i) {
  return Object.fromEntries(
    Array.from(
      { length: bins },
      (_, bin) => [`b${bin}`, `${i}:${bin}:`.padEnd(bytes, "abcdefghijklmnop").slice(0, bytes)],
    ),
  );
}
