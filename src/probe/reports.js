// Tells the harness what is seen, as seldom as it can without keeping anything from it. A report costs a browser more than
// the look: what one task of the page changes is one report, and while the harness waits for an answer there is none.

/**
 * @typedef {object} Reporting
 * @property {() => object} look what is to be seen now
 * @property {(report: { sequence: number, observation: object }) => void} tell
 * @property {() => Promise<void>} turn resolves in a task of its own
 * @property {boolean} atOnce whether each change is told when it happens, for a reader who trusts that nothing has changed
 *   of which there is no report
 */

class Reports {
  /** The number of the last report or answer; they may overtake each other. */
  #sequence = 0;
  #last = "";
  /** How many of the harness's commands are under way. */
  #answering = 0;
  /** Whether anything has changed meanwhile that no answer told. */
  #untold = false;
  /** Whether a report waits for its turn. */
  #waiting = false;

  /** @param {Reporting} reporting */
  constructor(reporting) {
    this.reporting = reporting;
  }

  /**
   * Something may look different.
   * @param {object} observation
   */
  changed(observation) {
    if (this.#answering > 0) this.#untold = true;
    else if (this.reporting.atOnce) this.#tell(observation);
    else if (!this.#waiting) this.#tellSoon();
  }

  /**
   * The answer of a command that tells everything.
   * @param {object} observation
   */
  answer(observation) {
    this.#last = encode(observation);
    this.#untold = false;
    return { sequence: ++this.#sequence, observation };
  }

  /**
   * While this is done, the harness waits for its answer. What that does not tell is reported before it, so that whoever
   * has the answer knows of it.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async during(work) {
    this.#answering += 1;
    try {
      return await work();
    } finally {
      this.#answering -= 1;
      if (this.#answering === 0 && this.#untold) this.#tell(this.reporting.look());
    }
  }

  async #tellSoon() {
    this.#waiting = true;
    await this.reporting.turn();
    this.#waiting = false;
    if (this.#answering === 0) this.#tell(this.reporting.look());
    else this.#untold = true;
  }

  /** @param {object} observation */
  #tell(observation) {
    this.#untold = false;
    const seen = encode(observation);
    if (seen === this.#last) return;
    this.#last = seen;
    this.reporting.tell({ sequence: ++this.#sequence, observation });
  }
}
