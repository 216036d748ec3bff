/**
 * How the columns of the films become bins of two sets.
 *
 * @module
 */

/** One film of vega-datasets' movies.json. */
export type Film = Readonly<Record<string, string | number | null>>;

/** Column and bin: a bin name has at most 15 bytes, and the columns' own names are longer. */
const TABLE = {
  films: {
    "Title": "title",
    "Release Date": "released",
    "MPAA Rating": "mpaa_rating",
    "Running Time min": "minutes",
    "Distributor": "distributor",
    "Source": "source",
    "Major Genre": "genre",
    "Creative Type": "creative_type",
    "Director": "director",
  },
  ratings: {
    "US Gross": "us_gross",
    "Worldwide Gross": "world_gross",
    "US DVD Sales": "us_dvd_sales",
    "Production Budget": "budget",
    "Rotten Tomatoes Rating": "rotten_tomatoes",
    "IMDB Rating": "imdb_rating",
    "IMDB Votes": "imdb_votes",
  },
} as const;

/** The two sets. */
export type SetName = keyof typeof TABLE;

/** Their names. */
export const SETS: readonly SetName[] = ["films", "ratings"];

const MAX_BIN_NAME_BYTES = 15;

/** Throws unless the table fits the data: every column in one set, every bin name short enough and used once. */
export function checkTable(films: readonly Film[]): void {
  const columns = new Set(films.flatMap((film) => Object.keys(film)));
  const mapped: string[] = SETS.flatMap((set) => Object.keys(TABLE[set]));
  for (const column of columns) {
    if (mapped.filter((name) => name === column).length !== 1) throw new Error(`no single bin for ${column}`);
  }
  for (const set of SETS) {
    const bins: string[] = Object.values(TABLE[set]);
    if (new Set(bins).size !== bins.length) throw new Error(`a bin of ${set} is used twice`);
    for (const bin of bins) {
      if (new TextEncoder().encode(bin).length > MAX_BIN_NAME_BYTES) throw new Error(`${bin} is too long for a bin`);
    }
  }
}

/** The bins of a film in a set; null is an absent bin. */
export function binsOf(film: Film, set: SetName): Record<string, string | number> {
  const bins: Record<string, string | number> = {};
  for (const [column, bin] of Object.entries(TABLE[set])) {
    const value = film[column];
    if (value !== null && value !== undefined) bins[bin] = value;
  }
  return bins;
}

/** The columns that a record of a set gives back; what has no bin is null. */
export function columnsOf(bins: Readonly<Record<string, unknown>> | null, set: SetName): Record<string, unknown> {
  return Object.fromEntries(Object.entries(TABLE[set]).map(([column, bin]) => [column, bins?.[bin] ?? null]));
}
