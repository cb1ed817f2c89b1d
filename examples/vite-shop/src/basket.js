const KEY = "basket";

/** What the visitor means to buy; kept for the next visit. Tells of each change with `change`. */
class Basket extends EventTarget {
  get items() {
    return JSON.parse(localStorage.getItem(KEY) ?? "[]");
  }

  add(name) {
    localStorage.setItem(KEY, JSON.stringify([...this.items, name]));
    this.dispatchEvent(new Event("change"));
  }
}

export const basket = new Basket();
