/** The commands that this person may use, as they were declared. */

/** Finds them by name and by what is typed. */
export class Commands {
  #all;

  constructor(all) {
    this.#all = all;
  }

  get all() {
    return this.#all;
  }

  named(name) {
    return this.#all.find((each) => each.name === name);
  }

  /** Those that what is typed may mean, the likeliest first. */
  matching(typed) {
    const wanted = typed.trim().toLowerCase().replace(/^\//, "").replaceAll("_", " ");
    const rank = (command) => {
      if (command.name.startsWith(wanted)) return 0;
      if (command.name.split(" ").some((word) => word.startsWith(wanted))) return 1;
      return command.summary.toLowerCase().includes(wanted) && wanted.length > 2 ? 2 : 3;
    };
    return this.#all.filter((each) => rank(each) < 3).sort((one, other) => rank(one) - rank(other));
  }

  /** Where a file of that name can go: pairs of a command and its parameter. */
  taking(fileName) {
    const ending = fileName.split(".").pop().toLowerCase();
    return this.#all.flatMap((command) =>
      command.params
        .filter((param) => param.kind === "file" && param.endings.includes(ending))
        .map((param) => ({ command, param })),
    );
  }
}
