import "./style.css";
import { basket } from "./basket.js";
import { invite } from "./invite.js";
import { trees } from "./trees.js";

const shelf = document.querySelector("#trees");
const count = document.querySelector("#basket");

for (const { id, name, price } of trees) {
  const tree = document.createElement("article");
  const title = document.createElement("h2");
  title.textContent = name;
  const buy = document.createElement("button");
  buy.id = `buy-${id}`;
  buy.textContent = `Add to basket, ${price}`;
  buy.addEventListener("click", () => basket.add(name));
  tree.append(title, buy);
  shelf.append(tree);
}

const show = () => {
  count.textContent = basket.items.length;
};
basket.addEventListener("change", show);
show();

invite(basket);
