export const trees = [
  { id: "ficus", name: "Weeping fig", price: "€ 39" },
  { id: "pachira", name: "Money tree", price: "€ 45" },
  { id: "araucaria", name: "Norfolk pine", price: "€ 59" },
];
